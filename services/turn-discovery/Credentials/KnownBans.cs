using Annex.Xmpp.Addressing;

namespace Annex.TurnDiscovery.Credentials;

/// <summary>The service-wide bans as muc told them last. Read from any thread; replaced as a whole or changed one by one.</summary>
public sealed class KnownBans(TimeProvider time)
{
    private volatile Dictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public int Count => _until.Count;

    public bool IsBanned(Jid user)
    {
        var bans = _until;
        if (bans.Count == 0)
            return false;
        return IsInForce(bans, user.Bare.ToString()) || IsInForce(bans, user.Domain);
    }

    /// <param name="until">Null: until it is lifted.</param>
    public void Add(string subject, DateTimeOffset? until) =>
        Change(bans => bans[subject] = until ?? DateTimeOffset.MaxValue);

    public void Remove(string subject) => Change(bans => bans.Remove(subject));

    public void Replace(Dictionary<string, DateTimeOffset> bans)
    {
        lock (_gate)
            _until = bans;
    }

    private void Change(Action<Dictionary<string, DateTimeOffset>> change)
    {
        lock (_gate)
        {
            var copy = new Dictionary<string, DateTimeOffset>(_until, StringComparer.Ordinal);
            change(copy);
            _until = copy;
        }
    }

    private bool IsInForce(Dictionary<string, DateTimeOffset> bans, string subject) =>
        bans.TryGetValue(subject, out var until) && until > time.GetUtcNow();
}
