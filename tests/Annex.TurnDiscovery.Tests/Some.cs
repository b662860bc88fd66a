using Annex.TurnDiscovery.Credentials;

namespace Annex.TurnDiscovery.Tests;

/// <summary>A service desk for example.org with one TURN server, to be changed.</summary>
internal static class Some
{
    public static readonly Requester User = new("romeo@example.org", null);

    public static TurnDiscoveryOptions Options(params ExternalServiceOptions[] services) => new()
    {
        Services = services.Length > 0 ? services : [Turn("turn.example.org")],
        Secrets = [new() { Secret = "secret" }],
    };

    public static ExternalServiceOptions Turn(string host, int weight = 1, int priority = 0, string? region = null) =>
        new() { Type = "turn", Host = host, Weight = weight, Priority = priority, Region = region };

    public static ServiceDesk Desk(TurnDiscoveryOptions options, TimeProvider? time = null, Random? random = null)
    {
        time ??= TimeProvider.System;
        options.Limits.Burst = 1_000_000;
        return new ServiceDesk(options, new CredentialIssuer(time, new Pseudonyms([1, 2, 3])),
            new RequestLimiter(options.Limits, time), new KnownBans(time), new HashSet<string> { "example.org", "example.eu" },
            random is null ? null : new ServiceOrder(random.NextDouble));
    }

    public sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
