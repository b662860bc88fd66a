using Grpc.Core;

namespace Annex.Rpc;

/// <summary>Metadata as it stands in HTTP headers and trailers.</summary>
internal static class MetadataHeaders
{
    /// <summary>What the protocol itself writes; never taken for metadata, nor overwritten by it.</summary>
    public static bool IsReserved(string key) =>
        (key.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase) &&
            !key.Equals("grpc-status-details-bin", StringComparison.OrdinalIgnoreCase))
        || key.StartsWith(':')
        || key.Equals("te", StringComparison.OrdinalIgnoreCase)
        || key.Equals("content-type", StringComparison.OrdinalIgnoreCase);

    public static string Encode(Metadata.Entry entry) =>
        // Without padding: so the protocol wants it sent, and both ways received.
        entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=') : entry.Value;

    /// <summary>Adds one header; one that is no valid metadata is left out, since the peer's proxy may have put it there.</summary>
    public static void Decode(string key, string value, Metadata into)
    {
        if (IsReserved(key))
            return;
        try
        {
            if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
            {
                into.Add(key, value);
                return;
            }
            // Several values of one key may arrive joined by commas.
            foreach (var part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var bare = part.TrimEnd('=');
                into.Add(key, Convert.FromBase64String(bare.PadRight((bare.Length + 3) / 4 * 4, '=')));
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
        }
    }
}
