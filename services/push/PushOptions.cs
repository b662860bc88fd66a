using Annex.Push.Delivery;

namespace Annex.Push;

/// <summary>Section Push of the configuration.</summary>
public sealed class PushOptions
{
    /// <summary>Keys that encrypt tokens at rest: one base64 text of 32 bytes a line, newest first. Made when it is not
    /// there.</summary>
    public string EncryptionKeyFile { get; set; } = ".annex/push.keys";

    /// <summary>What clients show as the service's name.</summary>
    public string Name { get; set; } = "Push";

    /// <summary>Lets users of other servers register, for the author of an app; by default only those of LocalDomains
    /// may.</summary>
    public bool AllowRemoteUsers { get; set; }

    /// <summary>Times a minute that one user may test all devices.</summary>
    public int MaxTestsPerMinute { get; set; } = 3;

    /// <summary>Registrations of one user, over all devices and rooms.</summary>
    public int MaxDevicesPerUser { get; set; } = 100;

    /// <summary>Whether the sender's address may leave in a payload, for clients that ask for it.</summary>
    public bool AllowSender { get; set; }

    /// <summary>Whether a message's text may leave in a payload, for clients that ask for it.</summary>
    public bool AllowBody { get; set; }

    /// <summary>Publishes a second that one domain may make before it is told to wait.</summary>
    public int MaxPublishesPerSecond { get; set; } = 5000;

    /// <summary>Publishes with an unknown node or a wrong secret a minute that one domain may make before all of them
    /// are told to wait.</summary>
    public int MaxRefusalsPerMinute { get; set; } = 60;

    public DeliveryOptions Delivery { get; set; } = new();

    public WebPushOptions WebPush { get; set; } = new();

    public UnifiedPushOptions UnifiedPush { get; set; } = new();

    public Dictionary<string, ApnsAppOptions> Apns { get; set; } = [];

    public Dictionary<string, FcmAppOptions> Fcm { get; set; } = [];

    /// <summary>Hosts that endpoints may have; empty for any public one.</summary>
    public string[] AllowedEndpointHosts { get; set; } = [];

    /// <summary>Lets endpoints be on loopback, and then plain http: for trying things out on one machine
    /// only.</summary>
    public bool AllowLoopbackEndpoints { get; set; }
}
