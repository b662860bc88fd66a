using System.ComponentModel.DataAnnotations;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Streams;

/// <summary>How a component reaches its XMPP server (XEP-0114), and what the link may cost.</summary>
public sealed class ComponentOptions : IValidatableObject
{
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>5347 is the port that both Prosody and ejabberd document for components.</summary>
    [Range(1, 65535, ErrorMessage = "a port is 1 to 65535")]
    public int Port { get; set; } = 5347;

    /// <summary>The component's own address, a domain.</summary>
    public string Jid { get; set; } = "";

    /// <summary>The secret shared with the server. From the environment or <see cref="SecretFile"/>; never logged.</summary>
    public string? Secret { get; set; }

    /// <summary>A file whose first line is the secret.</summary>
    public string? SecretFile { get; set; }

    /// <summary>Bytes of one inbound stanza. 512 KiB is Prosody's own limit for components (component_stanza_size_limit).</summary>
    public int MaxStanzaBytes { get; set; } = XmlLimits.Default.MaxStanzaBytes;

    /// <summary>Bytes waiting for the server from which producers (rooms) are held back.</summary>
    public long QueueHighWaterBytes { get; set; } = 16L * 1024 * 1024;

    /// <summary>Bytes waiting for the server beyond which a stanza is dropped and counted.</summary>
    public long QueueLimitBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Time for the TCP connection and the handshake together.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence of ours after which a space is sent.</summary>
    public TimeSpan WhitespaceAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Silence of the server's after which it is pinged (XEP-0199). ejabberd itself sends nothing on an idle link.</summary>
    public TimeSpan PingAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Further silence after which the server counts as dead and the link is made anew.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Time for a graceful end: the queue is written out and the stream closed.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Iqs that wait for their reply at once.</summary>
    public int MaxPendingIqs { get; set; } = 10_000;

    /// <summary>Handlers that wait (a database, HTTP) at once; beyond that the sender gets wait/resource-constraint.</summary>
    public int MaxAsyncHandlers { get; set; } = 1_000;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (MaxStanzaBytes < 10_000)
            yield return new ValidationResult("at least 10000 bytes (RFC 6120 §13.12)", [nameof(MaxStanzaBytes)]);
        if (QueueHighWaterBytes < 1)
            yield return new ValidationResult("at least 1 byte", [nameof(QueueHighWaterBytes)]);
        if (QueueLimitBytes < QueueHighWaterBytes)
            yield return new ValidationResult("at least QueueHighWaterBytes", [nameof(QueueLimitBytes)]);
        if (MaxPendingIqs < 1)
            yield return new ValidationResult("at least 1", [nameof(MaxPendingIqs)]);
        if (MaxAsyncHandlers < 1)
            yield return new ValidationResult("at least 1", [nameof(MaxAsyncHandlers)]);
        foreach (var (name, value) in Times())
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromHours(1))
                yield return new ValidationResult("more than nothing and at most an hour", [name]);
        }
    }

    private (string Name, TimeSpan Value)[] Times() =>
    [
        (nameof(ConnectTimeout), ConnectTimeout), (nameof(WhitespaceAfter), WhitespaceAfter), (nameof(PingAfter), PingAfter),
        (nameof(PingTimeout), PingTimeout), (nameof(CloseTimeout), CloseTimeout),
    ];
}
