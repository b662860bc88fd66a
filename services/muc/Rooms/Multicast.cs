// Hot path
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>
/// The multicast services (XEP-0033) that are known and were tried out, one for each domain that has one. Empty unless
/// the operator wants it. Found by Handlers/MulticastDiscovery.
/// </summary>
internal sealed class Multicast(MulticastOptions options)
{
    public const string Namespace = "http://jabber.org/protocol/address";

    /// <summary>
    /// For so long after a stanza went to many, those to one of them go the same way. A server hands the one to another process
    /// than the other, and what was sent second must not come first. Longer than any queue of a server that still works.
    /// </summary>
    public static readonly TimeSpan OrderIsKeptFor = TimeSpan.FromSeconds(10);

    private volatile MulticastService[] _services = [];
    private volatile Trial? _trial;

    public bool IsEnabled => options.Enabled;

    public int FromOccupants => options.FromOccupants;

    public int MaxAddresses => options.MaxAddresses;

    public MulticastService[] Services => _services;

    /// <summary>A service refused something: nothing goes there any more until it was tried again.</summary>
    public bool HasFailed { get; private set; }

    public void Use(IEnumerable<MulticastService> services)
    {
        HasFailed = false;
        _services = [.. services];
    }

    /// <summary>Expects copies of a message with this id that goes to ourselves through <paramref name="service"/>.</summary>
    /// <returns>True when all copies came; false on an error.</returns>
    public Task<bool> ExpectAsync(Jid service, string id, int copies)
    {
        var trial = new Trial(service, id, copies);
        _trial = trial;
        return trial.Outcome.Task;
    }

    /// <summary>Takes what belongs to a trial, and errors of the services.</summary>
    public bool TryTake(Stanza stanza)
    {
        if (!IsEnabled || stanza.Kind == StanzaKind.Iq)
            return false;
        if (_trial is { } trial && stanza.Id == trial.Id)
        {
            if (stanza.Type == StanzaType.Error)
                trial.Outcome.TrySetResult(false);
            else if (Interlocked.Decrement(ref trial.Missing) == 0)
                trial.Outcome.TrySetResult(true);
            return true;
        }
        if (stanza.Type != StanzaType.Error || stanza.From is not { } from)
            return false;
        foreach (var service in _services)
        {
            if (!service.Address.Equals(from))
                continue;
            _services = [];
            HasFailed = true;
            return true;
        }
        return false;
    }

    private sealed class Trial(Jid service, string id, int copies)
    {
        public int Missing = copies;

        public Jid Service { get; } = service;

        public string Id { get; } = id;

        public TaskCompletionSource<bool> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
