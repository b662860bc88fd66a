namespace Annex.Testing.Servers;

/// <summary>A real S3 (Ceph's object gateway over storage in memory). Its start takes more than ten seconds: share it.
/// A stop or a kill loses what it holds; to play an outage, pause it.</summary>
public sealed class CephServer : IAsyncDisposable
{
    private static readonly Lazy<Task<CephServer>> SharedServer = new(() => StartAsync(CancellationToken.None));
    private readonly ServerProcess _server;

    private CephServer(ServerProcess server) => _server = server;

    public Uri Url => new(_server["url"]);

    public string AccessKey => _server["access_key"];

    public string SecretKey => _server["secret_key"];

    /// <summary>One gateway for all tests of this process, ended with it. Take a bucket of your own; never stop it.</summary>
    public static Task<CephServer> SharedAsync() => SharedServer.Value;

    public static async Task<CephServer> StartAsync(CancellationToken cancellationToken = default) =>
        new(await ServerProcess.StartAsync("ceph", [], cancellationToken));

    /// <summary>SIGSTOP: connections stay open and nothing answers, until <see cref="ResumeAsync"/>.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) => _server.PauseAsync(cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken = default) => _server.ResumeAsync(cancellationToken);

    /// <summary>SIGKILL; <see cref="StartAgainAsync"/> then starts an empty one on the same port.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) => _server.KillAsync(cancellationToken);

    public Task StartAgainAsync(CancellationToken cancellationToken = default) =>
        _server.StartAgainAsync(cancellationToken);

    /// <summary>SIGKILL for the gateway alone, the process that speaks S3: what is stored stays.</summary>
    public Task KillGatewayAsync(CancellationToken cancellationToken = default) =>
        _server.CommandAsync("kill-front", "killed", cancellationToken);

    public Task StartGatewayAsync(CancellationToken cancellationToken = default) =>
        _server.CommandAsync("start-front", "ready", cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
