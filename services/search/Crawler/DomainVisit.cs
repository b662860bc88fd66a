using Annex.Contracts.Events;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Xml;

namespace Annex.Search.Crawler;

/// <summary>
/// One visit of one service: what it is, which rooms it lists, what each of them says. Asks one thing at a time, with pauses,
/// and stops at the first sign that it is too much. Whatever the service answers, it gets no more than its own listing:
/// addresses of others are ignored, pages and rooms are counted, time is limited.
/// </summary>
internal sealed class DomainVisit(Asker asker, Jid domain, CrawlerOptions options, TimeProvider time)
{
    /// <summary>The page size that a service in the wild broke above of.</summary>
    private const int PageSize = 100;

    /// <summary>A service that answers its rooms in pages of one would go on for ever.</summary>
    private const int MaxPages = 200;

    private const int MaxSubdomains = 50;

    /// <summary>Rooms in a row that do not answer; then the service does not.</summary>
    private const int MaxSilence = 3;

    /// <summary>What the visit came to. Rooms are handed over one by one while it runs.</summary>
    public sealed record Outcome(DomainKind Kind)
    {
        /// <summary>Condition of the error that ended it early, or null.</summary>
        public string? Error { get; init; }

        public IReadOnlyList<string> AbuseContacts { get; init; } = [];

        /// <summary>The service asks not to be listed.</summary>
        public bool IsUnlisted { get; init; }

        /// <summary>Services that a server names.</summary>
        public IReadOnlyList<string> Subdomains { get; init; } = [];
    }

    /// <param name="onRoom">A room as it says it is, or its address alone where it is none (any more).</param>
    public async Task<Outcome> RunAsync(Func<string, RoomState?, Task> onRoom, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.MaxVisit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await VisitAsync(onRoom, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Outcome(DomainKind.Muc) { Error = "visit-too-long" };
        }
    }

    private async Task<Outcome> VisitAsync(Func<string, RoomState?, Task> onRoom, CancellationToken cancellationToken)
    {
        var answer = await asker.AskAsync(domain, new Element("query", DiscoInfo.Namespace), cancellationToken);
        if (answer.IsError || DiscoInfo.Read(answer.Payload) is not { } info)
            return new Outcome(DomainKind.Unknown) { Error = answer.Condition ?? "bad-answer" };
        var outcome = new Outcome(RoomReader.ReadKind(info))
        {
            AbuseContacts = [.. RoomReader.ReadAbuseContacts(info)],
            IsUnlisted = info.Has(RoomReader.Unlisted),
        };
        if (outcome.IsUnlisted || outcome.Kind is DomainKind.Gateway or DomainKind.Other)
            return outcome;
        if (outcome.Kind == DomainKind.Server)
            return options.FollowServers ? outcome with { Subdomains = await ReadSubdomainsAsync(cancellationToken) } : outcome;
        var (rooms, error) = await ReadItemsAsync(item => item.HasLocal && item.IsBare && item.Domain == domain.Domain,
            options.MaxRoomsPerDomain, cancellationToken);
        // In any order, so that what is not reached differs from visit to visit.
        Random.Shared.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rooms));
        return outcome with { Error = await ReadRoomsAsync(rooms, onRoom, cancellationToken) ?? error };
    }

    private async Task<List<string>> ReadSubdomainsAsync(CancellationToken cancellationToken)
    {
        // Only what is the server's own: it may name anybody.
        var (items, _) = await ReadItemsAsync(
            item => !item.HasLocal && item.IsBare && item.Domain.EndsWith("." + domain.Domain, StringComparison.Ordinal),
            MaxSubdomains, cancellationToken);
        return [.. items.Select(i => i.Domain)];
    }

    private async Task<(List<Jid> Items, string? Error)> ReadItemsAsync(
        Func<Jid, bool> isWanted, int max, CancellationToken cancellationToken)
    {
        var items = new List<Jid>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var count = 0;
        string? last = null;
        for (var page = 0; page < MaxPages; page++)
        {
            await PauseAsync(cancellationToken);
            var query = new Element("query", DiscoItems.Namespace).Add(new PageRequest { Max = PageSize, After = last }.ToElement());
            var answer = await asker.AskAsync(domain, query, cancellationToken);
            if (answer.IsError || DiscoItems.Read(answer.Payload) is not { } read)
                return (items, answer.Condition ?? "bad-answer");
            var isNew = false;
            foreach (var item in read.Items)
            {
                if (!isWanted(item.Jid) || !seen.Add(item.Jid.ToString()))
                    continue;
                isNew = true;
                items.Add(item.Jid);
                if (items.Count >= max)
                    return (items, null);
            }
            count += read.Items.Count;
            // Without a set it was everything; with the same last, or nothing new, it goes round in circles.
            if (read.Page?.Last is not { Length: > 0 } next || next == last || !isNew || count >= read.Page.Count)
                return (items, null);
            last = next;
        }
        return (items, null);
    }

    // The condition that ended it early, or null.
    private async Task<string?> ReadRoomsAsync(
        List<Jid> rooms, Func<string, RoomState?, Task> onRoom, CancellationToken cancellationToken)
    {
        var silence = 0;
        foreach (var room in rooms)
        {
            await PauseAsync(cancellationToken);
            var answer = await asker.AskAsync(room, new Element("query", DiscoInfo.Namespace), cancellationToken);
            if (answer.Condition == "resource-constraint" || (answer.IsServicesTrouble && ++silence >= MaxSilence))
                return answer.Condition;
            if (answer.IsServicesTrouble)
                continue;
            silence = 0;
            if (answer.Condition == "gone" && MovedTo(answer.ConditionText) is { } moved && moved.Domain == domain.Domain)
                await ReadMovedAsync(moved, onRoom, cancellationToken);
            var info = answer.IsError ? null : DiscoInfo.Read(answer.Payload);
            await onRoom(room.ToString(), info is null ? null : RoomReader.ReadRoom(room.ToString(), info));
        }
        return null;
    }

    // Once: a room that moved to one that moved is found there the next time.
    private async Task ReadMovedAsync(Jid room, Func<string, RoomState?, Task> onRoom, CancellationToken cancellationToken)
    {
        await PauseAsync(cancellationToken);
        var answer = await asker.AskAsync(room, new Element("query", DiscoInfo.Namespace), cancellationToken);
        if (!answer.IsError && DiscoInfo.Read(answer.Payload) is { } info)
            await onRoom(room.ToString(), RoomReader.ReadRoom(room.ToString(), info));
    }

    // RFC 6120 §8.3.3.5: a URI.
    private static Jid? MovedTo(string? uri)
    {
        const string Scheme = "xmpp:";
        if (uri?.StartsWith(Scheme, StringComparison.Ordinal) != true)
            return null;
        var address = uri[Scheme.Length..].Split('?', ';')[0];
        return Jid.TryParse(Uri.UnescapeDataString(address), out var jid) && jid is { HasLocal: true, IsBare: true } ? jid : null;
    }

    private Task PauseAsync(CancellationToken cancellationToken) =>
        Task.Delay(options.RequestInterval * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
}
