using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>A member who is not in the room now, and by which names a message may speak to him.</summary>
internal sealed record AbsentMember(Jid Member, string? Nick);

/// <summary>What those who are away are to be told of a message: nothing of its text.</summary>
/// <param name="Absent">With whether the message names them.</param>
internal sealed record Posted(IReadOnlyList<(Jid Member, bool IsMentioned)> Absent, bool HasBody, bool IsEncrypted,
    bool ShowsSender);

/// <summary>The members who are away, kept between messages: counted anew only when somebody came, went, or changed
/// standing.</summary>
internal sealed class AbsentMembers(Room room)
{
    private AbsentMember[]? _absent;
    private int _version;

    /// <summary>Somebody came or went.</summary>
    public void Invalidate() => _absent = null;

    /// <summary>Null where nobody is away.</summary>
    public Posted? Of(Stanza message, in MessageShape shape)
    {
        if (_version != room.Affiliations.Version)
            _absent = null;
        _version = room.Affiliations.Version;
        var absent = _absent ??= Find();
        if (absent.Length == 0 || !shape.IsArchivable)
            return null;
        var text = shape.HasBody ? message.Child("body", Namespaces.Component)?.Text : null;
        var told = new (Jid, bool)[absent.Length];
        for (var i = 0; i < absent.Length; i++)
            told[i] = (absent[i].Member, text is not null && IsNamed(text, absent[i]));
        return new Posted(told, shape.HasBody, shape.IsEncrypted, room.Configuration.IsNonAnonymous);
    }

    private AbsentMember[] Find()
    {
        if (room.Affiliations.Count == 0)
            return [];
        var present = new HashSet<Jid>();
        foreach (var occupant in room.Occupants)
            present.Add(occupant.RealBare);
        return [.. room.Affiliations.All
            .Where(e => e.Affiliation >= Affiliation.Member && e.Subject.HasLocal && !present.Contains(e.Subject))
            .Take(room.Service.Options.MaxNotified)
            .Select(e => new AbsentMember(e.Subject, e.Nick))];
    }

    private static bool IsNamed(string text, AbsentMember member) =>
        (member.Nick is not null && HasWord(text, member.Nick)) || HasWord(text, member.Member.Local!);

    /// <summary>As a word of its own: "Ann" is not spoken to by "annex".</summary>
    private static bool HasWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0;
             at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + word.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1]))
                && (end == text.Length || !char.IsLetterOrDigit(text[end])))
                return true;
        }
        return false;
    }
}
