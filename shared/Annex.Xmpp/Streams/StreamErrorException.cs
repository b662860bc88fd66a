using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Streams;

/// <summary>The server ended the stream with this error (RFC 6120 §4.9).</summary>
internal sealed class StreamErrorException(string condition, string? text) : Exception($"stream error {condition}")
{
    public string Condition { get; } = condition;

    /// <summary>The server's own words, cut to a line.</summary>
    public string? Text { get; } = text is { Length: > 200 } ? text[..200] : text;

    public static StreamErrorException From(Element error)
    {
        var condition = error.Children.FirstOrDefault(c => c is { Namespace: Namespaces.StreamErrors, Name: not "text" });
        var text = error.Child("text", Namespaces.StreamErrors)?.Text;
        return new StreamErrorException(condition?.Name ?? "undefined-condition", text);
    }
}
