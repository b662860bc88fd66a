using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using Annex.Hosting.Configuration;

namespace Annex.TurnDiscovery;

/// <summary>The section TurnDiscovery of the configuration.</summary>
public sealed class TurnDiscoveryOptions : IValidatableObject
{
    /// <summary>The service's name in disco.</summary>
    public string Name { get; set; } = "TURN discovery";

    /// <summary>What users are told. While there is none, requests are refused with service-unavailable.</summary>
    public IReadOnlyList<ExternalServiceOptions> Services { get; set; } = [];

    /// <summary>Secrets shared with the TURN servers, for services that have none of their own. Several during a rotation.</summary>
    public IReadOnlyList<TurnSecretOptions> Secrets { get; set; } = [];

    /// <summary>How long a credential is valid. It is checked when an allocation is made, so it may be short, but clients keep it
    /// for a while.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Makes the users' pseudonyms. Default: derived from the first secret.</summary>
    [Secret]
    public string? PseudonymKey { get; set; }

    /// <summary>A file whose first line is PseudonymKey.</summary>
    public string? PseudonymKeyFile { get; set; }

    /// <summary>Region by domain of the user: `eu: [example.eu, example.de]`.</summary>
    public IReadOnlyDictionary<string, RegionOptions> Regions { get; set; } = new Dictionary<string, RegionOptions>();

    /// <summary>Services in one answer at most; the best come first. Browsers warn beyond five.</summary>
    [Range(1, 100, ErrorMessage = "1 to 100 is expected")]
    public int MaxServices { get; set; } = 5;

    public NoneLeft WhenNoneLeft { get; set; } = NoneLeft.Error;

    /// <summary>How often it is checked that the server still delegates to us; restores delegation on ejabberd, where the end of
    /// any connection of the component removes it. 0: never.</summary>
    public TimeSpan DelegationCheck { get; set; } = TimeSpan.FromSeconds(4);

    public HealthCheckOptions Health { get; set; } = new();

    public LimitOptions Limits { get; set; } = new();

    public RestOptions Rest { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Ttl < TimeSpan.FromMinutes(1) || Ttl > TimeSpan.FromDays(30))
            yield return new("from one minute to 30 days is expected", [nameof(Ttl)]);
        if (Rest.Key is { Length: > 0 and < 16 })
            yield return new("at least 16 characters are expected", ["Rest:Key"]);
        if (Health.Interval < TimeSpan.FromSeconds(1) || Health.Timeout < TimeSpan.FromMilliseconds(100))
            yield return new("Interval of at least 1 s and Timeout of at least 100 ms are expected", [nameof(Health)]);
        if (Health.FailAfter < 1 || Health.RecoverAfter < 1 || Health.MaxConcurrent < 1)
            yield return new("FailAfter, RecoverAfter and MaxConcurrent are at least 1", [nameof(Health)]);
        if (Limits.RequestsPerMinute < 1 || Limits.Burst < 1 || Limits.MaxUsers < 1 || Limits.MaxSubscribers < 0)
            yield return new("limits are at least 1", [nameof(Limits)]);
        for (var i = 0; i < Services.Count; i++)
        {
            foreach (var (key, problem) in Problems(Services[i]))
                yield return new(problem, [string.Create(CultureInfo.InvariantCulture, $"Services:{i}:{key}")]);
        }
    }

    private IEnumerable<(string Key, string Problem)> Problems(ExternalServiceOptions service)
    {
        if (service.Type.Length > 0 && (!char.IsAsciiLetter(service.Type[0])
            || service.Type.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))))
            yield return ("Type", "a name such as turn is expected");
        if (!IPAddress.TryParse(service.Host, out _) && Uri.CheckHostName(service.Host) != UriHostNameType.Dns)
            yield return ("Host", $"'{service.Host}' is neither a domain nor an address (IPv6 goes without brackets)");
        var hasSecret = service.Secrets.Count > 0 || Secrets.Count > 0;
        if (service.Type is "turn" or "turns" && !hasSecret && string.IsNullOrEmpty(service.Username))
            yield return ("Secrets", "missing: TURN needs a shared secret (TurnDiscovery:Secrets:0:Secret) or Username and Password");
        if (!string.IsNullOrEmpty(service.Username) && string.IsNullOrEmpty(service.Password))
            yield return ("Password", "missing: the fixed account has a Username");
        foreach (var secret in service.Secrets.Concat(Secrets))
        {
            if (string.IsNullOrEmpty(secret.Secret))
                yield return ("Secrets", "a secret is empty");
        }
        if (service.Region is { Length: > 0 } region && !Regions.ContainsKey(region))
            yield return ("Region", $"'{region}' is not in TurnDiscovery:Regions");
        if (service.Ttl is { } ttl && (ttl < TimeSpan.FromMinutes(1) || ttl > TimeSpan.FromDays(30)))
            yield return ("Ttl", "from one minute to 30 days is expected");
        if (service.CheckAddress is { Length: > 0 } address && Credentials.HostPort.TryParse(address, out _, out _) is false)
            yield return ("CheckAddress", $"'{address}' is not host:port");
    }
}
