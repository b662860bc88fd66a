namespace Annex.Push.Providers;

/// <summary>One push network. Implementations are safe for concurrent calls and never throw for what the network does:
/// they say it in the outcome.</summary>
public interface IPushProvider
{
    /// <summary>The name that registrations carry: webpush, unifiedpush, apns, fcm.</summary>
    string Name { get; }

    /// <summary>What fails together: the app's set-up at APNs and FCM, the endpoint's host elsewhere. A short
    /// text.</summary>
    string ScopeOf(PushDelivery delivery);

    /// <summary>Sends once; retries are the caller's.</summary>
    ValueTask<PushOutcome> SendAsync(PushDelivery delivery, CancellationToken cancellationToken);
}
