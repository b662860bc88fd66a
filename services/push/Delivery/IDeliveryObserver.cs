using Annex.Push.Providers;

namespace Annex.Push.Delivery;

/// <summary>Sees every attempt: metrics and the audit line, which names no token and no content.</summary>
public interface IDeliveryObserver
{
    void Attempted(QueuedPush push, PushOutcome outcome);

    /// <summary>Our own fault in sending: counted as an exception.</summary>
    void Failed(Exception exception);
}
