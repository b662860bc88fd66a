using System.CommandLine;
using Annex.Contracts.Muc.V1;
using Grpc.Core;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl bans</summary>
internal static class BanCommands
{
    private const string Muc = "Muc";

    public static Command Create()
    {
        var subject = Word("subject", "A bare JID or a domain");
        var until = GlobalOptions.Time("--until", "When it ends by itself", isLater: true);
        return Group("bans", "Service-wide bans: from every room, upload, push, search and TURN",
            List("list", "The bans in force", Muc, "Nobody is banned.", [],
                (session, muc) => Client(muc).ListBans(new ListBansRequest(), session.Stream),
                ("Subject", b => b.Subject), ("Until", b => Output.Time(b.Until)), ("By", b => b.AddedBy), ("At", b => Output.Time(b.AddedAt)),
                ("Reason", b => b.Reason)),
            Do("add", "Bans a person or a domain everywhere", Muc, [subject, GlobalOptions.Reason, until],
                (session, muc) => Client(muc).AddBanAsync(new AddBanRequest
                {
                    Subject = session.Get(subject),
                    Reason = session.Text(GlobalOptions.Reason),
                    Until = session.Time(until),
                    AddedBy = "operator",
                }, session.Call), (_, ban) => $"{ban.Subject} is banned{(ban.Until is null ? "" : $" until {Output.Time(ban.Until)}")}."),
            Do("remove", "Lifts a ban", Muc, [subject],
                (session, muc) => Client(muc).RemoveBanAsync(new RemoveBanRequest { Subject = session.Get(subject) }, session.Call),
                (session, _) => $"{session.Get(subject)} is not banned any more."),
            Watch(),
            List("lists", "Real-time block lists that muc follows", Muc, "muc follows no block list.", [],
                (session, muc) => Client(muc).ListBlockLists(new ListBlockListsRequest(), session.Stream),
                ("Service", l => l.Service), ("Node", l => l.Node), ("Entries", l => $"{l.Entries}"),
                ("Subscribed", l => Output.YesNo(l.IsSubscribed)), ("Dry run", l => Output.YesNo(l.IsDryRun)), ("Matches", l => $"{l.Matches}"),
                ("Fetched", l => Output.Time(l.FetchedAt)), ("Problem", l => l.Problem)));
    }

    private static Command Watch() => CommandBuilding.Create("watch", "The bans in force, then every change until Ctrl-C", [],
        session => session.AskAsync(Muc, async muc =>
        {
            using var changes = Client(muc).WatchBans(new WatchBansRequest(), session.Stream);
            await foreach (var change in changes.ResponseStream.ReadAllAsync(session.CancellationToken))
            {
                if (change.EndOfCurrent)
                    session.Output.Note("Watching; Ctrl-C ends it.");
                else if (change.RemovedAccount.Length > 0)
                    session.Output.Line(change, $"account removed: {change.RemovedAccount}");
                else
                    session.Output.Line(change, $"{(change.IsLifted ? "lifted" : change.IsCurrent ? "banned" : "new ban")}: {change.Ban.Subject} {change.Ban.Reason}");
            }
            return true;
        }));

    private static BanList.BanListClient Client(CallInvoker muc) => new(muc);
}
