using System.CommandLine;
using Annex.Contracts.Search.V1;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl index</summary>
internal static class IndexCommands
{
    private const string Search = "Search";

    private static readonly Argument<string> Room = Word("room", "The room's address");

    public static Command Create()
    {
        var domain = Word("domain", "A server or service");
        var subject = Word("subject", "A room's address or a domain");
        return Group("index", "The index of public rooms: search, crawl, delist",
            Find(), Show(),
            CommandBuilding.Show("status", "How large the index is, and how fresh", Search, [],
                (session, search) => Client(search).GetIndexStatusAsync(new GetIndexStatusRequest(), session.Call),
                s => [("Rooms", $"{s.Rooms}"), ("Listed", $"{s.ListedRooms}"), ("New this week", $"{s.NewThisWeek}"), ("People", $"{s.Occupants}"),
                    ("In memory", s.HasRoomsInMemory ? $"{s.RoomsInMemory}" : "no"), ("Delisted", $"{s.Delisted}"),
                    ("Compared with muc", Output.Time(s.LastReconciled)), ("Crawler", s.IsCrawling ? "on" : "off: no seed"),
                    ("Domains", $"{s.Domains}, {s.DueDomains} due, {s.FailingDomains} failing, {s.BannedDomains} banned"),
                    ("Crawled", Output.Time(s.LastCrawled)), ("Languages", Shares(s.Languages)), ("Tags", Shares(s.Tags))]),
            Do("reconcile", "Compares the index with muc now, and mends it", Search, [],
                (session, search) => Client(search).ReconcileAsync(new ReconcileRequest(), session.Stream),
                (_, a) => $"{a.Added} rooms added, {a.Changed} changed, {a.Removed} removed."),
            List("domains", "What the crawler knows", Search, "The crawler knows no domain.", [],
                (session, search) => Client(search).ListDomains(new ListDomainsRequest(), session.Stream),
                ("Domain", d => d.Domain_), ("Kind", d => d.Kind), ("Rooms", d => $"{d.Rooms}"), ("Software", d => d.Software),
                ("Seen", d => Output.Time(d.LastSeen)), ("Next visit", d => Output.Time(d.NextVisit)), ("Last error", d => d.LastError)),
            Crawl(),
            CommandBuilding.Show("explain", "Why a room is listed, or is not", Search, [Room],
                (session, search) => Client(search).ExplainRoomAsync(new ExplainRoomRequest { Room = session.Get(Room) }, session.Call), Standing),
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

    private static string Shares(IEnumerable<Share> shares) => string.Join(", ", shares.Take(10).Select(s => $"{s.Name} {s.Rooms}"));

    private static Command Crawl()
    {
        var domain = new Argument<string>("domain") { Description = "The server or service to visit", DefaultValueFactory = _ => "" };
        var all = new Option<bool>("--all") { Description = "All that are known" };
        return Do("crawl", "Visits a domain next, or all", Search, [domain, all],
            (session, search) => Client(search).CrawlDomainAsync(
                new CrawlDomainRequest { Domain = session.Get(domain), All = session.Get(all) }, session.Call),
            (_, answer) => $"{answer.Domains} domains are next.");
    }

    private static Command Show() => CommandBuilding.Show("show", "One room, as the index has it", Search, [Room],
        (session, search) => Client(search).GetRoomAsync(new GetRoomRequest { Room = session.Get(Room) }, session.Call), r =>
        [
            ("Address", r.Jid), ("Name", r.Name), ("Description", r.Description), ("Language", r.Language), ("Tags", string.Join(", ", r.Tags)),
            ("People", $"{r.Occupants}, over hours {Output.Number(r.Activity)}"), ("Open", Output.YesNo(r.IsOpen)),
            ("Shows real JIDs", Output.YesNo(r.IsNonAnonymous)), ("Moderated", Output.YesNo(r.IsModerated)), ("NSFW", Output.YesNo(r.IsNsfw)),
            ("Looks like deception", string.Join(", ", r.Flags)), ("Source", r.Source), ("First seen", Output.Time(r.FirstSeen)),
            ("Last seen", Output.Time(r.LastSeen)),
        ]);

    private static Command Find()
    {
        var words = new Argument<string>("words") { Description = "What to look for; all rooms without it", DefaultValueFactory = _ => "" };
        var sort = new Option<string>("--sort") { Description = "relevance, occupants or address", HelpName = "key" };
        sort.AcceptOnlyFromAmong("relevance", "occupants", "address");
        var people = new Option<int>("--min-people") { Description = "With at least so many", HelpName = "n" };
        var language = new Option<string>("--language") { Description = "In this language", HelpName = "tag" };
        var tag = new Option<string[]>("--tag") { Description = "With this tag; may be given again", HelpName = "tag" };
        var closed = new Option<bool>("--closed") { Description = "Also rooms for members or behind a password" };
        var domain = new Option<string>("--domain") { Description = "Rooms of this service", HelpName = "domain" };
        return CommandBuilding.Create("search", "Rooms, as a user would find them",
            [words, sort, people, language, tag, closed, domain, GlobalOptions.Limit], session =>
            {
                var request = new SearchRoomsRequest
                {
                    Query = session.Get(words),
                    Sort = session.Text(sort) switch
                    {
                        "relevance" => SortKey.Relevance,
                        "occupants" => SortKey.Occupants,
                        "address" => SortKey.Address,
                        _ => SortKey.Unspecified,
                    },
                    MinOccupants = session.Get(people),
                    Language = session.Text(language),
                    Tags = { session.Get(tag) ?? [] },
                    IncludeClosed = session.Get(closed),
                    Domain = session.Text(domain),
                };
                return session.AskAsync(Search, search => session.Output.ListAsync(PagesAsync(session, search, request), "No room is found.",
                    ("Address", r => r.Jid), ("Name", r => r.Name), ("People", r => $"{r.Occupants}"), ("Open", r => Output.YesNo(r.IsOpen)),
                    ("Language", r => r.Language), ("Source", r => r.Source), ("Seen", r => Output.Time(r.LastSeen))));
            });
    }

    private static async IAsyncEnumerable<IndexedRoom> PagesAsync(Session session, Grpc.Core.CallInvoker search, SearchRoomsRequest request)
    {
        var limit = session.Get(GlobalOptions.Limit);
        var left = limit > 0 ? limit : int.MaxValue;
        do
        {
            request.Limit = Math.Min(left, 100);
            var page = await Client(search).SearchRoomsAsync(request, session.Call);
            foreach (var room in page.Rooms.Take(left))
                yield return room;
            left -= page.Rooms.Count;
            request.After = page.Next;
        }
        while (request.After.Length > 0 && left > 0);
    }

    private static (string, string)[] Standing(RoomStanding standing) =>
        [("Room", standing.Room), ("Listed", Output.YesNo(standing.IsListed)), ("Why", string.Join(" ", standing.Reasons))];

    private static SearchIndex.SearchIndexClient Client(Grpc.Core.CallInvoker search) => new(search);
}
