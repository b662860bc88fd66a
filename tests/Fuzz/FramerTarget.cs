using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Fuzz;

/// <summary>What comes after the opening of a stream (or, where the input begins with it, the opening too): the same
/// frames and the same error, however it is split.</summary>
internal static class FramerTarget
{
    private static readonly byte[] Header =
        [.. "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns:h='urn:h' xmlns='jabber:component:accept' id='1'>"u8];

    // Small enough that the fuzzer meets them.
    private static readonly XmlLimits Limits =
        new() { MaxStanzaBytes = 600, MaxDepth = 6, MaxAttributes = 5, MaxNamespaces = 5, MaxNamespaceBytes = 60 };

    public static void Run(byte[] input)
    {
        bool isWholeStream = input.AsSpan().StartsWith("<?xml"u8) || input.AsSpan().StartsWith("<stream"u8);
        byte[] bytes = isWholeStream ? input : [.. Header, .. input];
        int start = isWholeStream ? 0 : Header.Length;
        string whole = Frames(bytes, bytes.Length, 0);
        Same(whole, Frames(bytes, 1, 0), "single bytes");
        // Places to split it in two: sixteen of them, others for each length; changed inputs bring the rest.
        int step = Math.Max(1, input.Length / 16);
        for (int at = start + (input.Length % step); at < bytes.Length; at += step)
            Same(whole, Frames(bytes, at, bytes.Length), "split at " + at);
    }

    private static void Same(string whole, string split, string how) =>
        FuzzTargets.Require(whole == split, $"{how} gives another result.\n{whole}\n{split}");

    private static string Frames(byte[] bytes, int first, int then)
    {
        var found = new StringBuilder();
        using var framer = new StanzaFramer(Limits);
        try
        {
            for (int at = 0, length = first; at < bytes.Length; at += length, length = then == 0 ? first : then)
            {
                ReadOnlySpan<byte> piece = bytes.AsSpan(at, Math.Min(length, bytes.Length - at));
                FrameKind kind;
                while ((kind = framer.Read(ref piece, out var stanza)) != FrameKind.NeedMore)
                    Describe(found, framer, kind, stanza);
                FuzzTargets.Require(piece.IsEmpty, "not everything was consumed");
            }

            found.Append(framer.Pending);
        }
        catch (XmlStreamException e)
        {
            found.Append(e.Condition).Append(' ').Append(e.Message);
        }

        return found.ToString();
    }

    private static void Describe(StringBuilder found, StanzaFramer framer, FrameKind kind, Stanza? stanza)
    {
        found.Append(kind).Append(' ');
        if (kind == FrameKind.Header) found.Append(framer.Header);
        if (kind == FrameKind.Element) found.Append(framer.Element);
        if (kind == FrameKind.Stanza)
        {
            StanzaTarget.Check(stanza!);
            found.Append(Encoding.Latin1.GetString(stanza!.Raw.Span));
            stanza.Dispose();
        }

        found.Append('\n');
    }
}
