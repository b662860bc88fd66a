using System.Security.Cryptography;

namespace Annex.Push.Providers.Apns;

/// <summary>One app of the operator's at Apple: its bundle id and the p8 key of its team.</summary>
/// <param name="Name">What registrations and publish-options call it (pushModule).</param>
/// <param name="BundleId">apns-topic.</param>
/// <param name="TeamId">The iss claim.</param>
/// <param name="KeyId">The kid of the p8 key.</param>
/// <param name="Key">The p8 key, on P-256.</param>
/// <param name="Server">https://api.push.apple.com, its sandbox twin, or a scripted peer.</param>
public sealed record ApnsApp(string Name, string BundleId, string TeamId, string KeyId, ECDsa Key, Uri Server);
