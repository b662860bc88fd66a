using Annex.Push.Storage;
using Annex.Push.UnifiedPush;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Push.Handlers;

/// <summary>UnifiedPush over XMPP: clients register endpoints for the apps on their device, and show that they are
/// there.</summary>
public sealed class UnifiedPushHandlers(
    Registrar registrar, EndpointStore endpoints, EndpointUrls urls, ClientDelivery delivery)
{
    private const int MaxNameLength = 512;

    public void Register(StanzaRouter router) => router
        .OnIq(StanzaType.Set, PushNamespaces.UnifiedPush, "register", RegisterAsync, PushNamespaces.UnifiedPush)
        .OnIq(StanzaType.Set, PushNamespaces.UnifiedPush, "unregister", UnregisterAsync)
        .OnPresence(Presence);

    private void Presence(in StanzaContext context)
    {
        if (context.Stanza is
            {
                From: { HasLocal: true, IsBare: false } from,
                Type: StanzaType.Available or StanzaType.Unavailable
            } stanza
            && registrar.IsServed(from))
            delivery.Seen(from, stanza.Type is StanzaType.Available);
    }

    private async Task RegisterAsync(StanzaContext context, CancellationToken cancellationToken)
    {
        var stanza = context.Stanza;
        if (stanza.Child("register", PushNamespaces.UnifiedPush) is not { } request || stanza.From is not { } from
            || !TryReadNames(request, out var application, out var instance))
        {
            context.Error(StanzaError.BadRequest);
            return;
        }
        if (await registrar.CheckAsync(from, cancellationToken) is { } refused)
        {
            context.Error(refused);
            return;
        }
        // The owner is who asks: there is no way to name another.
        if (await endpoints.RegisterAsync(from.Bare.ToString(), from.ToString(), application, instance,
            cancellationToken) is not { } made)
        {
            context.Error(PushErrors.TooManyDevices);
            return;
        }
        context.Result(new Element("registered", PushNamespaces.UnifiedPush)
            .With("expiration", XmppDateTime.Format(made.ExpiresAt)).With("endpoint", urls.Of(made.Token)));
    }

    private async Task UnregisterAsync(StanzaContext context, CancellationToken cancellationToken)
    {
        var stanza = context.Stanza;
        if (stanza.Child("unregister", PushNamespaces.UnifiedPush) is not { } request || stanza.From is not { } from
            || !TryReadNames(request, out var application, out var instance))
        {
            context.Error(StanzaError.BadRequest);
            return;
        }
        if (await endpoints.UnregisterAsync(from.Bare.ToString(), application, instance,
            cancellationToken)) context.Result();
        else context.Error(PushErrors.NoSuchDevice);
    }

    private static bool TryReadNames(Element request, out string application, out string instance)
    {
        (application, instance) = (request["application"] ?? "", request["instance"] ?? "");
        return application.Length is > 0 and <= MaxNameLength && instance.Length is > 0 and <= MaxNameLength;
    }
}
