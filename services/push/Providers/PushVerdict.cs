namespace Annex.Push.Providers;

/// <summary>The four things that can come of a push.</summary>
public enum PushVerdict : byte
{
    /// <summary>The network took it.</summary>
    Delivered,

    /// <summary>Try again later; the registration stays.</summary>
    Retry,

    /// <summary>The device or its subscription is no more: drop the registration.</summary>
    Gone,

    /// <summary>This push will never be taken (too large, malformed); the registration stays.</summary>
    Rejected,
}
