using System.Text;
using System.Xml.Linq;
using Annex.Testing.Documents;
using Annex.Xmpp.Stanzas;
using Xunit;

namespace Annex.Interop.Documents;

/// <summary>XML is well-formed, and what it shows as stanzas our own framer takes for such.</summary>
internal static class XmlBlocks
{
    public static Task RunAsync(FencedBlock block)
    {
        var root = XElement.Parse($"<all>{block.Text}</all>", LoadOptions.PreserveWhitespace);
        Assert.NotEmpty(root.Elements());
        using var framer = new StanzaFramer();
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
            + "xmlns='jabber:component:accept'>" + string.Concat(root.Elements().Select(e => e.ToString(SaveOptions.DisableFormatting))));
        var stanzas = 0;
        FrameKind kind;
        while ((kind = framer.Read(ref bytes, out var stanza)) != FrameKind.NeedMore)
        {
            stanzas += kind is FrameKind.Stanza or FrameKind.Element ? 1 : 0;
            stanza?.Dispose();
        }
        Assert.Equal(root.Elements().Count(), stanzas);
        return Task.CompletedTask;
    }
}
