using Annex.Push.Delivery;
using Annex.Push.Providers;
using Annex.Push.Registrations;
using Annex.Push.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Push.Handlers;

/// <summary>Takes a publish: whose node is it, may this sender publish to it, into the queue, and what the server is
/// told.</summary>
public sealed class PublishDesk(
    RegistrationStore registrations, TargetVault vault, PublishIntake intake, AppDirectory apps, PushOptions options,
    PushMetrics metrics, TimeProvider time, ILogger<PublishDesk> logger)
{
    private readonly RateLimiter _publishes = new(options.MaxPublishesPerSecond, TimeSpan.FromSeconds(1), time);
    private readonly RateLimiter _warnings = new(1, TimeSpan.FromMinutes(1), time);
    private readonly RateLimiter _refusals = new(options.MaxRefusalsPerMinute, TimeSpan.FromMinutes(1), time);

    private const string GoneReason = "its provider says so";

    /// <summary>Null: taken. Never throws.</summary>
    /// <param name="publish">What was sent.</param>
    /// <param name="from">By whom.</param>
    /// <param name="cancellationToken">When an answer is due, or the process ends.</param>
    public async Task<StanzaError?> PublishAsync(PublishedNotification publish, Jid from,
        CancellationToken cancellationToken)
    {
        var domain = from.Domain;
        if (!_publishes.TryTake(domain)) return Counted("too-fast", PushErrors.TooFast);
        try
        {
            // The token itself is the node, and knowing it the right to push (stateless gateways and their clients).
            if (publish is { PushModule: { } module, Secret: null } && apps.Find(module) is { } app)
                return Tell(await intake.PublishAsync(Stateless(publish, app), cancellationToken));
            var registration = await FindAsync(publish, from, cancellationToken);
            // A device of an app that is not configured here, or not any more: our set-up may be at fault.
            if (registration is null && publish is { PushModule: not null, Secret: null })
                return Counted("no-app", PushErrors.UnknownApp);
            if (registration is null) return Refuse(domain);
            if (registration.IsGone) return await SayGoneAsync(registration, GoneReason, cancellationToken);
            var outcome = await intake.PublishAsync(Queued(publish, registration), cancellationToken);
            return outcome is { Verdict: PushVerdict.Gone } gone
                ? await SayGoneAsync(registration, gone.Reason, cancellationToken) : Tell(outcome);
        }
        catch (IntakeFullException)
        {
            return Counted("overload", PushErrors.Overload);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Counted("late", PushErrors.Overload);
        }
        catch (Exception exception)
        {
            // Here and not in the router: its internal-server-error would cost every user on ejabberd the registration.
            metrics.Failed();
            Log.PublishFailed(logger, exception);
            return Counted("failed", PushErrors.Overload);
        }
    }

    /// <summary>The registration, if this sender and secret may publish to it. One look into the database for every
    /// refusal.</summary>
    private async Task<Registration?> FindAsync(PublishedNotification publish, Jid from,
        CancellationToken cancellationToken)
    {
        var cached = registrations.Peek(publish.Node);
        if (IsAllowed(cached, publish, from)) return cached;
        var stored = await registrations.ReadByNodeAsync(publish.Node, cancellationToken);
        return IsAllowed(stored, publish, from) ? stored : null;
    }

    // XEP-0357 §5: the publisher is the user's server or account; with a room of its own the registration is the room's
    // to publish to.
    private static bool IsAllowed(Registration? registration, PublishedNotification publish, Jid from)
    {
        var isSecret = NodeSecrets.Matches(registration, publish.Secret);
        if (registration is null || !isSecret || !from.IsBare) return false;
        var sender = from.ToString();
        return IsOf(registration.Owner, sender) || (registration.Room is { } room && IsOf(room, sender));
    }

    private static bool IsOf(string address, string sender) =>
        address == sender || (address.Length > sender.Length && address.EndsWith(sender, StringComparison.Ordinal)
            && address[address.Length - sender.Length - 1] == '@');

    private QueuedPush Queued(PublishedNotification publish, Registration registration) => new()
    {
        Key = registration.Node,
        RegistrationId = registration.Id,
        Provider = registration.Provider,
        App = registration.App,
        Payload = PushPayload.Create(registration, null, publish.Sender, publish.Body, options),
        Urgency = publish.Urgency,
        ExpiresAt = time.GetUtcNow() + options.Delivery.TimeToLive,
    };

    private QueuedPush Stateless(PublishedNotification publish, AppDirectory.App app) => new()
    {
        // The token is a secret: the key of its row is a keyed hash.
        Key = "t:" + Convert.ToHexStringLower(vault.Fingerprint($"{app.Provider}\n{app.Name}\n{publish.Node}")),
        ClosedTarget = vault.Close(new PushTarget(publish.Node)),
        Provider = app.Provider,
        App = app.Name,
        Urgency = publish.Urgency,
        ExpiresAt = time.GetUtcNow() + options.Delivery.TimeToLive,
    };

    private StanzaError Refuse(string domain)
    {
        if (_refusals.TryTake(domain)) return Counted("refused", PushErrors.Refused);
        if (_warnings.TryTake(domain)) Log.ManyRefusals(logger, domain);
        return Counted("refused-often", PushErrors.TooManyRefused);
    }

    private async Task<StanzaError> SayGoneAsync(Registration registration, string reason,
        CancellationToken cancellationToken)
    {
        await registrations.ForgetGoneAsync(registration.Id, cancellationToken);
        return Counted("gone", PushErrors.Gone(reason));
    }

    private StanzaError? Tell(PushOutcome? outcome)
    {
        if (outcome is not { Verdict: not PushVerdict.Delivered } bad)
        {
            metrics.Published("taken");
            return null;
        }
        return bad switch
        {
            { Verdict: PushVerdict.Gone } => Counted("gone", PushErrors.Gone(bad.Reason)),
            { Verdict: PushVerdict.Rejected } => Counted("not-taken", PushErrors.NotTaken),
            { IsOurFault: true } => Counted("our-fault", PushErrors.OurFault),
            { RetryAfter: not null } => Counted("busy", PushErrors.ProviderBusy),
            _ => Counted("away", PushErrors.ProviderAway),
        };
    }

    private StanzaError Counted(string result, StanzaError error)
    {
        metrics.Published(result);
        return error;
    }
}
