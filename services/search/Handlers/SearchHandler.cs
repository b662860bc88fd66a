using System.Globalization;
using Annex.Search.Index;
using Annex.Search.Storage;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Search.Handlers;

/// <summary>Answers searches over XMPP, in both dialects, at any address of the service: clients ask api@….</summary>
internal sealed class SearchHandler(
    RoomFinder finder, BanStore bans, QueryLimiter limiter, SearchOptions options)
{
    public void Register(StanzaRouter router)
    {
        foreach (var dialect in (SearchDialect[])[SearchDialect.ChannelSearch, SearchDialect.Muclumbus])
        {
            router.OnIq(StanzaType.Get, dialect.Namespace, "search",
                (context, cancellationToken) => AnswerAsync(dialect, context, cancellationToken), feature: dialect.Namespace);
        }
        router.Advertise(PageRequest.Namespace).Advertise(DataForm.Namespace);
    }

    private async Task AnswerAsync(SearchDialect dialect, StanzaContext context, CancellationToken cancellationToken)
    {
        var stanza = context.Stanza;
        if (stanza.Child("search", dialect.Namespace) is not { } search || stanza.From is not { } from)
        {
            context.Error(SearchErrors.NotASearch);
            return;
        }
        if (!limiter.TryTake(from, out var retryAfter))
        {
            context.Error(SearchErrors.RateLimit(retryAfter));
            return;
        }
        if (await bans.IsBannedAsync(from, cancellationToken))
        {
            context.Error(StanzaError.Forbidden);
            return;
        }
        var (result, error) = await SearchAsync(dialect, search, cancellationToken);
        if (error is not null)
            context.Error(error);
        else
            context.Result(result);
    }

    private async Task<(Element? Result, StanzaError? Error)> SearchAsync(
        SearchDialect dialect, Element search, CancellationToken cancellationToken)
    {
        if (search.Child("x", DataForm.Namespace) is not { } x)
        {
            // XEP-0433 §4.2.1: an empty search asks for the form.
            return (new Element("search", dialect.Namespace).Add(dialect.CreateForm().ToElement()), null);
        }
        if (!DataForm.TryParse(x, out var form, out var error))
            return (null, error);
        // XEP-0068 §3.1. One client leaves the type of the field out, none the field.
        if (form.Type != FormType.Submit || form.FormTypeName != dialect.FormType)
            return (null, SearchErrors.NotASearch);
        var defaultMax = search.Child("set", PageRequest.Namespace)?.Child("max") is null;
        if (!PageRequest.TryRead(search, defaultMax ? options.DefaultPageSize : options.MaxPageSize, out var page, out error)
            || !SearchForm.TryRead(dialect, form, page, options, out var query, out error))
        {
            return (null, error);
        }
        var found = query is null ? new RoomPage([], false, 0, null) : await finder.FindAsync(query, cancellationToken);
        return (Write(dialect, found, query?.Sort ?? SortKey.Address, page.Max), null);
    }

    private static Element Write(SearchDialect dialect, RoomPage page, SortKey sort, int max)
    {
        var result = new Element("result", dialect.Namespace);
        foreach (var room in page.Rooms)
            result.Add(Write(dialect, room));
        var place = page.Rooms.Count == 0
            ? new PageResult(null, null, null, page.Count)
            : new PageResult(UidOf(page.Rooms[0]), UidOf(page.Rooms[^1]), page.FirstIndex, page.Count);
        // XEP-0433's example tells the max that was applied.
        return result.Add(place.ToElement().Add("max", max.ToString(CultureInfo.InvariantCulture)));

        string UidOf(RoomHit room) => new Cursor(room.SortValue, room.Jid).ToText(sort);
    }

    // XEP-0433 §6.2: what is not known is left out.
    private static Element Write(SearchDialect dialect, RoomHit room)
    {
        var item = new Element("item", dialect.Namespace).With("address", room.Jid);
        item.Add("name", room.Title);
        if (room.Description.Length > 0)
            item.Add("description", room.Description);
        if (room.Language is not null)
            item.Add("language", room.Language);
        item.Add("nusers", room.Occupants.ToString(CultureInfo.InvariantCulture));
        if (dialect.HasTypes)
            item.Add("service-type", "xep-0045");
        // §6.2 calls it a boolean, the example shows it empty; clients look whether it is there.
        if (room.IsOpen)
            item.Add(new Element("is-open", dialect.Namespace));
        return item.Add("anonymity-mode", room.IsNonAnonymous ? dialect.NonAnonymous : dialect.SemiAnonymous);
    }
}
