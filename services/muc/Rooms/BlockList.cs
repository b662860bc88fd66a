using System.Collections.Concurrent;
using System.Security.Cryptography;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>A real-time block list as far as it is known: the SHA-256 of bare JIDs and domains, so that the list names
/// nobody to those who do not know him already. Thread-safe.</summary>
internal sealed class BlockList(Jid service, string node, bool isDryRun, string reason)
{
    private volatile ConcurrentDictionary<string, byte> _hashes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Jid, DateTimeOffset> _noted = new();
    private long _matches;

    // Whoever is refused may come again at once: one line in the audit log says it for this long, for this many.
    private static readonly TimeSpan NotedFor = TimeSpan.FromHours(1);
    private const int MaxNoted = 10_000;

    /// <summary>The pubsub service.</summary>
    public Jid Service { get; } = service;

    public string Node { get; } = node;

    /// <summary>Matches are counted and written down, nobody is refused.</summary>
    public bool IsDryRun { get; } = isDryRun;

    /// <summary>What those who are refused are told.</summary>
    public string Reason { get; } = reason;

    public int Count => _hashes.Count;

    public bool IsSubscribed { get; set; }

    public DateTimeOffset? FetchedAt { get; set; }

    /// <summary>Why it is not subscribed, or empty.</summary>
    public string Problem { get; set; } = "";

    /// <summary>People refused or removed since the start; in a dry run those who would have been.</summary>
    public long MatchCount => Volatile.Read(ref _matches);

    /// <summary>Counts a match.</summary>
    /// <returns>Whether it is worth writing down: the first of this person in a while.</returns>
    public bool CountMatch(Jid bare, DateTimeOffset now)
    {
        Interlocked.Increment(ref _matches);
        if (_noted.TryGetValue(bare, out var at) && now - at < NotedFor)
            return false;
        if (_noted.Count >= MaxNoted)
            _noted.Clear();
        _noted[bare] = now;
        return true;
    }

    public bool Matches(Jid bare)
    {
        var hashes = _hashes;
        if (hashes.IsEmpty)
            return false;
        return hashes.ContainsKey(HashOf(bare)) || (bare.HasLocal && hashes.ContainsKey(HashOf(bare.DomainJid)));
    }

    public void Add(string hash) => _hashes[hash] = 0;

    public void Remove(string hash) => _hashes.TryRemove(hash, out _);

    public void Replace(IEnumerable<string> hashes) =>
        _hashes = new ConcurrentDictionary<string, byte>(hashes.Select(h => KeyValuePair.Create(h, (byte)0)),
            StringComparer.Ordinal);

    /// <summary>The item's id: lower-case hexadecimal SHA-256 of the prepared address.</summary>
    public static string HashOf(Jid subject) => Convert.ToHexStringLower(SHA256.HashData(subject.Utf8));

    /// <summary>Whether an item's id can be such a hash; in lower case from here on.</summary>
    public static bool TryReadHash(string? id, out string hash)
    {
        hash = id?.ToLowerInvariant() ?? "";
        return hash.Length == 64 && hash.All(char.IsAsciiHexDigitLower);
    }
}
