namespace Annex.Testing.Servers;

/// <summary>A private coturn with shared-secret credentials.</summary>
public sealed class CoturnServer : IAsyncDisposable
{
    private readonly ServerProcess _server;

    private CoturnServer(ServerProcess server, string secret)
    {
        _server = server;
        Secret = secret;
    }

    /// <summary>UDP and TCP, STUN and TURN.</summary>
    public int Port => _server.Port("port");

    public string Secret { get; }

    public static async Task<CoturnServer> StartAsync(string secret, CancellationToken cancellationToken = default) =>
        new(await ServerProcess.StartAsync("coturn", [new("secret", secret)], cancellationToken), secret);

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) => _server.KillAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => _server.StopAsync(cancellationToken);

    /// <summary>After a stop or a kill: the same port and secret.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) =>
        _server.StartAgainAsync(cancellationToken);

    public Task RestartAsync(CancellationToken cancellationToken = default) => _server.RestartAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
