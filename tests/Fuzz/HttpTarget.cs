using System.Text;
using Annex.Upload.Http;
using Annex.Upload.Slots;
using Annex.Xmpp.Xml;

namespace Annex.Fuzz;

/// <summary>What a browser, a client or an attacker writes into an upload's or download's request: read or refused, and what is
/// answered can stand in a header.</summary>
internal static class HttpTarget
{
    private const long Length = 1000;

    public static void Run(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        Ranges(text);
        Names(text);
        Paths(text);
        if (MediaType.TryParse(text, out var type))
        {
            FuzzTargets.Require(type.Text.All(c => c is >= ' ' and <= '~'), "a type that no header takes");
            FuzzTargets.Require(MediaType.TryParse(type.Essence, out var again) && again.Essence == type.Essence, "an essence that is none");
        }

        if (SlotRequest.TryParseSize(text, out long size)) FuzzTargets.Require(size >= 0, "a negative size");
        try
        {
            SlotRequest.TryRead(Element.Parse(input, UploadNamespaces.Upload), out _, out _);
        }
        catch (XmlStreamException)
        {
        }
    }

    private static void Ranges(string text)
    {
        if (RangeHeader.Read(text, Length, maxRanges: 8) is not { } ranges) return;
        FuzzTargets.Require(ranges.Count <= 8, "more ranges than are allowed");
        FuzzTargets.Require(ranges.All(r => r.First >= 0 && r.First <= r.Last && r.Last < Length), "a range outside of the file");
        FuzzTargets.Require(ranges.Sum(r => r.Length) <= Length, "more than the file: ranges that overlap multiply a download");
    }

    private static void Names(string text)
    {
        if (FileName.Sanitize(text, 200) is not { } name) return;
        FuzzTargets.Require(name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= 200, "a name without or beyond measure");
        FuzzTargets.Require(name.AsSpan().IndexOfAny('/', '\\', '%') < 0 && !name.Any(char.IsControl), "a name that leads elsewhere");
        FuzzTargets.Require(name is not ("." or ".."), "a folder for a name");
        FuzzTargets.Require(FileName.Sanitize(name, 200) == name, "a name that is made fit twice");
        string header = ContentDisposition.Of(name, isInline: false);
        FuzzTargets.Require(header.All(c => c is >= ' ' and <= '~'), "a header with more than ASCII in it");
        FuzzTargets.Require(SlotPath.IsPlausible(SlotPath.Of("ticket", name)), "a name that is not found again");
    }

    private static void Paths(string text)
    {
        string path = text;
        string? token = SlotUrls.TakeToken(ref path);
        FuzzTargets.Require(token is null || text.EndsWith(path, StringComparison.Ordinal), "a token that is not all of the difference");
        if (!SlotPath.IsPlausible(path)) return;
        FuzzTargets.Require(!path.Split('/').Any(s => s is "" or "." or ".."), "a path that leads elsewhere");
        FuzzTargets.Require(SlotPath.TicketOf(path) is { Length: > 0 } && SlotPath.NameOf(path) is { Length: > 0 }, "half a path");
    }
}
