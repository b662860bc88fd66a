using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Contact;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Extensions.Services;
using Annex.Xmpp.Extensions.Version;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Extensions;

public sealed class ServiceBasicsTests
{
    private static readonly Jid User = Jid.Parse("juliet@capulet.lit/balcony");
    private static readonly Jid Service = Jid.Parse("chat.shakespeare.lit");

    private static readonly DiscoItem[] Rooms =
        Enumerable.Range(0, 7).Select(i => new DiscoItem(Jid.Parse($"room{i}@chat.shakespeare.lit"))).ToArray();

    private readonly ServiceBasics _basics = new(TimeProvider.System, new SoftwareVersion("Annex", "1"))
    {
        Identities = { new Identity("conference", "text", "Chatrooms") },
        Contact = new ContactAddresses().Set("admin", "xmpp:admin@shakespeare.lit"),
        Commands = new CommandTable(TimeProvider.System).Add(new Command("list", "List", _ => true,
            (_, _) => Task.FromResult(CommandStep.Done("")))),
        Items = _ => Rooms,
        MaxItemsPerPage = 5,
    };

    [Fact]
    public void One_registration_advertises_all_that_is_answered()
    {
        var router = new StanzaRouter();
        _basics.Register(router);
        router.OnIq(StanzaType.Get, "urn:more", "x", (in _) => { }, "urn:more");
        var info = _basics.Info();
        Assert.Equal(
            [
                "http://jabber.org/protocol/commands", "http://jabber.org/protocol/disco#info",
                "http://jabber.org/protocol/disco#items", "http://jabber.org/protocol/rsm", "jabber:iq:last",
                "jabber:iq:version", "jabber:x:data", "urn:more", "urn:xmpp:ping", "urn:xmpp:time",
            ],
            info.Features);
        Assert.Equal("Chatrooms", Assert.Single(info.Identities).Name);
        Assert.NotNull(info.Form(ContactAddresses.FormTypeName));
    }

    [Fact]
    public void Items_come_in_pages()
    {
        var first = _basics.ItemsOf(new Element("query", DiscoItems.Namespace), User, Service, out _)!;
        Assert.Equal(Rooms[..5], first.Items);
        Assert.Equal(new PageResult(Rooms[0].Jid.ToString(), Rooms[4].Jid.ToString(), 0, 7), first.Page);
        var query = new Element("query", DiscoItems.Namespace)
            .Add(new PageRequest { Max = 5, After = first.Page!.Last }.ToElement());
        Assert.Equal(Rooms[5..], _basics.ItemsOf(query, User, Service, out _)!.Items);
    }

    [Fact]
    public void Commands_are_items_of_their_node_and_other_nodes_are_not_found()
    {
        var query = new Element("query", DiscoItems.Namespace).With("node", CommandTable.Namespace);
        Assert.Equal("list", Assert.Single(_basics.ItemsOf(query, User, Service, out _)!.Items).Node);
        Assert.Null(_basics.ItemsOf(query.With("node", "other"), User, Service, out var error));
        Assert.Equal("item-not-found", error!.Condition);
    }
}
