using System.CommandLine;
using System.Net;
using Annex.Hosting.Configuration;
using Annex.Rpc;
using Microsoft.Extensions.Configuration;

namespace Annex.Ctl;

/// <summary>The services' own configuration, read as they read it: annex.json, ANNEX_ variables, --set.</summary>
internal sealed class SuiteConfiguration : IDisposable
{
    private readonly ConfigurationManager _configuration = new();
    private readonly Dictionary<string, ServiceOptions> _services = new(StringComparer.Ordinal);
    private readonly ConfigurationErrors _errors = new();

    private SuiteConfiguration(IEnumerable<string> arguments)
    {
        ConfigurationSources.Add(_configuration, [.. arguments], settings: null, _errors);
        var reader = new OptionsReader(_errors);
        reader.Read(new RootSection(_configuration), Shared);
        foreach (var name in DefaultPorts.Services)
        {
            var options = new ServiceOptions();
            reader.Read(_configuration.GetSection(name), options);
            _services[name] = options;
        }
    }

    public AnnexOptions Shared { get; } = new();

    /// <summary>Raw access to keys that belong to one service alone.</summary>
    public IConfiguration Keys => _configuration;

    /// <summary>What is wrong, one line a key.</summary>
    public IReadOnlyList<string> Errors => _errors.Lines;

    /// <summary>The services that have a component in this configuration.</summary>
    public IReadOnlyList<string> Configured => [.. DefaultPorts.Services.Where(s =>
        _services[s].Enabled != false && _services[s].Component.Jid.Length > 0)];

    public static SuiteConfiguration Read(ParseResult parsed)
    {
        var arguments = new List<string>();
        if (parsed.GetValue(GlobalOptions.Config) is { } file)
            arguments.AddRange(["--Config", file]);
        foreach (var setting in parsed.GetValue(GlobalOptions.Set) ?? [])
        {
            if (setting.IndexOf('=', StringComparison.Ordinal) < 1)
                throw new CommandFailedException($"--set {setting}: key=value is expected", ExitCodes.Usage);
            arguments.Add($"--{setting}");
        }
        return new SuiteConfiguration(arguments);
    }

    public void Dispose() => _configuration.Dispose();

    public ServiceOptions Of(string service) => _services[service];

    /// <summary>Where the service answers calls: Peers says it, or else its own Rpc:Listen.</summary>
    public Uri AddressOf(string service)
    {
        if (typeof(PeersOptions).GetProperty(service)?.GetValue(Shared.Peers) is Uri peer)
            return peer;
        var listen = _services[service].Rpc.Listen;
        // A Listen that cannot be read is among the errors.
        if (!ListenAddress.TryParse(listen.Length > 0 ? listen : DefaultPorts.Rpc(service), out var address)
            && !ListenAddress.TryParse(DefaultPorts.Rpc(service), out address))
            throw new InvalidOperationException($"{service} has no port by default.");
        var isAny = address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any);
        return new Uri($"http://{(isAny ? $"127.0.0.1:{address.Port}" : address.ToString())}");
    }

    /// <exception cref="CommandFailedException">The token cannot be used.</exception>
    public RpcToken? TokenOf(string service)
    {
        try
        {
            return RpcToken.Load(_services[service].Rpc.Token, tokenFile: null);
        }
        catch (FormatException e)
        {
            throw new CommandFailedException($"{service}:Rpc:Token: {e.Message}", ExitCodes.Usage);
        }
    }
}
