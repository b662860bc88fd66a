namespace Annex.Xmpp.Streams;

/// <summary>The server ended the stream with this error (RFC 6120 §4.9).</summary>
internal sealed class StreamErrorException(string condition, string? text) : Exception($"stream error {condition}")
{
    public string Condition { get; } = condition;

    /// <summary>The server's own words, cut to a line.</summary>
    public string? Text { get; } = text is { Length: > 200 } ? text[..200] : text;
}
