namespace Annex.Testing.Servers;

/// <summary>A private Prosody.</summary>
public sealed class ProsodyServer : IAsyncDisposable
{
    private readonly ServerProcess _server;

    private ProsodyServer(ServerProcess server) => _server = server;

    public string Domain => _server["domain"];

    /// <summary>Clients, without TLS, SASL PLAIN allowed.</summary>
    public int ClientPort => _server.Port("c2s_port");

    public int ComponentPort => _server.Port("component_port");

    /// <summary>BOSH and WebSocket.</summary>
    public int HttpPort => _server.Port("http_port");

    /// <summary>The server's own log so far.</summary>
    public string Log => File.ReadAllText(Path.Combine(_server["dir"], "prosody.log"));

    public static async Task<ProsodyServer> StartAsync(
        XmppServerOptions options, CancellationToken cancellationToken = default) =>
        new(await ServerProcess.StartAsync("prosody", options.Settings(), cancellationToken));

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) => _server.KillAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => _server.StopAsync(cancellationToken);

    /// <summary>After a stop or a kill: the same ports, accounts and configuration.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) =>
        _server.StartAgainAsync(cancellationToken);

    public Task RestartAsync(CancellationToken cancellationToken = default) => _server.RestartAsync(cancellationToken);

    /// <summary>SIGSTOP: connections stay open and nothing answers, until <see cref="ResumeAsync"/>.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) => _server.PauseAsync(cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken = default) => _server.ResumeAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
