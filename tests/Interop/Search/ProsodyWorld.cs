using Annex.Testing.Servers;

namespace Annex.Interop.Search;

/// <summary>On Prosody.</summary>
public sealed class ProsodyWorld : SearchWorld
{
    private ProsodyServer _server = null!;

    public override string Name => "prosody";

    public override bool TellsPictures => true;

    public override string WebSocket => $"ws://127.0.0.1:{_server.HttpPort}/xmpp-websocket";

    protected override int ClientPort => _server.ClientPort;

    protected override int ComponentPort => _server.ComponentPort;

    protected override async Task StartServerAsync() => _server = await ProsodyServer.StartAsync(Options);

    protected override Task StopServerAsync() => _server.DisposeAsync().AsTask();
}
