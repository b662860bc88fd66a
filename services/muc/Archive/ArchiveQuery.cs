using System.Diagnostics.CodeAnalysis;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Archive;

/// <summary>A query of a room's archive (XEP-0313 §4), read and checked; what the ids point at is not looked up yet.</summary>
internal sealed record ArchiveQuery
{
    /// <summary>Ids that one query may name.</summary>
    private const int MaxIds = 250;

    /// <summary>Characters of a search.</summary>
    private const int MaxTextLength = 500;

    /// <summary>Echoed with every result; opaque.</summary>
    public string? QueryId { get; private init; }

    public Jid? With { get; private init; }

    public DateTimeOffset? Start { get; private init; }

    public DateTimeOffset? End { get; private init; }

    public Guid? BeforeId { get; private init; }

    public Guid? AfterId { get; private init; }

    public IReadOnlyList<Guid> Ids { get; private init; } = [];

    /// <summary>Words that the message has to hold (XEP-0431); null: any.</summary>
    public string? Text { get; private init; }

    /// <summary>The messages of the page in reverse order (§4.4).</summary>
    public bool IsFlipped { get; private init; }

    public required PageRequest Page { get; init; }

    /// <summary>The item in front of or behind the page: RSM's after and before as ids of this archive.</summary>
    public Guid? PageAfter { get; private init; }

    /// <inheritdoc cref="PageAfter"/>
    public Guid? PageBefore { get; private init; }

    /// <param name="query">The query element.</param>
    /// <param name="maxPage">Messages of one page at most.</param>
    /// <param name="canSearch">Whether there is full text search.</param>
    /// <param name="error">bad-request for what cannot be read; item-not-found for an id that cannot be one of ours.</param>
    public static bool TryRead(Element query, int maxPage, bool canSearch, [NotNullWhen(true)] out ArchiveQuery? read,
        [NotNullWhen(false)] out StanzaError? error)
    {
        read = null;
        if (!PageRequest.TryRead(query, maxPage, out var page, out error)) return false;
        var form = DataForm.Find(query, ArchiveNamespaces.Mam);
        if (form is null && query.Child("x", DataForm.Namespace) is not null)
        {
            error = StanzaError.BadRequest.WithText("The form is none of urn:xmpp:mam:2.");
            return false;
        }
        if (form?.Fields.FirstOrDefault(f => !IsKnown(f.Var)) is { } unknown)
        {
            error = StanzaError.FeatureNotImplemented.WithText($"There is no field '{unknown.Var}' here."); // §4.1.5
            return false;
        }
        error = StanzaError.BadRequest.WithText("A field of the query cannot be read.");
        if (!TryReadTime(form, "start", out var start) || !TryReadTime(form, "end", out var end) || !TryReadWith(form, out var with)) return false;
        var text = form?[ArchiveNamespaces.FullTextField]?.Value?.Trim() is { Length: > 0 } words ? words : null;
        if (text?.Length > MaxTextLength) return false;
        if (text is not null && !canSearch)
        {
            error = StanzaError.FeatureNotImplemented.WithText("Archives cannot be searched here."); // §4.1.5
            return false;
        }
        var ids = form?["ids"]?.Values ?? [];
        if (ids.Count > MaxIds) return false;
        error = StanzaError.ItemNotFound; // §4.1.4: no such id can be in an archive of ours
        var known = new List<Guid>(ids.Count);
        foreach (var named in ids)
        {
            if (!TryReadId(named, out var id)) return false;
            known.Add(id!.Value);
        }
        if (!TryReadId(form?["before-id"]?.Value, out var beforeId) || !TryReadId(form?["after-id"]?.Value, out var afterId)) return false;
        if (!TryReadId(page.After, out var pageAfter) || !TryReadId(page.Before, out var pageBefore)) return false;
        error = null;
        read = new ArchiveQuery
        {
            QueryId = query["queryid"],
            With = with,
            Start = start,
            End = end,
            BeforeId = beforeId,
            AfterId = afterId,
            Ids = known,
            Text = text,
            IsFlipped = query.Child("flip-page") is not null,
            Page = page,
            PageAfter = pageAfter,
            PageBefore = pageBefore,
        };
        return true;
    }

    private static bool IsKnown(string? var) => var is null or "" or "FORM_TYPE" or "with" or "start" or "end" or "before-id" or "after-id"
        or "ids" or ArchiveNamespaces.FullTextField;

    private static bool TryReadTime(DataForm? form, string var, out DateTimeOffset? time)
    {
        time = null;
        if (form?[var]?.Value is not { Length: > 0 } text) return true;
        if (!XmppDateTime.TryParse(text.Trim(), out var read)) return false;
        time = read;
        return true;
    }

    private static bool TryReadWith(DataForm? form, out Jid? with)
    {
        with = null;
        return form?["with"]?.Value is not { Length: > 0 } text || Jid.TryParse(text.Trim(), out with);
    }

    private static bool TryReadId(string? text, out Guid? id)
    {
        id = null;
        if (string.IsNullOrEmpty(text)) return true;
        if (!Guid.TryParseExact(text, "D", out var read)) return false;
        id = read;
        return true;
    }
}
