using System.Collections.Concurrent;
using Annex.Testing;
using Annex.Testing.Scripted;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;

namespace Annex.Scenarios.Wire;

/// <summary>A bare component with a ping and an echo, its server, its clock and what it reported.</summary>
internal sealed class WireFixture : IAsyncDisposable
{
    private readonly ConcurrentQueue<LinkReport> _reports = new();

    public WireFixture(Action<ComponentOptions>? configure = null)
    {
        Options = Server.Options;
        configure?.Invoke(Options);
        Router.OnIq(StanzaType.Get, "urn:xmpp:ping", "ping", static (in StanzaContext context) => context.Result(), "urn:xmpp:ping");
        Router.OnIq(StanzaType.Get, "urn:test", "fail",
            static (in StanzaContext context) => throw new InvalidOperationException("a defect"));
        Connection = new ComponentConnection(Options, Router, Server.ConnectAsync, Time);
        Connection.Changed += _reports.Enqueue;
    }

    public ScriptedServer Server { get; } = new("echo.example.org");

    public ManualTime Time { get; } = new();

    public StanzaRouter Router { get; } = new();

    public ComponentOptions Options { get; }

    public ComponentConnection Connection { get; }

    public IReadOnlyCollection<LinkReport> Reports => _reports;

    public static async Task<WireFixture> ConnectedAsync(Action<ComponentOptions>? configure = null)
    {
        var fixture = new WireFixture(configure);
        fixture.Connection.Start();
        await fixture.Server.AcceptAsync();
        await fixture.UntilAsync(LinkState.Up);
        return fixture;
    }

    public async Task UntilAsync(LinkState state)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await Connection.WaitForStateAsync(state, limit.Token);
    }

    /// <summary>Lets so much time pass once the connection waits for the clock.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await Time.WhenAwaitedAsync();
        Time.Advance(time);
    }

    /// <summary>Lets time pass in small steps until the component tries again.</summary>
    public async Task UntilNextAttemptAsync()
    {
        var before = Server.Attempts;
        while (Server.Attempts == before)
        {
            await PassAsync(TimeSpan.FromMilliseconds(250));
            await Task.Delay(1);
        }
    }

    /// <summary>The link works in both directions.</summary>
    public async Task AssertAliveAsync()
    {
        var romeo = Server.User("romeo@example.net/orchard");
        await romeo.Send("<iq type='get' id='alive' to='echo.example.org'><ping xmlns='urn:xmpp:ping'/></iq>");
        await romeo.Expect("<iq type='result' id='alive' from='echo.example.org'/>");
    }

    public async ValueTask DisposeAsync()
    {
        // The clock stands still, so a close that would wait for a time-out has to be helped on.
        var closing = Connection.DisposeAsync().AsTask();
        await Server.DisposeAsync();
        while (!closing.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(closing, Task.Delay(1));
        }
        await closing;
    }
}
