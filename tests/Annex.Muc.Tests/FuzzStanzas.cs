using System.Xml.Linq;

namespace Annex.Muc.Tests;

/// <summary>Stanzas of people in and around a room, valid and invalid, made up at random.</summary>
internal sealed class FuzzStanzas(Random random)
{
    private static readonly string[] People =
    [
        "crone1@shakespeare.lit/desktop", "crone1@shakespeare.lit/phone", "wiccarocks@shakespeare.lit/laptop",
        "hag66@shakespeare.lit/pda", "hag66@shakespeare.lit/phone", "hecate@shakespeare.lit/broom", "iago@venice.lit/ship",
        "othello@venice.lit/tent", "bard@shakespeare.lit/globe", "duncan@shakespeare.lit/castle",
    ];

    private static readonly string[] NickNames = ["a", "b", "c", "d", "e", " ", "crone1", "Ünïcode", "A&B", "x'y"];
    private static readonly string[] Affiliations = ["owner", "admin", "member", "none", "outcast", "king"];
    private static readonly string[] Roles = ["moderator", "participant", "visitor", "none", "king"];

    private static readonly (string Field, string[] Values)[] Fields =
    [
        ("membersonly", ["0", "1"]), ("moderatedroom", ["0", "1"]), ("whois", ["anyone", "moderators", "none"]),
        ("persistentroom", ["0", "1", "1", "1"]), ("maxusers", ["3", "none", "-1"]), ("passwordprotectedroom", ["0", "1"]),
        ("roomsecret", ["", "secret"]), ("changesubject", ["0", "1"]), ("allowpm", ["anyone", "none", "participants"]),
        ("presencebroadcast", ["moderator", "participant", "visitor"]), ("publicroom", ["0", "1"]), ("allowinvites", ["0", "1"]),
        ("roomadmins", ["duncan@shakespeare.lit", "@"]), ("roomowners", ["crone1@shakespeare.lit", ""]),
    ];

    private int _step;

    /// <summary>Who sends the next one.</summary>
    public string Sender() => Pick(People);

    /// <param name="step">Its id, where it has one.</param>
    public string Make(int step)
    {
        _step = step;
        return Make();
    }

    private string Make() => random.Next(14) switch
    {
        0 or 1 or 2 => $"<presence to='{Anywhere()}'><x xmlns='http://jabber.org/protocol/muc'>{Inside()}</x>{Payload()}</presence>",
        3 => $"<presence to='{Anywhere()}'>{Payload()}</presence>",
        4 => $"<presence type='unavailable' to='{Anywhere()}'>{Payload()}</presence>",
        5 => $"<message type='groupchat' id='{_step}' to='{RoomTable.Address}'><body>{_step}</body>{Payload()}</message>",
        6 => $"<message type='groupchat' id='{_step}' to='{Anywhere()}'><subject>{Pick(["", "s"])}</subject></message>",
        7 => $"<message type='{Pick(["chat", "normal", "groupchat", "headline"])}' to='{Anywhere()}'><body>pm</body>{Payload()}</message>",
        8 or 9 => Iq("set", "admin", string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Item()))),
        10 => random.Next(4) > 0
            ? Iq("set", "owner", $"<x xmlns='jabber:x:data' type='{Pick(["submit", "submit", "submit", "submit", "cancel", "form"])}'>{Form()}</x>")
            : random.Next(4) > 0 ? Iq("get", "owner", "") : Iq("set", "owner", "<destroy><reason>r</reason></destroy>"),
        11 => Iq("get", "admin", Item()),
        12 => $"<message to='{RoomTable.Address}'>{Special()}</message>",
        _ => Other(),
    };

    private string Other() => random.Next(6) switch
    {
        0 => $"<iq type='get' id='{_step}' to='{Anywhere()}'><query xmlns='http://jabber.org/protocol/disco#{Pick(["info", "items"])}'/></iq>",
        1 => $"<iq type='get' id='{_step}' to='{Anywhere()}'><ping xmlns='urn:xmpp:ping'/></iq>",
        2 => $"<iq type='{Pick(["result", "error"])}' id='{_step}' to='{Anywhere()}'/>",
        3 => Bounce(Pick(["message", "presence"])),
        4 => $"<iq type='set' id='{_step}' to='{RoomTable.Address}'><query xmlns='jabber:iq:register'>{Pick(["<remove/>", "", Register()])}</query></iq>",
        _ => $"<presence type='{Pick(["probe", "subscribe"])}' to='{Anywhere()}'/>",
    };

    private string Bounce(string kind) => $"<{kind} type='error' to='{Anywhere()}'><error type='cancel'>" +
        $"<{Pick(["gone", "item-not-found", "conflict", "remote-server-timeout"])} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></{kind}>";

    private string Register() => "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#register</value></field>" +
        $"<field var='muc#register_roomnick'><value>{Escape(Pick(NickNames))}</value></field></x>";

    private string Special() => random.Next(4) switch
    {
        0 => $"<x xmlns='http://jabber.org/protocol/muc#user'><invite to='{Pick([.. People, "@"])}'><reason>r</reason></invite></x>",
        1 => $"<x xmlns='http://jabber.org/protocol/muc#user'><decline to='{Pick(People)}'/></x>",
        2 => "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field></x>",
        _ => "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field>" +
            $"<field var='muc#jid'><value>{Pick(People)}</value></field><field var='muc#request_allow'><value>1</value></field></x>",
    };

    private string Inside() => random.Next(5) switch
    {
        0 => "<password>secret</password>",
        1 => $"<history maxstanzas='{random.Next(-1, 5)}'/><password>secret</password>",
        2 => "<history maxchars='500' seconds='60'/>",
        _ => "",
    };

    private string Payload() => random.Next(6) switch
    {
        0 => "<show>away</show>",
        1 => $"<status>{random.Next(5)}</status><priority>{random.Next(-2, 3)}</priority>",
        2 => "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator' jid='forged@x.lit/y'/></x>",
        3 => $"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/><stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='{RoomTable.Address}'/>",
        _ => "",
    };

    private string Item() => random.Next(5) switch
    {
        0 or 1 => $"<item nick='{Escape(Pick(NickNames))}' role='{Pick(Roles)}'/>",
        2 or 3 => $"<item jid='{Pick([.. People, "venice.lit", "@"])}' affiliation='{Pick(Affiliations)}' {(random.Next(3) == 0 ? $"nick='{Escape(Pick(NickNames))}'" : "")}/>",
        _ => $"<item nick='a' affiliation='{Pick(Affiliations)}' {(random.Next(2) == 0 ? "role='visitor'" : "")}/>",
    };

    private string Form() => string.Concat(Enumerable.Range(0, random.Next(0, 4)).Select(_ =>
    {
        var (field, values) = Fields[random.Next(Fields.Length)];
        return $"<field var='muc#roomconfig_{field}'><value>{Pick(values)}</value></field>";
    }));

    private string Iq(string type, string what, string inside) =>
        $"<iq type='{type}' id='{_step}' to='{RoomTable.Address}'><query xmlns='http://jabber.org/protocol/muc#{what}'>{inside}</query></iq>";

    private string Anywhere() => random.Next(8) == 0 ? RoomTable.Address : $"{RoomTable.Address}/{Escape(Pick(NickNames))}";

    private static string Escape(string text) => new XAttribute("a", text).ToString()[3..^1].Replace("'", "&apos;", StringComparison.Ordinal);

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];
}
