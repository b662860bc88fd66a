// Hot path
using System.Buffers;

namespace Annex.Xmpp.Stanzas;

/// <summary>
/// Memory of stanzas. A use after return would show one person's text in another room; so in debug builds, which is
/// what the tests run, memory that comes back is overwritten and never given out again: whoever still looks sees 0xDD,
/// always.
/// </summary>
internal static class StanzaMemory
{
#if DEBUG
    public static bool IsPoisoned => true;
#else
    public static bool IsPoisoned => false;
#endif

    public const byte Poison = 0xDD;

#if DEBUG
    /// <summary>Gives poisoned memory out again: for measuring what a release build allocates.</summary>
    [field: ThreadStatic]
    public static bool RecyclesOnThisThread { get; set; }
#else
    public static bool RecyclesOnThisThread { get; set; } = true;
#endif

    public static byte[] Rent(int length) => ArrayPool<byte>.Shared.Rent(length);

    public static void Return(byte[] memory)
    {
#if DEBUG
        memory.AsSpan().Fill(Poison);
        if (!RecyclesOnThisThread) return;
#endif
        ArrayPool<byte>.Shared.Return(memory);
    }
}
