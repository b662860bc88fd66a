// Hot path
using System.Buffers;

namespace Annex.Xmpp.Stanzas;

/// <summary>
/// Memory of stanzas. A use after return would show one person's text in another room; so in debug builds, which is what the
/// tests run, memory that comes back is overwritten and never given out again: whoever still looks sees 0xDD, always.
/// </summary>
internal static class StanzaMemory
{
#if DEBUG
    public static bool IsPoisoned => true;
#else
    public static bool IsPoisoned => false;
#endif

    public const byte Poison = 0xDD;

    public static byte[] Rent(int length) => ArrayPool<byte>.Shared.Rent(length);

    public static void Return(byte[] memory)
    {
        if (IsPoisoned) memory.AsSpan().Fill(Poison);
        else ArrayPool<byte>.Shared.Return(memory);
    }
}
