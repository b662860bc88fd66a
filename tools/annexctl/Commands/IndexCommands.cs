using System.CommandLine;
using Annex.Contracts.Search.V1;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl index</summary>
internal static class IndexCommands
{
    private const string Search = "Search";

    public static Command Create()
    {
        var words = new Argument<string>("words") { Description = "What to look for; all rooms without it", DefaultValueFactory = _ => "" };
        var domain = Word("domain", "A server or service");
        var room = Word("room", "The room's address");
        var subject = Word("subject", "A room's address or a domain");
        return Group("index", "The index of public rooms: search, crawl, delist",
            Find(words),
            Show("status", "How large the index is, and how fresh", Search, [],
                (session, search) => Client(search).GetIndexStatusAsync(new GetIndexStatusRequest(), session.Call),
                s => [("Rooms", $"{s.Rooms}"), ("Listed", $"{s.ListedRooms}"), ("Domains", $"{s.Domains}"), ("Delisted", $"{s.Delisted}"),
                    ("Compared with muc", Output.Time(s.LastReconciled)), ("Crawled", Output.Time(s.LastCrawled))]),
            Do("reconcile", "Compares the index with muc now, and mends it", Search, [],
                (session, search) => Client(search).ReconcileAsync(new ReconcileRequest(), session.Stream),
                (_, a) => $"{a.Added} rooms added, {a.Changed} changed, {a.Removed} removed."),
            List("domains", "What the crawler knows", Search, "The crawler knows no domain.", [],
                (session, search) => Client(search).ListDomains(new ListDomainsRequest(), session.Stream),
                ("Domain", d => d.Domain_), ("Kind", d => d.Kind), ("Rooms", d => $"{d.Rooms}"), ("Software", d => d.Software),
                ("Seen", d => Output.Time(d.LastSeen)), ("Next visit", d => Output.Time(d.NextVisit)), ("Last error", d => d.LastError)),
            Crawl(),
            Show("explain", "Why a room is listed, or is not", Search, [room],
                (session, search) => Client(search).ExplainRoomAsync(new ExplainRoomRequest { Room = session.Get(room) }, session.Call), Standing),
            Do("ban", "Bans a domain: it is neither asked nor listed", Search, [domain, GlobalOptions.Reason],
                (session, search) => Client(search).BanDomainAsync(
                    new BanDomainRequest { Domain = session.Get(domain), Reason = session.Text(GlobalOptions.Reason) }, session.Call),
                (_, ban) => $"{ban.Domain} is banned."),
            Do("unban", "Lifts it", Search, [domain],
                (session, search) => Client(search).UnbanDomainAsync(new UnbanDomainRequest { Domain = session.Get(domain) }, session.Call),
                (session, _) => $"{session.Get(domain)} is not banned any more."),
            List("banned", "Banned domains", Search, "No domain is banned.", [],
                (session, search) => Client(search).ListDomainBans(new ListDomainBansRequest(), session.Stream),
                ("Domain", b => b.Domain), ("At", b => Output.Time(b.At)), ("Reason", b => b.Reason)),
            Do("delist", "Takes a room or a domain out, and keeps it out", Search, [subject, GlobalOptions.Reason],
                (session, search) => Client(search).DelistAsync(
                    new DelistRequest { Subject = session.Get(subject), Reason = session.Text(GlobalOptions.Reason) }, session.Call),
                (_, d) => $"{d.Subject} is delisted."),
            Do("relist", "Lets it in again", Search, [subject],
                (session, search) => Client(search).RelistAsync(new RelistRequest { Subject = session.Get(subject) }, session.Call),
                (session, _) => $"{session.Get(subject)} may be listed again."),
            List("delisted", "What is kept out", Search, "Nothing is delisted.", [],
                (session, search) => Client(search).ListDelisted(new ListDelistedRequest(), session.Stream),
                ("Subject", d => d.Subject), ("By", d => d.By), ("At", d => Output.Time(d.At)), ("Reason", d => d.Reason)));
    }

    private static Command Crawl()
    {
        var domain = new Argument<string>("domain") { Description = "The server or service to visit", DefaultValueFactory = _ => "" };
        var all = new Option<bool>("--all") { Description = "All that are known" };
        return Do("crawl", "Visits a domain next, or all", Search, [domain, all],
            (session, search) => Client(search).CrawlDomainAsync(
                new CrawlDomainRequest { Domain = session.Get(domain), All = session.Get(all) }, session.Call),
            (_, answer) => $"{answer.Domains} domains are next.");
    }

    private static Command Find(Argument<string> words) => CommandBuilding.Create("search", "Rooms, as a user would find them",
        [words, GlobalOptions.Limit], session => session.AskAsync(Search, search => session.Output.ListAsync(
            PagesAsync(session, search, session.Get(words)), "No room is found.",
            ("Address", r => r.Jid), ("Name", r => r.Name), ("People", r => $"{r.Occupants}"), ("Open", r => Output.YesNo(r.IsOpen)),
            ("Language", r => r.Language), ("Source", r => r.Source), ("Seen", r => Output.Time(r.LastSeen)))));

    private static async IAsyncEnumerable<IndexedRoom> PagesAsync(Session session, Grpc.Core.CallInvoker search, string words)
    {
        var limit = session.Get(GlobalOptions.Limit);
        var left = limit > 0 ? limit : int.MaxValue;
        var after = "";
        do
        {
            var page = await Client(search).SearchRoomsAsync(
                new SearchRoomsRequest { Query = words, After = after, Limit = Math.Min(left, 100) }, session.Call);
            foreach (var room in page.Rooms.Take(left))
                yield return room;
            left -= page.Rooms.Count;
            after = page.Next;
        }
        while (after.Length > 0 && left > 0);
    }

    private static (string, string)[] Standing(RoomStanding standing) =>
        [("Room", standing.Room), ("Listed", Output.YesNo(standing.IsListed)), ("Why", string.Join(" ", standing.Reasons))];

    private static SearchIndex.SearchIndexClient Client(Grpc.Core.CallInvoker search) => new(search);
}
