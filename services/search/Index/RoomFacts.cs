using System.Text;
using Annex.Contracts.Events;

namespace Annex.Search.Index;

/// <summary>
/// What the index keeps of a room, made presentable: bounded, without control characters, web addresses only of the web.
/// Whoever wrote it is not trusted.
/// </summary>
public sealed record RoomFacts
{
    /// <summary>Characters of a name and of a description that are kept; the rest ends in an ellipsis.</summary>
    public const int MaxNameLength = 255;
    public const int MaxDescriptionLength = 1024;
    public const int MaxTags = 12;
    public const int MaxTagLength = 32;

    /// <summary>No MUC service holds more people in one room; what claims more is cut to this and flagged.</summary>
    public const int MostOccupants = 5000;

    private const int MaxUrlLength = 512;

    public required string Jid { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string? Language { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required int Occupants { get; init; }

    public required bool IsOpen { get; init; }

    public required bool IsNonAnonymous { get; init; }

    public required bool IsModerated { get; init; }

    public required bool IsNsfw { get; init; }

    public required string? AvatarHash { get; init; }

    public required string? WebChatUrl { get; init; }

    public required string? LogsUrl { get; init; }

    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>May be listed as far as the room itself is concerned.</summary>
    public required bool IsCandidate { get; init; }

    public string Local => Jid[..Math.Max(Jid.IndexOf('@', StringComparison.Ordinal), 0)];

    public string Domain => Jid[(Jid.IndexOf('@', StringComparison.Ordinal) + 1)..];

    /// <param name="listClosed">Whether rooms that cannot simply be joined may be listed, as such.</param>
    public static RoomFacts From(RoomState state, bool listClosed)
    {
        var name = Clean(state.Name, MaxNameLength, keepLines: false);
        var (description, written) = TakeTags(Clean(state.Description, MaxDescriptionLength, keepLines: true));
        var tags = state.Tags.Concat(written).Select(CleanTag).OfType<string>().Distinct().Take(MaxTags).ToArray();
        var flags = Suspicion.FlagsOf(state.Name)
            .Concat(state.Occupants > MostOccupants ? [Suspicion.Occupants] : Array.Empty<string>()).ToArray();
        var isOpen = !state.IsMembersOnly && !state.HasPassword;
        return new RoomFacts
        {
            Jid = state.Room,
            Name = name,
            Description = description,
            Language = Languages.Clean(state.Language),
            Tags = tags,
            Occupants = Math.Clamp(state.Occupants, 0, MostOccupants),
            IsOpen = isOpen,
            IsNonAnonymous = state.IsNonAnonymous,
            IsModerated = state.IsModerated,
            IsNsfw = IsMarkedNsfw(name, tags),
            AvatarHash = CleanHash(state.AvatarHash),
            WebChatUrl = CleanUrl(state.WebChatUrl),
            LogsUrl = CleanUrl(state.LogsUrl),
            Flags = flags,
            // #unlisted is the owner's own word, wherever the room is.
            IsCandidate = state is { IsPublic: true, IsPersistent: true, IsSearchable: true } && (isOpen || listClosed)
                && !tags.Contains("unlisted") && !tags.Contains("noindex"),
        };
    }

    /// <summary>Trimmed, without what nobody sees, cut to a length with an ellipsis; lone surrogates replaced.</summary>
    public static string Clean(string text, int maxLength, bool keepLines)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxLength + 2));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length > maxLength)
                break;
            if (Suspicion.IsInvisible(rune))
                continue;
            clean.Append(!keepLines && rune.Value is ('\n' or '\r' or '\t') ? " " : rune.ToString());
        }
        var trimmed = clean.ToString().Trim();
        if (trimmed.Length <= maxLength)
            return trimmed;
        var end = maxLength - 1;
        // Not between the halves of a surrogate pair.
        return trimmed[..(char.IsHighSurrogate(trimmed[end - 1]) ? end - 1 : end)] + "…";
    }

    /// <summary>http and https only: nothing that runs when it is clicked.</summary>
    public static string? CleanUrl(string? url) =>
        url is { Length: <= MaxUrlLength } && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 ? uri.AbsoluteUri : null;

    private static string? CleanHash(string? hash) =>
        hash is { Length: 40 } && hash.All(char.IsAsciiHexDigit) ? hash.ToLowerInvariant() : null;

    private static string? CleanTag(string tag)
    {
        var clean = Tokenizer.Key(tag).Replace(' ', '-');
        return clean.Length is >= 2 and <= MaxTagLength ? clean : null;
    }

    /// <summary>A run of #words at the end of a description is its tags, as the directory that clients know reads it.</summary>
    private static (string Description, List<string> Tags) TakeTags(string description)
    {
        var tags = new List<string>();
        var end = description.Length;
        while (tags.Count < MaxTags)
        {
            var trimmed = description.AsSpan(0, end).TrimEnd();
            var start = trimmed.LastIndexOfAny(' ', '\n', '\t') + 1;
            var word = trimmed[start..];
            if (word.Length < 3 || word[0] != '#' || word[1..].ContainsAny('#', '/', ':'))
                break;
            tags.Insert(0, word[1..].ToString());
            end = start;
        }
        return (description[..end].TrimEnd(), tags);
    }

    private static bool IsMarkedNsfw(string name, string[] tags) =>
        tags.Any(t => t is "nsfw" or "18" or "adult" or "porn" or "xxx")
        || Tokenizer.Words(name, 20).Any(w => w.Text is "nsfw" or "porn" or "xxx");
}
