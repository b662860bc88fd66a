namespace Annex.Upload.Storage;

/// <summary>What a reservation has to stay within, in bytes and files; long.MaxValue and int.MaxValue: no limit.</summary>
public sealed record SlotLimits(long PurposeBytes, long UserBytes, int UserFiles)
{
    public static readonly SlotLimits None = new(long.MaxValue, long.MaxValue, int.MaxValue);
}
