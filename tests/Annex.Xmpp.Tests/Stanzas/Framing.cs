using Xunit;
using System.Buffers;
using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Tests.Stanzas;

/// <summary>Feeds a framer and writes down what it found, one line a frame; a broken rule is the last line.</summary>
internal static class Framing
{
    public const string Header = "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' " +
        "xmlns:stream='http://etherx.jabber.org/streams' id='a1' from='muc.example.org'>";

    public const string BareHeader =
        "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept'>";

    public static List<string> Whole(string xml, XmlLimits? limits = null) =>
        Run(Encoding.UTF8.GetBytes(xml), limits, int.MaxValue);

    public static List<string> Run(byte[] bytes, XmlLimits? limits, params int[] pieces)
    {
        using var framer = new StanzaFramer(limits);
        var frames = new List<string>();
        int at = 0;
        for (int i = 0; at < bytes.Length; i = (i + 1) % pieces.Length)
        {
            int length = Math.Min(pieces[i], bytes.Length - at);
            // A copy that ends with its bytes, so that a look behind them is an exception.
            ReadOnlySpan<byte> piece = bytes.AsSpan(at, length).ToArray();
            at += length;
            if (!Read(framer, piece, frames)) return frames;
        }

        if (framer.Pending > 0) frames.Add("unfinished");
        return frames;
    }

    /// <summary>The same through a sequence of these pieces.</summary>
    public static List<string> Sequence(byte[] bytes, params int[] pieces)
    {
        using var framer = new StanzaFramer();
        var frames = new List<string>();
        var first = new Segment(default, null);
        var last = first;
        int at = 0;
        for (int i = 0; at < bytes.Length; i = (i + 1) % pieces.Length)
        {
            int length = Math.Min(pieces[i], bytes.Length - at);
            last = new Segment(bytes.AsMemory(at, length), last);
            at += length;
        }

        var buffer = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        FrameKind kind;
        while ((kind = framer.Read(ref buffer, out var stanza)) != FrameKind.NeedMore)
            frames.Add(Describe(framer, kind, stanza));
        Assert.True(buffer.IsEmpty);
        return frames;
    }

    private static bool Read(StanzaFramer framer, ReadOnlySpan<byte> piece, List<string> frames)
    {
        try
        {
            FrameKind kind;
            while ((kind = framer.Read(ref piece, out var stanza)) != FrameKind.NeedMore)
                frames.Add(Describe(framer, kind, stanza));
            Assert.True(piece.IsEmpty);
            return true;
        }
        catch (XmlStreamException e)
        {
            frames.Add(e.Condition);
            return false;
        }
    }

    private static string Describe(StanzaFramer framer, FrameKind kind, Stanza? stanza)
    {
        using (stanza)
        {
            return kind switch
            {
                FrameKind.Header => "header " + framer.Header,
                FrameKind.Element => "element " + framer.Element,
                FrameKind.Stanza => Describe(stanza!),
                _ => kind.ToString(),
            };
        }
    }

    public static string Describe(Stanza stanza) =>
        $"{stanza.Kind} {stanza.Type} {stanza.From}>{stanza.To} id={stanza.Id} lang={Text(stanza.RawLang)} " +
        $"{{{Text(stanza.PayloadNamespace)}}}{Text(stanza.PayloadName)} [{Text(stanza.RawDeclarations)}] " +
        $"{Text(stanza.Payload.Span)} | {Text(stanza.Raw.Span)} | {stanza.ToElement()}";

    public static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            before.Next = this;
            RunningIndex = before.RunningIndex + before.Memory.Length;
        }
    }
}
