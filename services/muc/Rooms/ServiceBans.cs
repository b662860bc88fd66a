using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>Who is refused by all rooms: the bans of the service and the block lists that it follows. Asked by rooms in
/// their turns, changed from anywhere; a change is one reference.</summary>
internal sealed class ServiceBans(TimeProvider time)
{
    private readonly Lock _gate = new();
    private FrozenDictionary<Jid, ServiceBan> _bans = FrozenDictionary<Jid, ServiceBan>.Empty;
    private volatile BlockList[] _lists = [];

    public IReadOnlyList<BlockList> Lists
    {
        get => _lists;
        set => _lists = [.. value];
    }

    public int Count => Volatile.Read(ref _bans).Count;

    public IReadOnlyCollection<ServiceBan> All => Volatile.Read(ref _bans).Values;

    public ServiceBan? Of(Jid subject) => Volatile.Read(ref _bans).GetValueOrDefault(subject);

    public void Replace(IEnumerable<ServiceBan> bans)
    {
        lock (_gate)
            Volatile.Write(ref _bans, bans.ToFrozenDictionary(b => b.Subject));
    }

    public void Set(ServiceBan ban) => Change(bans => bans[ban.Subject] = ban);

    public void Remove(Jid subject) => Change(bans => bans.Remove(subject));

    /// <summary>Whether this person is refused.</summary>
    /// <param name="reason">What may be told to the person; null: nothing.</param>
    /// <param name="list">The list that says so; null: a ban of our own.</param>
    public bool Covers(Jid bare, out string? reason, out BlockList? list)
    {
        (reason, list) = (null, null);
        if (TryFind(bare, out var ban))
        {
            reason = ban.Reason;
            return true;
        }
        list = FindList(bare, isDryRun: false);
        reason = list?.Reason;
        return list is not null;
    }

    public bool Covers(Jid bare) => Covers(bare, out _, out _);

    /// <summary>A list on trial that would refuse this person.</summary>
    public BlockList? FindDryRun(Jid bare) => FindList(bare, isDryRun: true);

    private bool TryFind(Jid bare, [NotNullWhen(true)] out ServiceBan? ban)
    {
        ban = null;
        var bans = Volatile.Read(ref _bans);
        if (bans.Count == 0)
            return false;
        return (bans.TryGetValue(bare, out ban) && IsInForce(ban))
            || (bare.HasLocal && bans.TryGetValue(bare.DomainJid, out ban) && IsInForce(ban));
    }

    private BlockList? FindList(Jid bare, bool isDryRun)
    {
        foreach (var list in _lists)
        {
            if (list.IsDryRun == isDryRun && list.Matches(bare))
                return list;
        }
        return null;
    }

    private bool IsInForce(ServiceBan ban) => ban.Until is null || ban.Until > time.GetUtcNow();

    private void Change(Action<Dictionary<Jid, ServiceBan>> change)
    {
        lock (_gate)
        {
            var copy = new Dictionary<Jid, ServiceBan>(_bans);
            change(copy);
            Volatile.Write(ref _bans, copy.ToFrozenDictionary());
        }
    }
}
