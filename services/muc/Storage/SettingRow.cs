namespace Annex.Muc.Storage;

/// <summary>Table muc.settings: what the service made up once and has to keep, such as the secret of occupant ids.</summary>
internal sealed class SettingRow
{
    public required string Name { get; set; }

    public required byte[] Value { get; set; }
}
