namespace Annex.Xmpp.Xml;

/// <summary>A piece of an element's bytes.</summary>
internal readonly record struct XmlRange(int Start, int Length)
{
    public static readonly XmlRange None = new(0, -1);

    public bool Exists => Length >= 0;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> data) => Length <= 0 ? default : data.Slice(Start, Length);
}
