using Annex.Search.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;

namespace Annex.Search.Handlers;

/// <summary>Who invites the service to a room (XEP-0045 §7.8, XEP-0249) makes the room's service known to the crawler. Nothing
/// is joined; whether the room is listed is what the room itself says.</summary>
internal sealed class InvitationHandler(DomainStore domains, SearchOptions options, TimeProvider time)
{
    private const string MucUser = "http://jabber.org/protocol/muc#user";
    private const string Conference = "jabber:x:conference";

    // A domain, and all of them together.
    private readonly RateLimiter _perDomain = new(time, 5, TimeSpan.FromMinutes(10));
    private readonly RateLimiter _all = new(time, 100, TimeSpan.FromMinutes(10));

    public void Register(StanzaRouter router)
    {
        if (options.Crawler.Seeds.Length == 0 || !options.Crawler.FollowInvitations)
            return;
        router.OnMessage(MucUser, "x", Take).OnMessage(Conference, "x", Take);
    }

    private void Take(in StanzaContext context)
    {
        var stanza = context.Stanza;
        if (stanza.Type == StanzaType.Error || stanza.From is not { } from || RoomIn(stanza) is not { HasLocal: true } room
            || !_perDomain.TryTake(from.Domain, out _) || !_all.TryTake("", out _))
        {
            return;
        }
        // Once the stanza is gone; a database that is away costs an invitation.
        _ = AddAsync(room.Domain);
    }

    private async Task AddAsync(string domain)
    {
        try
        {
            await domains.AddAsync(domain, "invitation", options.Crawler.MaxDomains, CancellationToken.None);
        }
        catch (Npgsql.NpgsqlException)
        {
        }
    }

    private static Jid? RoomIn(Stanza stanza)
    {
        // Mediated: from the room itself. Direct: the room is named.
        if (stanza.Child("x", MucUser)?.Child("invite", MucUser) is not null)
            return stanza.From?.Bare;
        return Jid.TryParse(stanza.Child("x", Conference)?["jid"], out var room) ? room : null;
    }
}
