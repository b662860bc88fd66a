using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Micro;

/// <summary>Stanzas of the largest size that are made to be expensive within all limits: each has to cost about what an ordinary one of
/// its size costs, since one sender's stanza keeps everybody else's waiting.</summary>
public static class HostileBenchmarks
{
    private const int Bytes = 500_000;

    public static IEnumerable<Measurement> All(TimeSpan duration, int rounds)
    {
        yield return Frame("hostile.attributes", Attributes(), duration, rounds);
        yield return Frame("hostile.prefixes", Prefixes(), duration, rounds);
        byte[] deep = Deep();
        yield return Measurement.Take("hostile.depth", () => Element.Parse(deep).Name.Length, deep.Length, duration, rounds);
    }

    private static Measurement Frame(string name, byte[] stanza, TimeSpan duration, int rounds)
    {
        using var framer = new StanzaFramer();
        ReadOnlySpan<byte> header = Encoding.UTF8.GetBytes(Samples.Header);
        framer.Read(ref header, out _);
        return Measurement.Take(name, () => FrameOnce(framer, stanza), stanza.Length, duration, rounds);
    }

    private static int FrameOnce(StanzaFramer framer, byte[] bytes)
    {
        ReadOnlySpan<byte> rest = bytes;
        if (framer.Read(ref rest, out var stanza) != FrameKind.Stanza) throw new InvalidOperationException("No stanza.");
        stanza!.Dispose();
        return 1;
    }

    /// <summary>Tags full of attributes with one local name and as many prefixes as may be declared.</summary>
    private static byte[] Attributes()
    {
        var names = Enumerable.Range(0, 60).Select(i => $"p{i}").ToArray();
        string tag = "<a " + string.Join(' ', names.Select(n => $"{n}:x=''")) + "/>";
        return Message(string.Concat(names.Select(n => $" xmlns:{n}='urn:{new string('n', 200)}:{n}'")), tag);
    }

    /// <summary>As many children as there is room for, each of the prefix that was declared first.</summary>
    private static byte[] Prefixes() => Message(string.Concat(Enumerable.Range(0, 60).Select(i => $" xmlns:p{i}='urn:{i}'")), "<p0:a/>");

    /// <summary>As deep as it goes, tags full of attributes on the way, and at the bottom children that inherit their namespace.</summary>
    private static byte[] Deep()
    {
        string attributes = string.Concat(Enumerable.Range(0, 60).Select(i => $" a{i}=''"));
        var text = new StringBuilder("<iq xmlns='jabber:component:accept' xmlns:p='urn:p'>");
        for (int i = 0; i < 60; i++) text.Append("<d").Append(attributes).Append('>');
        while (text.Length < Bytes) text.Append("<a/><p:a/>");
        for (int i = 0; i < 60; i++) text.Append("</d>");
        return Encoding.UTF8.GetBytes(text.Append("</iq>").ToString());
    }

    private static byte[] Message(string declarations, string child)
    {
        var text = new StringBuilder("<message to='coven@rooms.example.org' from='iago@venice.example/ship'><x xmlns='urn:x'");
        text.Append(declarations).Append('>');
        while (text.Length < Bytes) text.Append(child);
        return Encoding.UTF8.GetBytes(text.Append("</x></message>").ToString());
    }
}
