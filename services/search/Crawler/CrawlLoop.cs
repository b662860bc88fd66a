using System.Collections.Concurrent;
using Annex.Search.Index;
using Annex.Search.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Search.Crawler;

/// <summary>Visits services when they are due, several at a time, each by one worker of one process.</summary>
internal sealed class CrawlLoop(
    [FromKeyedServices("Search")] ComponentConnection connection, DomainStore domains, SearchOptions options, TimeProvider time,
    ILogger<CrawlLoop> logger) : BackgroundService
{
    private static readonly TimeSpan IdlePause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ExpireInterval = TimeSpan.FromMinutes(10);

    private readonly Asker _asker = new(connection, options.Crawler, time);
    private readonly ConcurrentDictionary<string, bool> _visiting = new(StringComparer.Ordinal);

    private CrawlerOptions Options => options.Crawler;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Options.Seeds.Length == 0)
            return;
        var work = Enumerable.Range(0, Options.Workers).Select(_ => RepeatAsync(VisitNextAsync, IdlePause, stoppingToken)).ToList();
        work.Add(RepeatAsync(MaintainAsync, ExpireInterval, stoppingToken));
        await Task.WhenAll(work);
    }

    /// <summary>Visits the service that is due, if any; false for none.</summary>
    internal async Task<bool> VisitNextAsync(CancellationToken cancellationToken)
    {
        // Without the link nobody can be asked, and nobody is to be taken for gone.
        if (!connection.IsConnected || await domains.TakeDueAsync(cancellationToken) is not { } domain)
            return false;
        if (!Jid.TryParse(domain, out var jid) || Options.IsBlocked(domain) || await domains.IsDelistedAsync(domain, cancellationToken))
        {
            await domains.HideRoomsOfAsync(domain, cancellationToken);
            await domains.FinishAsync(domain, DomainKind.Unknown, [], "not-listed", TimeSpan.FromDays(1), cancellationToken);
            return true;
        }
        // An operator may hurry a service that is being visited: it is not asked twice at a time.
        if (!_visiting.TryAdd(domain, true))
            return true;
        try
        {
            await VisitAsync(domain, jid, cancellationToken);
        }
        finally
        {
            _visiting.TryRemove(domain, out _);
        }
        return true;
    }

    private async Task VisitAsync(string domain, Jid jid, CancellationToken cancellationToken)
    {
        var visit = new DomainVisit(_asker, jid, Options, time);
        var outcome = await visit.RunAsync((room, state) => domains.PutRoomAsync(
            room, state is null ? null : RoomFacts.From(state, options.ListClosedRooms), cancellationToken), cancellationToken);
        if (outcome.IsUnlisted || outcome.Kind is DomainKind.Gateway)
            await domains.HideRoomsOfAsync(domain, cancellationToken);
        foreach (var subdomain in outcome.Subdomains.Where(s => !Options.IsBlocked(s)))
            await domains.AddAsync(subdomain, domain, Options.MaxDomains, cancellationToken);
        var isMuc = outcome.Kind == DomainKind.Muc && !outcome.IsUnlisted;
        await domains.FinishAsync(domain, outcome.Kind, outcome.AbuseContacts, outcome.IsUnlisted ? null : outcome.Error,
            isMuc || outcome.Error is not null ? Options.VisitInterval : Options.OtherInterval, cancellationToken);
        Log.Visited(logger, domain, outcome.Kind, outcome.Error ?? "ok");
    }

    internal async Task<bool> MaintainAsync(CancellationToken cancellationToken)
    {
        foreach (var seed in Options.Seeds)
        {
            if (Jid.TryParse(seed, out var jid) && !jid.HasLocal)
                await domains.AddAsync(jid.Domain, "seed", int.MaxValue, cancellationToken);
        }
        if (connection.IsConnected)
            await domains.ExpireAsync(Options.RoomExpiry, Options.DomainExpiry, cancellationToken);
        return false;
    }

    private async Task RepeatAsync(Func<CancellationToken, Task<bool>> step, TimeSpan pause, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var goesOn = false;
            try
            {
                goesOn = await step(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.CrawlFailed(logger, e.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            if (!goesOn)
                await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
