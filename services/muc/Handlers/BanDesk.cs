using System.Threading.Channels;
using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Handlers;

/// <summary>Service-wide bans: kept in the database, in force in memory, told to all that have to know: the other
/// services by an event, those who watch by a call, everybody who is in a room by being removed from it.</summary>
internal sealed class BanDesk(BanTable table, RoomDirectory directory, TimeProvider time) : IDisposable
{
    // Changes that one watcher may be behind; then it is cut off and asks again for all.
    private const int MaxBehind = 1000;

    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _gate = new();
    private readonly List<Channel<BanNews>> _watchers = [];

    private ServiceBans Bans => directory.Service.Bans;

    public async Task LoadAsync(CancellationToken cancellationToken) => Bans.Replace(await table.ReadAsync(cancellationToken));

    public IReadOnlyList<ServiceBan> List() => [.. Bans.All.OrderBy(b => b.Subject)];

    /// <summary>Bans, or changes a ban.</summary>
    /// <param name="subject">Bare JID or domain.</param>
    /// <param name="until">Null: until it is lifted.</param>
    /// <param name="by">Bare JID, or <see cref="AuditActors.Operator"/>.</param>
    /// <exception cref="DeskException">It cannot be banned.</exception>
    public async Task<ServiceBan> BanAsync(Jid subject, string? reason, DateTimeOffset? until, string by,
        CancellationToken cancellationToken)
    {
        if (directory.Service.IsAdmin(subject) || directory.Service.Admins.Any(a => a.DomainJid.Equals(subject)))
            throw new DeskException(DeskProblem.Refused, "An operator cannot be banned, nor the domain of one.");
        if (until <= time.GetUtcNow())
            throw new DeskException(DeskProblem.Invalid, "The end of the ban has passed.");
        if (Bans.Of(subject) is null && Bans.Count >= directory.Options.MaxServiceBans)
            throw new DeskException(DeskProblem.Full, "There are too many bans (Muc:MaxServiceBans).");
        var ban = new ServiceBan(subject, reason, until, time.GetUtcNow(), by);
        await _one.WaitAsync(cancellationToken);
        try
        {
            await table.PutAsync(ban, new AuditRecord(ban.At, by, AuditActions.ServiceBan, subject.ToString(), reason, null),
                cancellationToken);
            Tell(new BanNews(ban, IsLifted: false, RemovedAccount: null), () => Bans.Set(ban));
        }
        finally
        {
            _one.Release();
        }
        EjectAll();
        return ban;
    }

    /// <summary>Lifts a ban; false where there is none.</summary>
    public async Task<bool> UnbanAsync(Jid subject, string by, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (Bans.Of(subject) is not { } ban)
                return false;
            await table.RemoveAsync(subject,
                new AuditRecord(time.GetUtcNow(), by, AuditActions.ServiceUnban, subject.ToString(), null, null), cancellationToken);
            Tell(new BanNews(ban, IsLifted: true, RemovedAccount: null), () => Bans.Remove(subject));
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Lifts the bans whose time has come.</summary>
    public async Task LiftWhatRanOutAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var ban in Bans.All)
        {
            if (ban.Until <= now)
                await UnbanAsync(ban.Subject, AuditActors.Service, cancellationToken);
        }
    }

    /// <summary>Those who watch forget the account.</summary>
    public void TellRemoved(Jid account) => Tell(new BanNews(null, IsLifted: false, account.ToString()), () => { });

    /// <summary>Everybody whom the service refuses leaves every room.</summary>
    public void EjectAll()
    {
        foreach (var mailbox in directory.Mailboxes)
            directory.Post(mailbox.Jid, new EjectCall());
    }

    /// <summary>All bans in force, and a channel with every change after them. It is completed when the reader falls too
    /// far behind.</summary>
    public (IReadOnlyList<ServiceBan> Current, ChannelReader<BanNews> News, IDisposable Watch) Watch()
    {
        var channel = Channel.CreateBounded<BanNews>(new BoundedChannelOptions(MaxBehind) { SingleReader = true });
        lock (_gate)
        {
            _watchers.Add(channel);
            return ([.. Bans.All], channel.Reader, new Watcher(this, channel));
        }
    }

    public void Dispose() => _one.Dispose();

    private void Tell(BanNews news, Action change)
    {
        lock (_gate)
        {
            change();
            foreach (var watcher in _watchers)
            {
                if (!watcher.Writer.TryWrite(news))
                    watcher.Writer.TryComplete();
            }
        }
    }

    private sealed class Watcher(BanDesk desk, Channel<BanNews> channel) : IDisposable
    {
        public void Dispose()
        {
            lock (desk._gate)
                desk._watchers.Remove(channel);
        }
    }

    private sealed class EjectCall : RoomCall
    {
        public override void Apply(Room room, Effects effects) => room.Eject(effects);
    }
}
