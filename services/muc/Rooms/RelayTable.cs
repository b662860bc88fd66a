using System.Security.Cryptography;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Iqs that went from one occupant to another, and invitations, while an answer or an error may come. The id
/// on the way says nothing about who asked.</summary>
internal sealed class RelayTable
{
    private Dictionary<string, Relay>? _pending;

    public int Count => _pending?.Count ?? 0;

    /// <returns>The id to relay it under; null when too many wait.</returns>
    public string? TryAdd(Jid asker, Stanza stanza, Jid recipient, Jid asked, ChatService service)
    {
        _pending ??= [];
        if (_pending.Count >= service.Options.MaxRelays)
            Expire(service.Now);
        if (_pending.Count >= service.Options.MaxRelays || (_pending.Count >= service.Options.MaxRelays / 2
            && _pending.Values.Count(r => r.Asker.Equals(asker)) >= service.Options.MaxRelays / 2))
            return null; // one who asks and asks leaves half of it to the others
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var until = service.Now + service.Options.RelayTimeout;
        _pending.Add(id, new Relay(stanza.Kind, asker, stanza.RawId.ToArray(), recipient, asked, until));
        return id;
    }

    /// <summary>The relay that this is the answer to, once.</summary>
    public Relay? Take(StanzaKind kind, string id, Jid from)
    {
        if (_pending is null || !_pending.TryGetValue(id, out var relay))
            return null;
        if (relay.Kind != kind || !relay.Recipient.Equals(from))
            return null;
        _pending.Remove(id);
        return relay;
    }

    public void Expire(DateTimeOffset now)
    {
        if (_pending is null)
            return;
        foreach (var (id, relay) in _pending)
        {
            if (relay.Until <= now)
                _pending.Remove(id);
        }
    }

    /// <summary>A session is gone: nobody waits for its answers.</summary>
    public void Forget(Jid session)
    {
        if (_pending is null || _pending.Count == 0)
            return;
        foreach (var (id, relay) in _pending)
        {
            if (relay.Asker.Equals(session))
                _pending.Remove(id);
        }
    }

    /// <param name="Asker">The real full JID that gets the answer.</param>
    /// <param name="Recipient">The real address that was asked.</param>
    /// <param name="Asked">The occupant JID that the asker knows.</param>
    internal sealed record Relay(StanzaKind Kind, Jid Asker, byte[] RawId, Jid Recipient, Jid Asked, DateTimeOffset Until);
}
