using Annex.Hosting;
using Annex.Hosting.Components;
using Annex.Testing;
using Annex.Testing.Scripted;
using Annex.TurnDiscovery;
using Annex.TurnDiscovery.Credentials;
using Annex.TurnDiscovery.Handlers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Annex.Scenarios.TurnDiscovery;

/// <summary>The whole service at shakespeare.lit, as its process has it, on a scripted server and a clock that goes by hand.
/// Nothing is checked for health: the tests say what is up.</summary>
internal sealed class TurnStage : IAsyncDisposable
{
    public const string Secret = "such-stuff-as-dreams-are-made-on";

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["LocalDomains:0"] = "shakespeare.lit",
        ["Admins:0"] = "prospero@shakespeare.lit",
        ["TurnDiscovery:Component:Jid"] = "turn.shakespeare.lit",
        ["TurnDiscovery:Component:Secret"] = "it-is-the-east",
        // The clock goes in leaps here, in which no server could answer a ping.
        ["TurnDiscovery:Component:PingAfter"] = "01:00:00",
        ["TurnDiscovery:Component:PingTimeout"] = "01:00:00",
        ["TurnDiscovery:Rpc:Listen"] = "127.0.0.1:0",
        ["TurnDiscovery:Ops:Listen"] = "127.0.0.1:0",
        ["TurnDiscovery:Http:Listen"] = "127.0.0.1:0",
        ["TurnDiscovery:Health:Enabled"] = "false",
        ["TurnDiscovery:DelegationCheck"] = "00:00:00",
        ["TurnDiscovery:Secrets:0:Secret"] = Secret,
        ["TurnDiscovery:Services:0:Type"] = "stun",
        ["TurnDiscovery:Services:0:Host"] = "relay.shakespeare.lit",
        ["TurnDiscovery:Services:1:Type"] = "turn",
        ["TurnDiscovery:Services:1:Host"] = "relay.shakespeare.lit",
        ["TurnDiscovery:Services:2:Type"] = "turn",
        ["TurnDiscovery:Services:2:Host"] = "relay.shakespeare.lit",
        ["TurnDiscovery:Services:2:Port"] = "3479",
        ["TurnDiscovery:Services:2:Transport"] = "tcp",
        ["TurnDiscovery:Services:3:Type"] = "turns",
        ["TurnDiscovery:Services:3:Host"] = "relay.shakespeare.lit",
        ["TurnDiscovery:Services:4:Type"] = "ftp",
        ["TurnDiscovery:Services:4:Host"] = "ftp.shakespeare.lit",
        ["TurnDiscovery:Services:4:Port"] = "20",
        ["TurnDiscovery:Services:4:Name"] = "Shakespearean \"File\" <Server>",
        ["TurnDiscovery:Services:4:Username"] = "guest",
        ["TurnDiscovery:Services:4:Password"] = "guest's",
    };

    private readonly LogLines _log = new();

    public ScriptedServer Server { get; } = new("turn.shakespeare.lit");

    public ManualTime Time { get; } = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    public WebApplication App { get; private set; } = null!;

    public ScriptedUser Bard => Server.User("bard@shakespeare.lit/globe");

    public IReadOnlyList<ExternalService> Services => App.Services.GetRequiredService<ServiceDesk>().Services;

    public ServicePushes Pushes => App.Services.GetRequiredService<ServicePushes>();

    /// <summary>Everything that was logged.</summary>
    public string Log => _log.ToString();

    public static async Task<TurnStage> StartAsync(params (string Key, string? Value)[] changes)
    {
        var stage = new TurnStage();
        var settings = new Dictionary<string, string?>(Settings);
        foreach (var (key, value) in changes)
            settings["TurnDiscovery:" + key] = value;
        stage.App = AnnexApplication.Build([], settings, new AnnexService(TurnDiscoveryService.Name, builder =>
        {
            TurnDiscoveryService.Definition.Configure(builder);
            builder.Services.AddSingleton<TimeProvider>(stage.Time);
            builder.Services.AddSingleton<ILoggerProvider>(stage._log);
            builder.Services.AddKeyedSingleton<ConnectComponent>(TurnDiscoveryService.Name, stage.Server.ConnectAsync);
        }));
        await stage.App.StartAsync();
        await stage.Server.AcceptAsync();
        await stage.Server.Settle();
        return stage;
    }

    /// <summary>An iq as a server hands it on.</summary>
    public Task Delegate(string inner, string version = "urn:xmpp:delegation:2", string from = "shakespeare.lit") => Server.Send(
        $"<iq from='{from}' to='turn.shakespeare.lit' type='set' id='outer'><delegation xmlns='{version}'>"
        + $"<forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></delegation></iq>");

    /// <summary>The answer to it: always an outer result (an outer error leaves ejabberd's client without any).</summary>
    public Task ExpectDelegated(string inner, string version = "urn:xmpp:delegation:2") => Server.Expect(
        $"<iq from='turn.shakespeare.lit' to='shakespeare.lit' type='result' id='outer'><delegation xmlns='{version}'>"
        + $"<forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></delegation></iq>");

    public async ValueTask DisposeAsync()
    {
        var stopping = App.StopAsync();
        await Server.DisposeAsync();
        while (!stopping.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stopping, Task.Delay(1));
        }
        await stopping;
        await App.DisposeAsync();
        _log.Dispose();
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly System.Text.StringBuilder _lines = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.AppendLine(formatter(state, exception)).Append(exception);
        }

        public void Dispose()
        {
        }

        public override string ToString()
        {
            lock (_lines)
                return _lines.ToString();
        }
    }
}
