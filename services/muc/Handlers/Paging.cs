using System.Globalization;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Handlers;

/// <summary>Result set management (XEP-0059) over the list of rooms.</summary>
internal sealed record Paging(Jid? After, Jid? Before, bool IsFromEnd, int Max, bool IsAsked)
{
    public const string Namespace = "http://jabber.org/protocol/rsm";

    /// <summary>Rooms in one answer: with their names some 50 KiB, well within what a server passes on.</summary>
    public const int MaxPage = 500;

    public static bool TryRead(Element query, out Paging paging)
    {
        paging = new Paging(null, null, false, MaxPage, false);
        if (query.Child("set", Namespace) is not { } set)
            return true;
        var max = MaxPage;
        if (set.Child("max") is { } wanted)
        {
            if (!int.TryParse(wanted.Text, NumberStyles.None, CultureInfo.InvariantCulture, out max))
                return false;
            max = Math.Min(max, MaxPage);
        }
        Jid? after = null, before = null;
        if (set.Child("after") is { Text.Length: > 0 } a && !Jid.TryParse(a.Text, out after))
            return false;
        if (set.Child("before") is { Text.Length: > 0 } b && !Jid.TryParse(b.Text, out before))
            return false;
        paging = new Paging(after, before, set.Child("before") is not null, max, true);
        return true;
    }

    /// <summary>The page; the set is there when it was asked for, and when the list is not whole (XEP-0045 §6.3).</summary>
    public Element Write(RoomPage page)
    {
        var query = new Element("query", MucNamespaces.DiscoItems);
        foreach (var room in page.Rooms)
        {
            query.Add(new Element("item", MucNamespaces.DiscoItems).With("jid", room.Room.ToString())
                .With("name", room.Name.Length > 0 ? room.Name : room.Room.Local));
        }
        if (!IsAsked && page.Rooms.Count == page.Total)
            return query;
        var set = new Element("set", Namespace);
        if (page.Rooms.Count > 0)
        {
            set.Add(new Element("first", Namespace).With("index", page.FirstIndex.ToString(CultureInfo.InvariantCulture))
                .AddText(page.Rooms[0].Room.ToString()));
            set.Add("last", page.Rooms[^1].Room.ToString());
        }
        set.Add("count", page.Total.ToString(CultureInfo.InvariantCulture));
        return query.Add(set);
    }
}
