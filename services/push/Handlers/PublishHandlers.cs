using System.Diagnostics;
using Annex.Push.Delivery;
using Annex.Push.Providers;
using Annex.Push.Registrations;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;

namespace Annex.Push.Handlers;

/// <summary>What servers send: publishes of XEP-0357, and the messages of urn:xmpp:push2:0.</summary>
public sealed class PublishHandlers(
    PublishDesk desk, TargetVault vault, PublishIntake intake, EndpointPolicy policy, PushOptions options,
        PushMetrics metrics,
    TimeProvider time, ILogger<PublishHandlers> logger)
{
    private const int MaxBodyBytes = 4096;
    private const int MaxTokenLength = 2048;

    private readonly AnswerDeadline _deadline = new(options.Delivery.AnswerAtLatest, time);
    private readonly RateLimiter _push2 = new(options.MaxPublishesPerSecond, TimeSpan.FromSeconds(1), time);

    public void Register(StanzaRouter router)
    {
        router.OnIq(StanzaType.Set, PushNamespaces.PubSub, "pubsub", PublishAsync, PushNamespaces.Push);
        if (options.WebPush.Enabled)
            router.OnMessage(PushNamespaces.Push2, "notification", Push2Async, PushNamespaces.Push2);
    }

    /// <summary>XEP-0357 §8, and XEP-0060 §8.9.4: the node is not this user's any more. The user's server may forget
    /// it; a client that is online sees it.</summary>
    public static void TellGone(ComponentConnection connection, Registration registration)
    {
        var pubsub = new Element("pubsub", PushNamespaces.PubSub).With("node", registration.Node);
        pubsub.Add(new Element("affiliation", PushNamespaces.PubSub).With("jid", registration.Owner).With("affiliation",
            "none"));
        connection.Send(new Element("message", Namespaces.Component).With("from", connection.Jid.ToString())
            .With("to", registration.Owner).Add(pubsub));
    }

    private async Task PublishAsync(StanzaContext context, CancellationToken cancellationToken)
    {
        var stanza = context.Stanza;
        if (stanza.From is not { } from || stanza.To is { HasLocal: true }
            || PublishReader.Read(stanza) is not { } publish)
        {
            metrics.Published("malformed");
            context.Error(PushErrors.PublishMalformed);
            return;
        }
        using var activity = PushTracing.Source.StartActivity("publish", ActivityKind.Consumer);
        if (await desk.PublishAsync(publish, from, _deadline.Begin(cancellationToken)) is { } error) context.Error(error);
        else context.Result();
    }

    /// <summary>The user's server has encrypted and signed; we carry it to the endpoint that the client named. Errors
    /// go back as message errors: wait where it may be tried again.</summary>
    private async Task Push2Async(StanzaContext context, CancellationToken cancellationToken)
    {
        var stanza = context.Stanza;
        if (stanza.Type is StanzaType.Error || stanza.From is not { } from) return;
        if (!TryReadPush2(stanza.Child("notification", PushNamespaces.Push2)!, out var push, out var error))
        {
            context.Error(error!);
            return;
        }
        if (!_push2.TryTake(from.Domain))
        {
            context.Error(PushErrors.TooFast);
            return;
        }
        try
        {
            var outcome = await intake.PublishAsync(push!, _deadline.Begin(cancellationToken));
            if (outcome is { Verdict: PushVerdict.Gone } gone) context.Error(PushErrors.Gone(gone.Reason));
            // The push is in the queue: a "wait" would only have the server send it a second time.
            else if (outcome is { Verdict: PushVerdict.Rejected }) context.Error(PushErrors.EndpointNotAllowed);
            metrics.Published("push2");
        }
        catch (Exception exception)
        {
            if (!cancellationToken.IsCancellationRequested) Log.PublishFailed(logger, exception);
            context.Error(PushErrors.Overload);
        }
    }

    private bool TryReadPush2(Element notification, out QueuedPush? push, out StanzaError? error)
    {
        push = null;
        error = PushErrors.EndpointNotAllowed;
        if (!policy.TryParse(notification.Child("client")?.Text.Trim(), out var url)) return false;

        error = StanzaError.BadRequest.WithText("The payload is missing or no base64, or the token is no token.");
        if (notification.Child("encrypted", PushNamespaces.Encrypted)?.Child("payload")?.Text is not { } text
            || !TryReadBase64(text, out var body)
            || notification.Child("jwt") is not { } jwt || !IsToken(jwt.Text) || !IsToken(jwt["key"])) return false;

        error = PushErrors.PayloadTooLarge;
        if (body.Length > MaxBodyBytes) return false;
        var isCall = notification.Child("voip") is not null;
        push = new QueuedPush
        {
            // Each carries a message of its own: nothing may take its place.
            Key = $"2:{Guid.NewGuid():N}",
            Provider = "webpush",
            ClosedTarget = vault.Close(new PushTarget(url.AbsoluteUri,
                Authorization: $"vapid t={jwt.Text}, k={jwt["key"]}")),
            Payload = body,
            IsCall = isCall,
            Urgency = isCall ? PushUrgency.High : notification.Child("priority")?.Text.Trim() switch
            {
                "high" => PushUrgency.High,
                "low" => PushUrgency.Low,
                _ => PushUrgency.Normal,
            },
            ExpiresAt = time.GetUtcNow() + options.Delivery.TimeToLive,
        };
        return true;
    }

    private static bool TryReadBase64(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var isRead = Convert.TryFromBase64String(text, bytes, out var length);
        bytes = isRead ? bytes[..length] : [];
        return length > 0;
    }

    // What becomes part of a header is base64url and dots (RFC 7515), no line end and no comma.
    private static bool IsToken(string? text) => text is { Length: > 0 and <= MaxTokenLength }
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '=');
}
