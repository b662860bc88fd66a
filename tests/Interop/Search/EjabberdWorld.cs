using Annex.Testing.Servers;

namespace Annex.Interop.Search;

/// <summary>On ejabberd.</summary>
public sealed class EjabberdWorld : SearchWorld
{
    private EjabberdServer _server = null!;

    public override string Name => "ejabberd";

    // 23.01 tells it in presence alone, which needs a join.
    public override bool TellsPictures => false;

    public override string WebSocket => $"ws://127.0.0.1:{_server.HttpPort}/ws";

    protected override int ClientPort => _server.ClientPort;

    protected override int ComponentPort => _server.ComponentPort;

    protected override async Task StartServerAsync() => _server = await EjabberdServer.StartAsync(Options);

    protected override Task StopServerAsync() => _server.DisposeAsync().AsTask();
}
