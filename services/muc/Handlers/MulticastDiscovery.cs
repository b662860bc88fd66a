using System.Globalization;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Annex.Muc.Handlers;

/// <summary>
/// Looks for multicast services (XEP-0033 §2) when the link is made and from time to time, and tries each one out before a room
/// relies on it: with as many addresses as it says it takes, all of them our own. Access rules, limits and relaying are so
/// found before anybody's message depends on them.
/// </summary>
internal sealed class MulticastDiscovery(RoomDirectory directory, ComponentConnection connection, IReadOnlySet<string> domains,
    TimeProvider time, ILogger<MulticastDiscovery> logger)
    : BackgroundService
{
    // What other senders than the server's own users may address in ejabberd unless the service says more.
    private const int UnnamedLimit = 20;
    private const int MaxItems = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);

    private long _lookedAt;
    private bool _wasConnected;
    private bool _hadFailed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!directory.Multicast.IsEnabled)
            return;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await LookAsync(stoppingToken);
    }

    /// <summary>One second's share: looks where the link is new, or the last look is long ago.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var multicast = directory.Multicast;
        if (multicast.HasFailed && !_hadFailed)
            Log.MulticastFailed(logger);
        _hadFailed = multicast.HasFailed;
        var isConnected = connection.IsConnected;
        if (!isConnected)
            multicast.Use([]);
        var isDue = isConnected && (!_wasConnected || time.GetElapsedTime(_lookedAt) >= LookAgain);
        _wasConnected = isConnected;
        if (!isDue)
            return;
        _lookedAt = time.GetTimestamp();
        var found = new List<MulticastService>();
        foreach (var domain in domains)
        {
            if (Jid.TryParse(domain, out var jid) && await FindAsync(jid, cancellationToken) is { } service)
                found.Add(service);
        }
        var isNews = !found.SequenceEqual(multicast.Services);
        multicast.Use(found);
        if (found.Count == 0)
            Log.NoMulticast(logger);
        foreach (var service in isNews ? found : [])
            Log.MulticastFound(logger, service.Address, service.MaxAddresses);
    }

    private async Task<MulticastService?> FindAsync(Jid domain, CancellationToken cancellationToken)
    {
        var items = DiscoItems.Read((await AskAsync(domain, DiscoItems.Namespace, cancellationToken))?.Child("query", DiscoItems.Namespace));
        var candidates = (items?.Items ?? []).Where(i => i.Node is null && !i.Jid.Equals(connection.Jid)).Select(i => i.Jid).Take(MaxItems);
        var asked = candidates.Prepend(domain).Select(async jid => (jid, Info: DiscoInfo.Read(
            (await AskAsync(jid, DiscoInfo.Namespace, cancellationToken))?.Child("query", DiscoInfo.Namespace))));
        foreach (var (jid, info) in await Task.WhenAll(asked))
        {
            if (info?.Has(Multicast.Namespace) != true)
                continue;
            var service = new MulticastService(jid, domain, Math.Min(LimitOf(info), directory.Multicast.MaxAddresses));
            if (await TryOutAsync(service, cancellationToken))
                return service;
        }
        return null;
    }

    /// <summary>XEP-0033 §3: a service may name its limits for each kind of stanza.</summary>
    private static int LimitOf(DiscoInfo info)
    {
        var named = info.Forms.SelectMany(f => f.Fields).Where(f => f.Var is "message" or "presence")
            .Select(f => int.TryParse(f.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : UnnamedLimit).ToList();
        return named.Count == 0 ? UnnamedLimit : named.Count == 1 ? Math.Min(named[0], UnnamedLimit) : named.Min();
    }

    private async Task<bool> TryOutAsync(MulticastService service, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("N");
        var addresses = new Element("addresses", Multicast.Namespace);
        for (var i = 0; i < service.MaxAddresses; i++)
            addresses.Add(new Element("address", Multicast.Namespace) { ["type"] = "bcc", ["jid"] = connection.Jid.ToString() });
        var outcome = directory.Multicast.ExpectAsync(service.Address, id, service.MaxAddresses);
        connection.Send(new Element("message", Namespaces.Component)
        {
            ["to"] = service.Address.ToString(),
            ["from"] = connection.Jid.ToString(),
            ["id"] = id,
        }.Add(addresses));
        try
        {
            return await outcome.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<Element?> AskAsync(Jid jid, string ns, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await connection.Iqs.AskAsync(jid, StanzaType.Get, new Element("query", ns), Patience,
                cancellationToken: cancellationToken);
            return reply["type"] == "result" ? reply : null;
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            return null;
        }
    }
}
