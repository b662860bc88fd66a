namespace Annex.Muc.Storage;

/// <summary>Table muc.vcards: a room's vCard as it was set.</summary>
internal sealed class VCardRow
{
    public required string Room { get; set; }

    public required byte[] VCard { get; set; }
}
