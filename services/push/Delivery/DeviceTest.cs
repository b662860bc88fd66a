using Annex.Push.Providers;
using Annex.Push.Registrations;

namespace Annex.Push.Delivery;

/// <summary>A push that somebody asked for to see whether pushes arrive: with nothing in it, ringing, and with the
/// network's answer.</summary>
public sealed class DeviceTest(PublishIntake intake, PushOptions options, TimeProvider time)
{
    /// <returns>Null where the network said nothing in time: the push is in the queue.</returns>
    /// <exception cref="IntakeFullException">It was not taken.</exception>
    public Task<PushOutcome?> PushAsync(Registration registration, CancellationToken cancellationToken) =>
        intake.PublishAsync(new QueuedPush
        {
            Key = registration.Node,
            RegistrationId = registration.Id,
            Provider = registration.Provider,
            App = registration.App,
            Payload = PushPayload.Create(registration, null, null, null, options),
            Urgency = PushUrgency.High,
            ExpiresAt = time.GetUtcNow() + options.Delivery.TimeToLive,
        }, cancellationToken);
}
