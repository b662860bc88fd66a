using System.Xml.Linq;
using Annex.Testing.Scripted;
using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>What replies say.</summary>
internal static class Replies
{
    private static readonly XNamespace Errors = "urn:ietf:params:xml:ns:xmpp-stanzas";

    public static string Bare(ScriptedUser user) => user.Jid[..user.Jid.IndexOf('/', StringComparison.Ordinal)];

    public static bool IsError(XElement reply, string condition) =>
        reply.Elements().Any(e => e.Name.LocalName == "error" && e.Element(Errors + condition) is not null);

    public static XElement AssertError(XElement reply, string type, string condition)
    {
        Assert.Equal("error", (string?)reply.Attribute("type"));
        var error = reply.Elements().Single(e => e.Name.LocalName == "error");
        Assert.Equal(type, (string?)error.Attribute("type"));
        Assert.NotNull(error.Element(Errors + condition));
        return error;
    }
}
