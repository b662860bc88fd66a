namespace Annex.Upload.Storage;

/// <summary>A key that the processes of one service share: a row of <c>secrets</c>.</summary>
public sealed class ServiceSecret
{
    public required string Name { get; set; }

    public required byte[] Value { get; set; }
}
