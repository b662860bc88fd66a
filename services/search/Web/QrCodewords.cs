namespace Annex.Search.Web;

/// <summary>What is drawn in a QR code, as bytes: the text with its mode and length, and what corrects errors (ISO/IEC 18004, §7.4 to
/// §7.6).</summary>
internal static class QrCodewords
{
    // ISO/IEC 18004 table 9, level M: error correction codewords per block, blocks of group 1, data codewords in one, blocks of
    // group 2 (one codeword more in each).
    private static readonly (int Correction, int Blocks1, int Data1, int Blocks2)[] Versions =
    [
        (10, 1, 16, 0), (16, 1, 28, 0), (26, 1, 44, 0), (18, 2, 32, 0), (24, 2, 43, 0),
        (16, 4, 27, 0), (18, 4, 31, 0), (22, 2, 38, 2), (22, 3, 36, 2), (26, 4, 43, 1),
    ];

    /// <summary>For the smallest version that holds the text, or null where none does.</summary>
    public static (int Version, byte[] Codewords)? Of(byte[] text)
    {
        for (var version = 1; version <= Versions.Length; version++)
        {
            var (_, blocks1, data1, blocks2) = Versions[version - 1];
            var capacity = (blocks1 * data1) + (blocks2 * (data1 + 1));
            // Mode and length take 12 bits up to version 9, then 20.
            if (text.Length + (version < 10 ? 2 : 3) <= capacity)
                return (version, Interleave(version, Pad(text, version, capacity)));
        }
        return null;
    }

    private static byte[] Pad(byte[] bytes, int version, int capacity)
    {
        var data = new byte[capacity];
        var bit = 0;
        // Mode 0100: bytes.
        Append(4, 4);
        Append(bytes.Length, version < 10 ? 8 : 16);
        foreach (var b in bytes)
            Append(b, 8);
        // The terminator is zeros, as is the rest of its byte; then these two take turns (§7.4.10).
        for (var i = (bit + 4 + 7) / 8; i < capacity; i++)
            data[i] = (i - ((bit + 4 + 7) / 8)) % 2 == 0 ? (byte)0xEC : (byte)0x11;
        return data;

        void Append(int value, int length)
        {
            for (var i = length - 1; i >= 0; i--, bit++)
            {
                if ((value >> i & 1) != 0)
                    data[bit / 8] |= (byte)(0x80 >> bit % 8);
            }
        }
    }

    private static byte[] Interleave(int version, byte[] data)
    {
        var (correction, blocks1, data1, blocks2) = Versions[version - 1];
        var generator = ReedSolomonGenerator(correction);
        var blocks = new List<(byte[] Data, byte[] Correction)>();
        for (int i = 0, start = 0; i < blocks1 + blocks2; i++)
        {
            var block = data[start..(start += i < blocks1 ? data1 : data1 + 1)];
            blocks.Add((block, ReedSolomonRemainder(block, generator)));
        }
        var result = new List<byte>();
        for (var i = 0; i <= data1; i++)
            result.AddRange(blocks.Where(b => i < b.Data.Length).Select(b => b.Data[i]));
        for (var i = 0; i < correction; i++)
            result.AddRange(blocks.Select(b => b.Correction[i]));
        return [.. result];
    }

    private static byte[] ReedSolomonGenerator(int degree)
    {
        // The product of (x - 2^i), highest power left out.
        var result = new byte[degree];
        result[^1] = 1;
        byte root = 1;
        for (var i = 0; i < degree; i++, root = Multiply(root, 2))
        {
            for (var j = 0; j < degree; j++)
                result[j] = (byte)(Multiply(result[j], root) ^ (j + 1 < degree ? result[j + 1] : 0));
        }
        return result;
    }

    private static byte[] ReedSolomonRemainder(byte[] data, byte[] generator)
    {
        var result = new byte[generator.Length];
        foreach (var b in data)
        {
            var factor = (byte)(b ^ result[0]);
            Array.Copy(result, 1, result, 0, result.Length - 1);
            result[^1] = 0;
            for (var i = 0; i < result.Length; i++)
                result[i] ^= Multiply(generator[i], factor);
        }
        return result;
    }

    // In GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1.
    private static byte Multiply(byte x, byte y)
    {
        var z = 0;
        for (var i = 7; i >= 0; i--)
        {
            z = (z << 1) ^ ((z >> 7) * 0x11D);
            z ^= (y >> i & 1) * x;
        }
        return (byte)z;
    }
}
