using Annex.Xmpp.Extensions.Delegation;
using Annex.Xmpp.Extensions.Privilege;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Extensions;

public sealed class DelegationTests
{
    private static Element Delegation(string inner, string version = "urn:xmpp:delegation:2") => Element.Parse(
        $"<delegation xmlns='{version}'><forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></delegation>");

    // XEP-0355 §4.3; :1 is what ejabberd 23 speaks.
    [Theory]
    [InlineData("urn:xmpp:delegation:1")]
    [InlineData("urn:xmpp:delegation:2")]
    public void An_iq_is_handed_on_and_answered_in_the_version_of_the_asker(string version)
    {
        var element = Delegation(
            "<iq xmlns='jabber:client' from='juliet@capulet.lit/balcony' to='capulet.lit' id='p&apos;1' type='get'>" +
            "<services xmlns='urn:xmpp:extdisco:2' type='turn'/></iq>", version);
        Assert.True(DelegatedIq.TryRead(element, out var iq, out _));
        Assert.Equal((StanzaType.Get, "p'1", "juliet@capulet.lit/balcony", "capulet.lit"),
            (iq.Type, iq.Id, iq.From.ToString(), iq.To!.ToString()));
        Assert.Equal(("services", "turn"), (iq.Payload.Name, iq.Payload["type"]));

        var inner = Inner(iq.Result(new Element("services", "urn:xmpp:extdisco:2")), version);
        Assert.Equal(("jabber:client", "result", "p'1", "capulet.lit", "juliet@capulet.lit/balcony"),
            (inner.Namespace, inner["type"], inner["id"], inner["from"], inner["to"]));
        Assert.Equal("services", Assert.Single(inner.Children).Name);

        var refused = Inner(iq.Error(StanzaError.Forbidden.WithText("No.").With(new Element("why", "urn:x"))), version);
        Assert.Equal("error", refused["type"]);
        var error = refused.Child("error")!;
        Assert.Equal("auth", error["type"]);
        Assert.NotNull(error.Child("forbidden", Namespaces.StanzaErrors));
        Assert.Equal("No.", error.Child("text", Namespaces.StanzaErrors)!.Text);
        Assert.NotNull(error.Child("why", "urn:x"));
    }

