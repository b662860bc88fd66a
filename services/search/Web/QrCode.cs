using System.Text;

namespace Annex.Search.Web;

/// <summary>
/// A QR code (ISO/IEC 18004) of text in bytes, error correction M, versions 1 to 10: up to 213 bytes, which every address of a
/// room fits as long as its parts are not at their limits.
/// </summary>
public sealed class QrCode
{
    // Table E.1: centres of the alignment patterns.
    private static readonly int[][] Alignment =
    [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
    ];

    private readonly bool[,] _dark;
    private readonly bool[,] _isFunction;

    private QrCode(int version)
    {
        Size = 17 + (4 * version);
        _dark = new bool[Size, Size];
        _isFunction = new bool[Size, Size];
    }

    /// <summary>Modules in each direction, without the quiet zone.</summary>
    public int Size { get; }

    public bool this[int x, int y] => _dark[y, x];

    /// <summary>Null where the text is too long.</summary>
    public static QrCode? Encode(string text)
    {
        if (QrCodewords.Of(Encoding.UTF8.GetBytes(text)) is not (var version, var codewords))
            return null;
        var code = new QrCode(version);
        code.DrawFunctions(version);
        code.DrawData(codewords);
        code.ChooseMask();
        return code;
    }

    /// <summary>Black on white with the quiet zone of four modules, whatever the page's colours: scanners need it so.</summary>
    public string ToSvg()
    {
        var path = new StringBuilder();
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                if (_dark[y, x])
                    path.Append(System.Globalization.CultureInfo.InvariantCulture, $"M{x + 4} {y + 4}h1v1h-1z");
            }
        }
        var side = Size + 8;
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>
            """;
    }

    private void DrawFunctions(int version)
    {
        for (var i = 0; i < Size; i++)
        {
            Set(6, i, i % 2 == 0);
            Set(i, 6, i % 2 == 0);
        }
        DrawFinder(3, 3);
        DrawFinder(Size - 4, 3);
        DrawFinder(3, Size - 4);
        var centres = Alignment[version - 1];
        foreach (var x in centres)
        {
            foreach (var y in centres)
            {
                // Not where a finder stands.
                if (!((x == 6 && y == 6) || (x == 6 && y == centres[^1]) || (x == centres[^1] && y == 6)))
                    DrawSquare(x, y, 2, distance => distance != 1);
            }
        }
        DrawFormat(0);
        if (version >= 7)
            DrawVersion(version);
    }

    private void DrawFinder(int x, int y) => DrawSquare(x, y, 4, distance => distance is not (2 or 4));

    private void DrawSquare(int centreX, int centreY, int radius, Func<int, bool> isDark)
    {
        for (var dy = -radius; dy <= radius; dy++)
        {
            for (var dx = -radius; dx <= radius; dx++)
            {
                var (x, y) = (centreX + dx, centreY + dy);
                if (x >= 0 && x < Size && y >= 0 && y < Size)
                    Set(x, y, isDark(Math.Max(Math.Abs(dx), Math.Abs(dy))));
            }
        }
    }

    // §7.9: level M is 00, then the mask; BCH(15,5) with 10100110111, masked with 101010000010010.
    private void DrawFormat(int mask)
    {
        var remainder = mask;
        for (var i = 0; i < 10; i++)
            remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537);
        var bits = (mask << 10 | remainder) ^ 0x5412;
        for (var i = 0; i < 15; i++)
        {
            var isDark = (bits >> i & 1) != 0;
            // Beside the finder at the top left …
            if (i < 6)
                Set(8, i, isDark);
            else if (i < 8)
                Set(8, i + 1, isDark);
            else if (i == 8)
                Set(7, 8, isDark);
            else
                Set(14 - i, 8, isDark);
            // … and again beside the other two.
            if (i < 8)
                Set(Size - 1 - i, 8, isDark);
            else
                Set(8, Size - 15 + i, isDark);
        }
        Set(8, Size - 8, true);
    }

    // §7.10: BCH(18,6) with 1111100100101.
    private void DrawVersion(int version)
    {
        var remainder = version;
        for (var i = 0; i < 12; i++)
            remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1F25);
        var bits = version << 12 | remainder;
        for (var i = 0; i < 18; i++)
        {
            var isDark = (bits >> i & 1) != 0;
            Set(Size - 11 + (i % 3), i / 3, isDark);
            Set(i / 3, Size - 11 + (i % 3), isDark);
        }
    }

    // §7.7.3: two columns at a time from the right, up and down in turns.
    private void DrawData(byte[] codewords)
    {
        var bit = 0;
        for (var right = Size - 1; right >= 1; right -= 2)
        {
            if (right == 6)
                right = 5;
            for (var step = 0; step < Size; step++)
            {
                for (var column = 0; column < 2; column++)
                {
                    var x = right - column;
                    var isUpward = ((right + 1) & 2) == 0;
                    var y = isUpward ? Size - 1 - step : step;
                    if (_isFunction[y, x] || bit >= codewords.Length * 8)
                        continue;
                    _dark[y, x] = (codewords[bit / 8] >> (7 - (bit % 8)) & 1) != 0;
                    bit++;
                }
            }
        }
    }

    private void ChooseMask()
    {
        var best = 0;
        var least = int.MaxValue;
        for (var mask = 0; mask < 8; mask++)
        {
            Mask(mask);
            DrawFormat(mask);
            if (Penalty() is var penalty && penalty < least)
                (best, least) = (mask, penalty);
            // Twice is not at all.
            Mask(mask);
        }
        Mask(best);
        DrawFormat(best);
    }

    private void Mask(int mask)
    {
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                if (!_isFunction[y, x])
                    _dark[y, x] ^= IsMasked(mask, x, y);
            }
        }
    }

    // Table 10.
    private static bool IsMasked(int mask, int x, int y) => mask switch
    {
        0 => (x + y) % 2 == 0,
        1 => y % 2 == 0,
        2 => x % 3 == 0,
        3 => (x + y) % 3 == 0,
        4 => ((x / 3) + (y / 2)) % 2 == 0,
        5 => (x * y % 2) + (x * y % 3) == 0,
        6 => ((x * y % 2) + (x * y % 3)) % 2 == 0,
        _ => (((x + y) % 2) + (x * y % 3)) % 2 == 0,
    };

    // Table 11.
    private int Penalty()
    {
        var penalty = 0;
        var dark = 0;
        for (var i = 0; i < Size; i++)
            penalty += LinePenalty(j => _dark[i, j]) + LinePenalty(j => _dark[j, i]);
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                dark += _dark[y, x] ? 1 : 0;
                if (x > 0 && y > 0 && _dark[y, x] == _dark[y, x - 1] && _dark[y, x] == _dark[y - 1, x]
                    && _dark[y, x] == _dark[y - 1, x - 1])
                {
                    penalty += 3;
                }
            }
        }
        return penalty + (Math.Abs((dark * 20) - (Size * Size * 10)) / (Size * Size) * 10);
    }

    private int LinePenalty(Func<int, bool> isDark)
    {
        var (penalty, run, history) = (0, 0, 0);
        for (var i = 0; i < Size; i++)
        {
            run = i > 0 && isDark(i) == isDark(i - 1) ? run + 1 : 1;
            penalty += run == 5 ? 3 : run > 5 ? 1 : 0;
            // Something that looks like a finder: 1011101 with four light modules on one side.
            history = (history << 1 | (isDark(i) ? 1 : 0)) & 0x7FF;
            if (i >= 10 && history is 0x05D or 0x5D0)
                penalty += 40;
        }
        return penalty;
    }

    private void Set(int x, int y, bool isDark)
    {
        _dark[y, x] = isDark;
        _isFunction[y, x] = true;
    }
}
