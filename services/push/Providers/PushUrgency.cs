namespace Annex.Push.Providers;

/// <summary>How soon a device has to wake (RFC 8030 §5.3 names them; APNs and FCM have two steps only).</summary>
public enum PushUrgency : byte { Low, Normal, High }
