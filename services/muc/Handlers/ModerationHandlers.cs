using Annex.Muc.Archive;
using Annex.Muc.Features;
using Annex.Muc.Rooms;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;
using Npgsql;

namespace Annex.Muc.Handlers;

/// <summary>Moderators' requests to take messages back (XEP-0425 :1 and :0). Whether the message exists is asked of the
/// archive, everything else of the room, in its turn.</summary>
internal sealed class ModerationHandlers(RoomDirectory directory, ArchiveReader archive)
{
    private const string Fasten = "urn:xmpp:fasten:0";

    public void Register(StanzaRouter router)
    {
        router.OnIq(StanzaType.Set, Moderation.Namespace, "moderate", ModerateAsync);
        router.OnIq(StanzaType.Set, Fasten, "apply-to", ModerateAsync);
    }

    private async Task ModerateAsync(StanzaContext context, CancellationToken cancellationToken)
    {
        var iq = context.Stanza;
        if (iq.To is not { HasLocal: true, IsBare: true } room || iq.From is null)
        {
            context.Error(StanzaError.ServiceUnavailable);
            return;
        }
        if (!TryRead(iq.FirstChild!, out var id, out var reason) || reason?.Length > directory.Options.MaxTextLength)
        {
            context.Error(StanzaError.BadRequest);
            return;
        }
        bool isKnown;
        try
        {
            isKnown = id is not null && await archive.ContainsAsync(room, id.Value, cancellationToken);
        }
        catch (NpgsqlException)
        {
            context.Error(MucErrors.StoreAway);
            return;
        }
        // The room answers, and says first of all whether this is for a moderator: an outsider learns nothing of ids.
        var done = new RoomTask<StanzaError?>((target, effects, finish) =>
        {
            if (!target.Exists || target.IsLocked)
                finish(MucErrors.NoSuchRoom);
            else if (!target.TryGetSession(iq.From, out var session) || session.Occupant.Role != Role.Moderator)
                finish(MucErrors.NotModerator);
            else if (!isKnown)
                finish(StanzaError.ItemNotFound);
            else
                target.Moderate(session.Occupant, id!.Value, reason, effects, finish);
        });
        directory.Post(room, done);
        try
        {
            if (await done.Result is { } error)
                context.Error(error);
            else
                context.Result();
        }
        catch (RoomRefusedException e)
        {
            context.Error(e.Error);
        }
    }

    /// <summary>False where it is no request to retract; a null id is one that cannot be ours.</summary>
    private static bool TryRead(Element request, out Guid? id, out string? reason)
    {
        var moderate = request.Namespace == Fasten ? request.Child("moderate", Moderation.OldNamespace) : request;
        id = Guid.TryParseExact(request["id"], "D", out var read) ? read : null;
        reason = moderate?.Child("reason")?.Text is { Length: > 0 } text ? text : null;
        return request["id"] is { Length: > 0 } && moderate is not null
            && (moderate.Child("retract", Moderation.Retract) ?? moderate.Child("retract",
            "urn:xmpp:message-retract:0")) is not null;
    }
}
