using System.Xml.Linq;

namespace Annex.Testing.Scripted;

/// <summary>A user of the scripted server: what is sent has its JID in from, what is addressed to it is in its inbox.</summary>
public sealed class ScriptedUser
{
    private readonly ScriptedServer _server;

    internal ScriptedUser(ScriptedServer server, string jid)
    {
        _server = server;
        Jid = jid;
        Inbox = new Inbox(jid);
    }

    public string Jid { get; }

    internal Inbox Inbox { get; }

    /// <summary>Sends a stanza; from is put in where it is missing.</summary>
    public Task Send(string xml)
    {
        var stanza = XmlPattern.Parse(XmlPattern.Fill(xml, _server.Bound.AsReadOnly()));
        if (stanza.Attribute("from") is null)
            stanza.SetAttributeValue("from", Jid);
        return _server.Send(stanza.ToString(SaveOptions.DisableFormatting));
    }

    /// <summary>The next stanza to this user; it has to fit.</summary>
    public Task<XElement> Expect(string pattern) => Inbox.TakeAsync(pattern, _server.Bound, isStrict: true);

    /// <summary>A stanza that fits, whatever comes before it (that stays for later).</summary>
    public Task<XElement> ExpectSoon(string pattern) => Inbox.TakeAsync(pattern, _server.Bound, isStrict: false);

    /// <summary>The next stanza, an iq of type result or error.</summary>
    public Task<XElement> ExpectReply() => Inbox.TakeAsync("<iq type='...' from='...'>...</iq>", _server.Bound, isStrict: false);

    /// <summary>Everything that came and was not expected yet.</summary>
    public IReadOnlyList<XElement> TakeAll() => Inbox.TakeAll();

    /// <summary>Fails if anything is there after a ping to this address (default: the component) has been answered.</summary>
    public async Task ExpectNothing(string? address = null)
    {
        await _server.Settle(address);
        Inbox.AssertEmpty();
    }
}
