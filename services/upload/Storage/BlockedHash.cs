namespace Annex.Upload.Storage;

/// <summary>A content that is refused: a row of <c>blocked_hashes</c>.</summary>
public sealed class BlockedHash
{
    public required byte[] Sha256 { get; set; }

    public string Reason { get; set; } = "";

    public DateTimeOffset At { get; set; }
}
