using System.Buffers;
using System.Text;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Micro;

/// <summary>The hot path, piece by piece.</summary>
public static class Benchmarks
{
    // Bytes of one read of the socket.
    private const int SegmentBytes = 64 * 1024;

    public const int Occupants = 1000;

    public static IEnumerable<Measurement> All(TimeSpan duration, int rounds)
    {
        yield return Frame("frame.mix", Samples.Mix, SegmentBytes, duration, rounds);
        yield return Frame("frame.chat", [Samples.Chat], SegmentBytes, duration, rounds);
        yield return Frame("frame.groupchat", [Samples.Groupchat], SegmentBytes, duration, rounds);
        yield return Frame("frame.presence", [Samples.Presence], SegmentBytes, duration, rounds);
        yield return Frame("frame.iq", [Samples.Iq], SegmentBytes, duration, rounds);
        yield return Frame("frame.omemo", [Samples.Omemo], SegmentBytes, duration, rounds);
        // Each stanza arrives in pieces of an Ethernet frame.
        yield return Frame("frame.split", Samples.Mix, 1448, duration, rounds);
        yield return ReadChildren(duration, rounds);
        yield return CopyContext(duration, rounds);
        yield return WriteHeads(duration, rounds);
        yield return WriteError(duration, rounds);
        foreach (var hostile in HostileBenchmarks.All(duration, rounds)) yield return hostile;
    }

    private static Measurement Frame(string name, byte[][] stanzas, int piece, TimeSpan duration, int rounds)
    {
        using var framer = new StanzaFramer();
        ReadOnlySpan<byte> header = Encoding.UTF8.GetBytes(Samples.Header);
        framer.Read(ref header, out _);
        int repeat = Math.Max(1, SegmentBytes / stanzas.Sum(s => s.Length));
        byte[] bytes = [.. Enumerable.Repeat(stanzas, repeat).SelectMany(s => s).SelectMany(s => s)];
        int count = repeat * stanzas.Length;
        return Measurement.Take(name, () => FrameOnce(framer, bytes, piece, count), (double)bytes.Length / count,
            duration, rounds);
    }

    private static int FrameOnce(StanzaFramer framer, byte[] bytes, int piece, int expected)
    {
        int found = 0;
        for (int at = 0; at < bytes.Length; at += piece)
        {
            var buffer = new ReadOnlySequence<byte>(bytes, at, Math.Min(piece, bytes.Length - at));
            while (framer.Read(ref buffer, out var stanza) == FrameKind.Stanza)
            {
                found += stanza!.PayloadName.IsEmpty ? 0 : 1;
                stanza.Dispose();
            }
        }

        return found == expected ? found : throw new InvalidOperationException($"{found} stanzas of {expected}.");
    }

    private static Measurement ReadChildren(TimeSpan duration, int rounds)
    {
        using var stanza = Stanza.Parse(Samples.Groupchat);
        return Measurement.Take("read.children", () => Find(stanza), Samples.Groupchat.Length, duration, rounds);
    }

    private static int Find(Stanza stanza)
    {
        var reader = stanza.Children;
        while (reader.ReadElement())
        {
            if (reader.Is("active"u8, "http://jabber.org/protocol/chatstates"u8)) return 1;
        }

        throw new InvalidOperationException("The child was not found.");
    }

    private static Measurement CopyContext(TimeSpan duration, int rounds)
    {
        var output = new Output(64 * 1024);
        using var stanza = Stanza.Parse(Samples.Groupchat);
        return Measurement.Take("copy.context", () => Copy(stanza, output), 0, duration, rounds);
    }

    private static int Copy(Stanza stanza, Output output)
    {
        output.Clear();
        var reader = stanza.Children;
        reader.ReadElement();
        reader.CopyWithContext(output, "urn:xmpp:forward:0"u8);
        return 1;
    }

    private static Measurement WriteHeads(TimeSpan duration, int rounds)
    {
        using var message = Stanza.Parse(Samples.Groupchat);
        var from = Jid.Parse("coven@rooms.example.org/firstwitch");
        var occupants = Enumerable.Range(0, Occupants).Select(i =>
            Jid.Parse($"occupant{i}@shakespeare.example/device-{i * 7919}")).ToArray();
        var output = new Output(4 * 1024 * 1024);
        var writer = new StanzaWriter(output);
        return Measurement.Take("write.head", () => FanOut(message, from, occupants, output, writer), 0, duration,
            rounds);
    }

    private static int FanOut(Stanza message, Jid from, Jid[] occupants, Output output, StanzaWriter writer)
    {
        output.Clear();
        var body = message.Payload.Span;
        foreach (var to in occupants)
        {
            writer.StartStanza(StanzaKind.Message, StanzaType.Groupchat, from, to, message.RawId);
            writer.Raw(body);
            writer.EndStanza();
        }

        return occupants.Length;
    }

    private static Measurement WriteError(TimeSpan duration, int rounds)
    {
        using var iq = Stanza.Parse(Samples.Iq);
        var output = new Output(64 * 1024);
        var writer = new StanzaWriter(output);
        var error = StanzaError.ItemNotFound.WithText("No such room.");
        return Measurement.Take("write.error", () => Refuse(iq, error, output, writer), 0, duration, rounds);
    }

    private static int Refuse(Stanza iq, StanzaError error, Output output, StanzaWriter writer)
    {
        output.Clear();
        writer.StartStanza(StanzaKind.Iq, StanzaType.Error, iq.To, iq.From, iq.RawId);
        writer.Error(error);
        writer.EndStanza();
        return 1;
    }

    /// <summary>Memory that is there already, as the pipe's is.</summary>
    private sealed class Output(int size) : IBufferWriter<byte>
    {
        private readonly byte[] _bytes = new byte[size];
        private int _length;

        public void Clear() => _length = 0;

        public void Advance(int count) => _length += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.AsMemory(_length);

        public Span<byte> GetSpan(int sizeHint = 0) => _bytes.AsSpan(_length);
    }
}
