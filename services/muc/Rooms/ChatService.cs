using System.Security.Cryptography;
using System.Text;
using Annex.Muc.Features;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>What all rooms of one service share: its address, options, time, census, and the features in their
/// order.</summary>
internal sealed class ChatService
{
    private readonly byte[] _occupantIdSecret;

    public ChatService(Jid jid, MucOptions options, TimeProvider time)
    {
        Jid = jid;
        Options = options;
        Time = time;
        Census = new RoomCensus(options);
        Bans = new ServiceBans(time);
        _occupantIdSecret = options.OccupantIdSecret is { Length: > 0 } secret
            ? Encoding.UTF8.GetBytes(secret)
            : RandomNumberGenerator.GetBytes(32);
        DefaultConfiguration = ConfigurationFields.Defaults(options);
    }

    public Jid Jid { get; }

    public MucOptions Options { get; }

    public TimeProvider Time { get; }

    public RoomCensus Census { get; }

    /// <summary>Who is refused by all rooms.</summary>
    public ServiceBans Bans { get; }

    /// <summary>Bare JIDs of the operators: owners of every room.</summary>
    public IReadOnlySet<Jid> Admins { get; init; } = new HashSet<Jid>();

    public IReadOnlySet<string> LocalDomains { get; init; } = new HashSet<string>();

    /// <summary>Whether changes are stored: replies that promise something wait for that.</summary>
    public bool IsDurable { get; init; }

    /// <summary>The occupant id secret that the store keeps; wins where the options name none. Set before the first
    /// room.</summary>
    public byte[]? StoredSecret { get; set; }

    public IRoomFeature[] Features { get; init; } = FeatureList.All;

    public RoomConfiguration DefaultConfiguration { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>An id that nobody can guess and that grows with time, so that an archive's index does too.</summary>
    public Guid NewId() => Guid.CreateVersion7(Time.GetUtcNow());

    /// <summary>The operators, and the service itself where it acts for one.</summary>
    public bool IsAdmin(Jid? bare) => bare is not null && (Admins.Contains(bare) || bare.Equals(Jid));

    public bool MayCreate(Jid bare) => IsAdmin(bare) || Options.CreateRooms switch
    {
        RoomCreators.Anyone => true,
        RoomCreators.Local => LocalDomains.Contains(bare.Domain),
        _ => false,
    };

    /// <summary>The occupant id (XEP-0421 §4.3): an HMAC over room and person, so that it differs per room and stays
    /// for ever.</summary>
    public byte[] OccupantIdOf(Jid room, Jid bare)
    {
        Span<byte> hash = stackalloc byte[32];
        var size = room.Utf8.Length + 1 + bare.Utf8.Length;
        Span<byte> message = stackalloc byte[size <= 512 ? size : 0];
        if (message.Length == 0)
            message = new byte[size];
        room.Utf8.CopyTo(message);
        message[room.Utf8.Length] = 0;
        bare.Utf8.CopyTo(message[(room.Utf8.Length + 1)..]);
        HMACSHA256.HashData(Secret, message, hash);
        var id = new byte[44];
        System.Buffers.Text.Base64.EncodeToUtf8(hash, id, out _, out var written);
        return written == id.Length ? id : id[..written];
    }

    /// <summary>The occupant id as Prosody makes it: an HMAC over the room's own salt, with the person as its key.</summary>
    public static byte[] OccupantIdOf(string salt, Jid bare)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(bare.Utf8, System.Text.Encoding.UTF8.GetBytes(salt), hash);
        return System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(hash));
    }

    private byte[] Secret => Options.OccupantIdSecret is { Length: > 0 } ? _occupantIdSecret
        : StoredSecret ?? _occupantIdSecret;
}