    // Prosody hands on an iq without to as it is; it drops an answer with white space between the elements.
    [Fact]
    public void Without_to_the_answer_has_no_from_and_nothing_stands_between_the_elements()
    {
        var element = Delegation("<iq xmlns='jabber:client' from='a@b/c' id='1' type='get'><q xmlns='urn:q'/></iq>");
        Assert.True(DelegatedIq.TryRead(element, out var iq, out _));
        Assert.Null(iq.To);
        var answer = iq.Result();
        Assert.Null(Inner(answer, "urn:xmpp:delegation:2")["from"]);
        Assert.DoesNotContain("> <", answer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', answer.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("<message xmlns='jabber:client' from='a@b' id='1'/>")]
    [InlineData("<iq xmlns='jabber:client' from='a@b' id='1' type='result'><q xmlns='urn:q'/></iq>")]
    [InlineData("<iq xmlns='jabber:client' from='a@b' id='1' type='get'/>")]
    [InlineData("<iq xmlns='jabber:client' from='a@b' id='1' type='get'><q xmlns='urn:q'/><q xmlns='urn:q'/></iq>")]
    [InlineData("<iq xmlns='jabber:client' from='a@b' type='get'><q xmlns='urn:q'/></iq>")]
    [InlineData("<iq xmlns='jabber:client' id='1' type='get'><q xmlns='urn:q'/></iq>")]
    [InlineData("<iq xmlns='jabber:client' from='@' id='1' type='get'><q xmlns='urn:q'/></iq>")]
    [InlineData("<iq xmlns='urn:evil' from='a@b' id='1' type='get'><q xmlns='urn:q'/></iq>")]
    [InlineData("<iq xmlns='jabber:client' from='a@b' id='1' type='get'><q xmlns='urn:q'/></iq><iq xmlns='jabber:client'/>")]
    public void What_holds_no_iq_is_a_bad_request(string inner)
    {
        Assert.False(DelegatedIq.TryRead(Delegation(inner), out _, out var error));
        Assert.Equal("bad-request", error.Condition);
        Assert.False(DelegatedIq.TryRead(Delegation(inner, "urn:xmpp:delegation:9"), out _, out _));
        Assert.False(DelegatedIq.TryRead(null, out _, out _));
    }

    [Theory]
    [InlineData("urn:xmpp:delegation:2::urn:xmpp:extdisco:2", "urn:xmpp:delegation:2", false, "urn:xmpp:extdisco:2")]
    [InlineData("urn:xmpp:delegation:1:bare:urn:xmpp:extdisco:2", "urn:xmpp:delegation:1", true, "urn:xmpp:extdisco:2")]
    public void The_nodes_of_disco_are_read_and_written(string text, string version, bool isBare, string ns)
    {
        Assert.True(DelegationNode.TryParse(text, out var node));
        Assert.Equal(new DelegationNode(version, isBare, ns), node);
        Assert.Equal(text, node.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("urn:xmpp:delegation:2")]
    [InlineData("urn:xmpp:delegation:2::")]
    [InlineData("urn:xmpp:delegation:2:bare:")]
    [InlineData("urn:xmpp:delegation:3::urn:x")]
    [InlineData("urn:xmpp:delegation:22::urn:x")]
    public void Other_nodes_are_none(string? text) => Assert.False(DelegationNode.TryParse(text, out _));

    [Fact]
    public void The_announcement_is_read()
    {
        var list = DelegatedNamespace.Read(Element.Parse(
            "<message from='capulet.lit'><delegation xmlns='urn:xmpp:delegation:2'>" +
            "<delegated namespace='urn:xmpp:mam:2'><attribute name='node'/></delegated><delegated/>" +
            "<delegated namespace='http://jabber.org/protocol/pubsub'/></delegation></message>"));
        Assert.Equal(["urn:xmpp:mam:2", "http://jabber.org/protocol/pubsub"], list.Select(entry => entry.Namespace));
        Assert.Equal(["node"], list[0].Attributes);
        Assert.Empty(DelegatedNamespace.Read(Element.Parse("<message/>")));
    }

    // XEP-0356 §4; ejabberd says type none, Prosody says nothing, and both send an empty element.
    [Fact]
    public void Privileges_are_read_and_each_announcement_stands_for_itself()
    {
        var grant = PrivilegeGrant.Read(Element.Parse(
            "<message from='capulet.net'><privilege xmlns='urn:xmpp:privilege:2'>" +
            "<perm access='roster' type='both' push='true'/><perm access='message' type='outgoing'/><perm/>" +
            "<perm access='iq'><namespace ns='http://jabber.org/protocol/pubsub' type='set'/></perm>" +
            "<perm access='presence' type='managed_entity'/></privilege></message>"))!;
        Assert.Equal(("both", true, "managed_entity"), (grant.Roster, grant.CanSendMessages, grant.Presence));
        Assert.Equal(new PrivilegedNamespace("http://jabber.org/protocol/pubsub", "set"), Assert.Single(grant.IqNamespaces));

        var none = PrivilegeGrant.Read(Element.Parse("<message><privilege xmlns='urn:xmpp:privilege:1'/></message>"))!;
        Assert.Equal(("none", false, "none"), (none.Roster, none.CanSendMessages, none.Presence));
        Assert.Equal("urn:xmpp:privilege:1", none.Version);
        Assert.Null(PrivilegeGrant.Read(Element.Parse("<message/>")));
    }

    [Fact]
    public void What_is_sent_in_a_users_name_is_wrapped_in_the_version_of_the_grant()
    {
        var grant = PrivilegeGrant.Read(Element.Parse("<message><privilege xmlns='urn:xmpp:privilege:1'/></message>"))!;
        var message = new Element("message", Namespaces.Client).With("from", "juliet@capulet.lit").With("to", "romeo@x");
        Assert.Equal(
            "<privilege xmlns='urn:xmpp:privilege:1'><forwarded xmlns='urn:xmpp:forward:0'>" +
            "<message xmlns='jabber:client' from='juliet@capulet.lit' to='romeo@x'/></forwarded></privilege>",
            grant.Wrap(message).ToString());
        Assert.Throws<ArgumentException>(() => grant.Wrap(new Element("message", Namespaces.Component)));
        var iq = new Element("iq", Namespaces.Client).With("id", "1");
        Assert.Equal("privileged_iq", grant.WrapIq(iq).Name);
        var result = new Element("iq", Namespaces.Component)
            .Add(new Element("privilege", "urn:xmpp:privilege:1").Add(new Element("forwarded", "urn:xmpp:forward:0").Add(iq)));
        Assert.Equal("1", PrivilegeGrant.Unwrap(result)!["id"]);
        Assert.Null(PrivilegeGrant.Unwrap(message));
    }

    private static Element Inner(Element delegation, string version)
    {
        Assert.Equal(("delegation", version), (delegation.Name, delegation.Namespace));
        return Assert.Single(delegation.Child("forwarded", "urn:xmpp:forward:0")!.Children);
    }
}
