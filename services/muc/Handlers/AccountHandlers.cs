using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Npgsql;

namespace Annex.Muc.Handlers;

/// <summary>A server's word that one of its accounts is gone (deploy/prosody/mod_annex_accounts.lua). Only the server
/// itself can send from its bare domain; it speaks for its own accounts alone, and only where its domain is one of
/// LocalDomains. It asks again until it gets a result.</summary>
internal sealed class AccountHandlers(RoomDirectory directory, AccountEraser eraser)
{
    public const string Namespace = "urn:annex:accounts:0";

    public void Register(StanzaRouter router) => router.OnIq(StanzaType.Set, Namespace, "removed", RemovedAsync);

    private async Task RemovedAsync(StanzaContext context, CancellationToken cancellationToken)
    {
        var iq = context.Stanza;
        if (iq.To is { HasLocal: true })
        {
            context.Error(StanzaError.ServiceUnavailable);
            return;
        }
        if (iq.From is not { HasLocal: false, IsBare: true } server || !directory.Service.LocalDomains.Contains(server.Domain))
        {
            context.Error(StanzaError.Forbidden);
            return;
        }
        if (!Jid.TryParse(iq.FirstChild!["jid"], out var account) || !account.HasLocal || !account.IsBare)
        {
            context.Error(StanzaError.JidMalformed);
            return;
        }
        if (!account.DomainJid.Equals(server))
        {
            context.Error(StanzaError.Forbidden);
            return;
        }
        try
        {
            await eraser.AnnounceAsync(account, cancellationToken);
            context.Result();
        }
        catch (NpgsqlException)
        {
            context.Error(MucErrors.StoreAway);
        }
    }
}
