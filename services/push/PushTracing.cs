using System.Diagnostics;

namespace Annex.Push;

/// <summary>The spans of this service, which nobody pays for where no collector is configured.</summary>
internal static class PushTracing
{
    public static readonly ActivitySource Source = new("Annex.Push");
}
