using System.Collections.Concurrent;
using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>What other services hear of rooms, in the transaction that changes them.</summary>
internal sealed class RoomEvents(EventOutbox outbox, CommittedRooms news, TimeProvider time)
{
    private readonly ConcurrentDictionary<Jid, bool> _changed = new();
    private readonly List<CommittedRoom> _written = [];
    private long _version;

    /// <summary>How many are in a room in memory; 0 for others. Set when the rooms are there.</summary>
    public Func<Jid, int> OccupantsOf { get; set; } = _ => 0;

    /// <summary>Microseconds since 1970, made to grow.</summary>
    public long NextVersion(DateTimeOffset now)
    {
        var micros = (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return _version = Math.Max(_version + 1, micros);
    }

    /// <summary>A transaction begins: what was written before it is no news.</summary>
    public void Begin() => _written.Clear();

    /// <summary>What was written since <see cref="Begin"/> is durable.</summary>
    public void Committed()
    {
        foreach (var item in _written) news.Tell(item);
        _written.Clear();
    }

    public Task TellAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoomRecord room, long version, bool isNew,
        CancellationToken cancellationToken)
    {
        var state = StateOf(room, version, OccupantsOf(room.Room));
        var at = time.GetUtcNow();
        _written.Add(new CommittedRoom(state.Room, version));
        object @event = isNew ? new RoomCreated { State = state, At = at } : new RoomChanged { State = state, At = at };
        return outbox.AddAsync(connection, transaction, @event, cancellationToken);
    }

    public Task TellRemovedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoomRemoved removed, long lastVersion,
        CancellationToken cancellationToken)
    {
        var destroyed = new RoomDestroyed
        {
            Room = removed.Room.ToString(),
            Version = Math.Max(lastVersion + 1, NextVersion(time.GetUtcNow())),
            AlternateRoom = removed.Tombstone?.Alternate?.ToString(),
            At = time.GetUtcNow(),
        };
        _written.Add(new CommittedRoom(destroyed.Room, destroyed.Version));
        return outbox.AddAsync(connection, transaction, destroyed, cancellationToken);
    }

    public Task TellRetractedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Jid room, Retraction retraction,
        string? author, IReadOnlyList<string> urls, CancellationToken cancellationToken) => outbox.AddAsync(connection, transaction,
        new RoomMessageRetracted
        {
            Room = room.ToString(),
            StanzaId = retraction.Id.ToString("D"),
            AuthorJid = author,
            ModeratorNick = retraction.ModeratorNick,
            ModeratorJid = retraction.ModeratorJid?.ToString(),
            Urls = urls,
            At = retraction.At,
        }, cancellationToken);

    /// <summary>Remembers that people came or went, for the next round of OccupancyService.</summary>
    public void OccupantsChanged(Jid room) => _changed.TryAdd(room, true);

    /// <summary>The rooms in which people came or went since the last call.</summary>
    public IReadOnlyCollection<Jid> TakeChanged()
    {
        var rooms = _changed.Keys.ToArray();
        foreach (var room in rooms) _changed.TryRemove(room, out _);
        return rooms;
    }

    /// <summary>The event for the members who are away, as a statement of the batch that stores the message.</summary>
    public NpgsqlBatchCommand PostedCommand(Jid room, ArchiveAppend message)
    {
        var posted = message.Posted!;
        return outbox.CreateBatchCommand(new RoomMessagePosted
        {
            Room = room.ToString(),
            StanzaId = message.Id.ToString("D"),
            SenderNick = message.From.Resource ?? "",
            SenderJid = posted.ShowsSender ? message.Author.ToString() : null,
            Absent = [.. posted.Absent.Select(a => new Contracts.Events.AbsentMember { Jid = a.Member.ToString(), IsMentioned = a.IsMentioned })],
            HasBody = posted.HasBody,
            IsEncrypted = posted.IsEncrypted,
            At = message.At,
        }, MessageTraces.Of(message.Id));
    }

    public static RoomState StateOf(RoomRecord room, long version, int occupants)
    {
        var configuration = room.Configuration;
        return new RoomState
        {
            Room = room.Room.ToString(),
            Version = version,
            Name = configuration.Name,
            Description = configuration.Description,
            Language = configuration.Language.Length > 0 ? configuration.Language : null,
            Occupants = occupants,
            MaxOccupants = configuration.MaxUsers > 0 ? configuration.MaxUsers : null,
            IsPublic = configuration.IsPublic,
            IsPersistent = configuration.IsPersistent,
            IsMembersOnly = configuration.IsMembersOnly,
            HasPassword = configuration.HasPassword,
            IsModerated = configuration.IsModerated,
            IsNonAnonymous = configuration.IsNonAnonymous,
            CreatedAt = room.CreatedAt,
            AvatarHash = configuration.AvatarHashes.Length > 0 ? configuration.AvatarHashes.Split(' ')[0] : null,
        };
    }
}
