namespace Annex.Fuzz;

/// <summary>What the instrumented code reports: which edge between two blocks was taken, and about how often.</summary>
public static class Coverage
{
    private const int Edges = 1 << 16;

    private static readonly byte[] Counts = new byte[Edges];
    private static readonly int[] Touched = new int[Edges];
    private static readonly byte[] Seen = new byte[Edges];
    private static int _touched;
    private static int _previous;

    /// <summary>How many different edges were ever taken.</summary>
    public static int Found { get; private set; }

    /// <summary>Called at the start of each block of the instrumented code.</summary>
    public static void Hit(int block)
    {
        // Spread over the map; the previous block is shifted, so that A to B is not B to A.
        int here = block * 40503;
        int edge = (here ^ _previous) & (Edges - 1);
        _previous = here >> 1;
        if (Counts[edge] == 0) Touched[_touched++] = edge;
        if (Counts[edge] < 255) Counts[edge]++;
    }

    /// <summary>Before each run.</summary>
    public static void Clear()
    {
        for (int i = 0; i < _touched; i++) Counts[Touched[i]] = 0;
        _touched = _previous = 0;
    }

    /// <summary>After each run: whether it took an edge, or took one about as often, as no run before.</summary>
    public static bool IsNew()
    {
        bool isNew = false;
        for (int i = 0; i < _touched; i++)
        {
            int edge = Touched[i];
            byte bucket = Bucket(Counts[edge]);
            if ((Seen[edge] & bucket) != 0) continue;
            if (Seen[edge] == 0) Found++;
            Seen[edge] |= bucket;
            isNew = true;
        }

        return isNew;
    }

    private static byte Bucket(byte count) => count switch
    {
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
