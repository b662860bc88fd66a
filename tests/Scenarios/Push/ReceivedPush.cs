using System.Text.Json;

namespace Annex.Scenarios.Push;

/// <summary>A request as a push network got it.</summary>
public sealed record ReceivedPush(IReadOnlyDictionary<string, string> Headers, byte[] Body, string Protocol, string Connection)
{
    public string this[string header] => Headers.TryGetValue(header, out var value) ? value : "";

    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
