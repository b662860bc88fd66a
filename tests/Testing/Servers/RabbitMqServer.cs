namespace Annex.Testing.Servers;

/// <summary>A private RabbitMQ. Its start takes several seconds: share it where a test does not stop it.</summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private static readonly Lazy<Task<RabbitMqServer>> SharedServer = new(() => StartAsync(CancellationToken.None));
    private readonly ServerProcess _server;

    private RabbitMqServer(ServerProcess server) => _server = server;

    public int Port => _server.Port("port");

    /// <summary>As <c>Bus:RabbitMq</c> takes it.</summary>
    public Uri Uri => new(_server["uri"]);

    /// <summary>One broker for all tests of this process, ended with it. Never stop it: for that, start your own.</summary>
    public static Task<RabbitMqServer> SharedAsync() => SharedServer.Value;

    public static async Task<RabbitMqServer> StartAsync(CancellationToken cancellationToken = default) =>
        new(await ServerProcess.StartAsync("rabbitmq", [], cancellationToken));

    /// <summary>SIGKILL to the whole broker.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) => _server.KillAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => _server.StopAsync(cancellationToken);

    /// <summary>After a stop or a kill: the same port and queues.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) =>
        _server.StartAgainAsync(cancellationToken);

    public Task RestartAsync(CancellationToken cancellationToken = default) => _server.RestartAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
