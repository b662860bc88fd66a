// Hot path
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Annex.Xmpp.Addressing;

/// <summary>A keyed hash by folded 64-bit multiplication: addresses come from strangers, so the key is drawn per
/// process and nobody can prepare addresses that meet in one bucket.</summary>
internal static class JidHash
{
    private static readonly ulong Key0 = Draw();
    private static readonly ulong Key1 = Draw();

    public static ulong Compute(ReadOnlySpan<byte> bytes)
    {
        var hash = Key0 ^ (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), Key1);
            bytes = bytes[8..];
        }

        ulong tail = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            tail = (tail << 8) | bytes[i];
        }

        hash = Fold(hash ^ tail, Key1);
        return Fold(hash, Key0);
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    // Odd: an even factor would lose bits.
    private static ulong Draw() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;
}
