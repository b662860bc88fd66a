using Annex.Upload.Slots;

namespace Annex.Upload;

/// <summary>The purposes of XEP-0363 §5.</summary>
public sealed class PurposesOptions
{
    /// <summary>Attachments of messages: kept for 30 days.</summary>
    public PurposePolicy Message { get; } = new() { Enabled = true, Retention = TimeSpan.FromDays(30) };

    /// <summary>Avatars and covers: small, few, kept.</summary>
    public PurposePolicy Profile { get; } = new()
    {
        Enabled = true,
        MaxFileSize = 5 * 1024 * 1024,
        Quota = 50 * 1024 * 1024,
    };

    /// <summary>Gone at the time that the client names, at the latest after two days.</summary>
    public PurposePolicy Ephemeral { get; } = new() { Enabled = true, Retention = TimeSpan.FromDays(2) };

    /// <summary>Kept until deleted. Off by default: it is the operator's disk.</summary>
    public PurposePolicy Permanent { get; } = new() { Quota = 500L * 1024 * 1024 };
}
