using Annex.Upload.Slots;

namespace Annex.Upload.Storage;

/// <summary>
/// What one owner has reserved and stored, in bytes by purpose: a row of <c>usage</c>. Changed only in the statement that
/// changes the files it counts, so it is right after every crash.
/// </summary>
public sealed class UserUsage
{
    public required string Owner { get; set; }

    public required string Domain { get; set; }

    public long MessageBytes { get; set; }

    public long ProfileBytes { get; set; }

    public long EphemeralBytes { get; set; }

    public long PermanentBytes { get; set; }

    public int Files { get; set; }

    public long Bytes => MessageBytes + ProfileBytes + EphemeralBytes + PermanentBytes;

    public long Of(Purpose purpose) => purpose switch
    {
        Purpose.Profile => ProfileBytes,
        Purpose.Ephemeral => EphemeralBytes,
        Purpose.Permanent => PermanentBytes,
        _ => MessageBytes,
    };
}
