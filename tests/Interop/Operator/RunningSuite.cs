using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Operator;

/// <summary>All five services on a Prosody with the operators' snippet, as ./run has them; for tests that disturb nothing.</summary>
public sealed class RunningSuite : IAsyncLifetime
{
    public ProsodyServer Prosody { get; private set; } = null!;

    internal Suite Suite { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Prosody = await ProsodyServer.StartAsync(new XmppServerOptions
        {
            Users = new Dictionary<string, string> { ["ann"] = "anns-password", ["bea"] = "beas-password" },
            SnippetSecret = Annex.Interop.Suite.Secret,
        });
        Suite = await Annex.Interop.Suite.StartAsync(Prosody.Domain, Prosody.ComponentPort);
        await Suite.WaitUntilConnectedAsync([.. Suite.Components]);
    }

    public async Task DisposeAsync()
    {
        await Suite.DisposeAsync();
        await Prosody.DisposeAsync();
    }
}
