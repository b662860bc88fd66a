using System.Globalization;
using System.Net;

namespace Annex.TurnDiscovery.Credentials;

/// <summary>A service that users are told (XEP-0215 §2): type, host, port and transport name it.</summary>
public sealed class ExternalService
{
    private readonly TurnSecret[] _secrets;

    public ExternalService(ExternalServiceOptions options, TurnDiscoveryOptions all)
    {
        Type = options.Type;
        Host = HostAsWritten(options.Host);
        Port = options.Port > 0 ? options.Port : IsTls ? 5349 : 3478;
        Transport = options.Transport.Length > 0 ? options.Transport : Type is "stun" or "turn" ? "udp" : "tcp";
        Name = string.IsNullOrEmpty(options.Name) ? null : options.Name;
        Priority = options.Priority;
        Weight = options.Weight;
        Region = string.IsNullOrEmpty(options.Region) ? null : options.Region;
        Ttl = options.Ttl ?? all.Ttl;
        IsChecked = options.Check && all.Health.Enabled && Type is "stun" or "stuns" or "turn" or "turns";
        if (options.CheckAddress is { Length: > 0 } address && HostPort.TryParse(address, out var host, out var port))
            (CheckHost, CheckPort) = (host, port);
        else
            (CheckHost, CheckPort) = (Host, Port);
        Health = new ServerHealth(all.Health.FailAfter, all.Health.RecoverAfter);
        if (!string.IsNullOrEmpty(options.Username))
            Fixed = new Credential(options.Username, options.Password!, null);
        // STUN is asked without credentials, whatever the file has for TURN.
        _secrets = Type is "turn" or "turns" && Fixed is null
            ? [.. (options.Secrets.Count > 0 ? options.Secrets : all.Secrets).Select(s => new TurnSecret(s.Secret!, s.From))]
            : [];
    }

    public string Type { get; }

    /// <summary>A-label, IPv4 or IPv6 without brackets.</summary>
    public string Host { get; }

    public int Port { get; }

    public string Transport { get; }

    public string? Name { get; }

    public int Priority { get; }

    public int Weight { get; }

    public string? Region { get; }

    /// <summary>Lifetime of its credentials.</summary>
    public TimeSpan Ttl { get; }

    public bool IsTls => Type is "stuns" or "turns";

    public bool IsTurn => Type is "turn" or "turns";

    public bool IsChecked { get; }

    public string CheckHost { get; }

    public int CheckPort { get; }

    public ServerHealth Health { get; }

    /// <summary>The fixed account, or null.</summary>
    public Credential? Fixed { get; }

    public bool IsRestricted => Fixed is not null || _secrets.Length > 0;

    /// <summary>For logs, metrics and people.</summary>
    public string Title => string.Create(CultureInfo.InvariantCulture, $"{Type} {Host}:{Port}/{Transport}");

    /// <summary>The secrets that may sign now, the newest first.</summary>
    public IReadOnlyList<TurnSecret> SecretsAt(DateTimeOffset now)
    {
        if (_secrets.Length <= 1)
            return _secrets;
        // Of two of the same age the one further up in the configuration is the newer.
        TurnSecret[] usable = [.. _secrets.Where(s => s.From <= now).OrderByDescending(s => s.From)];
        return usable.Length > 0 ? usable : [_secrets.MinBy(s => s.From)!];
    }

    private static string HostAsWritten(string host)
    {
        if (IPAddress.TryParse(host, out var address))
            return address.ToString();
        return new IdnMapping { AllowUnassigned = true }.GetAscii(host.TrimEnd('.')).ToLowerInvariant();
    }
}
