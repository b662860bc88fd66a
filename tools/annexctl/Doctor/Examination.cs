using Annex.Contracts.Status.V1;
using Annex.Hosting.Configuration;

namespace Annex.Ctl.Doctor;

/// <summary>One look at everything: what the checks found so far, and what they learnt for each other.</summary>
internal sealed class Examination(Session session)
{
    private readonly List<Finding> _findings = [];

    public Session Session => session;

    public SuiteConfiguration Configuration => session.Configuration;

    public CancellationToken CancellationToken => session.CancellationToken;

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>What the services that answer say of themselves.</summary>
    public Dictionary<string, GetStatusResponse> Statuses { get; } = new(StringComparer.Ordinal);

    /// <summary>What the XMPP server shows to a service's component.</summary>
    public Dictionary<string, IReadOnlyList<DomainView>> Views { get; } = new(StringComparer.Ordinal);

    /// <summary>Services whose address is connected now, or was for a moment by the doctor's own handshake.</summary>
    public HashSet<string> Connected { get; } = new(StringComparer.Ordinal);

    /// <summary>Clocks that were seen: whose, and how far it is ahead of this machine's.</summary>
    public List<(string Whose, TimeSpan Ahead)> Clocks { get; } = [];

    /// <summary>Null until the doctor connected as TurnDiscovery by itself; then whether the server said that it delegates.</summary>
    public bool? IsToldDelegation { get; set; }

    public async Task RunAsync(Action<string> say)
    {
        ConfigurationCheck.Run(this);
        foreach (var service in Configuration.Configured)
        {
            say($"Asking {service}");
            await ServiceCheck.RunAsync(this, service);
        }
        say("Looking at the XMPP server");
        await ServerCheck.RunAsync(this);
        say("Looking at the database");
        await DatabaseCheck.RunAsync(this);
        say("Looking at addresses, certificates and disks");
        await WebCheck.RunAsync(this);
        DiskCheck.Run(this);
        await TurnCheck.RunAsync(this);
        await BusCheck.RunAsync(this);
        ClockCheck.Run(this);
    }

    public void Good(string check, string text, string? service = null) =>
        _findings.Add(new Finding(Severity.Good, check, service, text, null));

    public void Warn(string check, string? service, string text, string cure) =>
        _findings.Add(new Finding(Severity.Warning, check, service, text, cure));

    public void Problem(string check, string? service, string text, string cure)
    {
        // Five services with one cause: five lines would hide the next cause.
        var same = _findings.FindIndex(f => f.Severity == Severity.Problem && f.Check == check && f.Cure == cure && f.Text == text);
        if (same < 0)
            _findings.Add(new Finding(Severity.Problem, check, service, text, cure));
    }

    public bool IsConfigured(string service) => Configuration.Configured.Contains(service);

    public ServiceOptions OptionsOf(string service) => Configuration.Of(service);
}
