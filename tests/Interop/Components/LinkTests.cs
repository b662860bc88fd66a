using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Components;

/// <summary>The link to the real servers: what breaks it, what the operator reads, and that it comes back by itself.</summary>
public sealed class LinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly XmppServerOptions WithMuc = new()
    {
        Components = new Dictionary<string, string> { ["muc.annex.test"] = Suite.Secret },
    };

    [Fact]
    public async Task After_a_kill_of_Prosody_the_component_is_back_by_itself_with_one_line_down_and_one_up()
    {
        await using var server = await ProsodyServer.StartAsync(WithMuc);
        await using var suite = await Suite.StartAsync(server.Domain, server.ComponentPort, ["Muc"]);
        await suite.WaitUntilConnectedAsync("Muc");

        await server.KillAsync();
        await suite.Log.WaitForAsync("Muc is down", 1, Patience);
        await server.StartAgainAsync();
        await suite.Log.WaitForAsync("Muc is connected", 2, Patience);

        Assert.Single(suite.Log.Containing("Muc is down"));
        Assert.Equal(2, suite.Log.Containing("Muc is connected").Count);
        Assert.Empty(suite.Log.Containing("Muc cannot reach"));
    }

    [Fact]
    public async Task After_a_restart_of_ejabberd_the_component_is_back_by_itself()
    {
        await using var server = await EjabberdServer.StartAsync(WithMuc);
        await using var suite = await Suite.StartAsync(server.Domain, server.ComponentPort, ["Muc"]);
        await suite.WaitUntilConnectedAsync("Muc");

        await server.RestartAsync();
        await suite.Log.WaitForAsync("Muc is connected", 2, Patience);

        Assert.Single(suite.Log.Containing("Muc is down"));
    }

    [Fact]
    public async Task A_wrong_secret_gives_one_line_that_names_the_key()
    {
        await using var server = await ProsodyServer.StartAsync(WithMuc);
        var wrong = new Dictionary<string, string?> { ["Muc:Component:Secret"] = "a-wrong-one" };
        await using var suite = await Suite.StartAsync(server.Domain, server.ComponentPort, ["Muc"], wrong);

        await suite.Log.WaitForAsync("refuses the secret", 1, Patience);

        var line = Assert.Single(suite.Log.Containing("Muc:Component:"));
        Assert.Contains("Muc:Component:Secret", line, StringComparison.Ordinal);
        Assert.Empty(suite.Log.Containing("a-wrong-one"));
    }

    [Fact]
    public async Task A_wrong_secret_at_ejabberd_names_the_key_and_that_the_address_may_be_unknown()
    {
        await using var server = await EjabberdServer.StartAsync(WithMuc);
        var wrong = new Dictionary<string, string?> { ["Muc:Component:Secret"] = "a-wrong-one" };
        await using var suite = await Suite.StartAsync(server.Domain, server.ComponentPort, ["Muc"], wrong);

        await suite.Log.WaitForAsync("refuses the secret", 1, Patience);

        Assert.Contains("muc.annex.test", Assert.Single(suite.Log.Containing("Muc:Component:Secret")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_Prosody_does_not_know_gives_one_line_that_names_the_key()
    {
        await using var server = await ProsodyServer.StartAsync(WithMuc);
        var elsewhere = new Dictionary<string, string?> { ["Muc:Component:Jid"] = "rooms.annex.test" };
        await using var suite = await Suite.StartAsync(server.Domain, server.ComponentPort, ["Muc"], elsewhere);

        await suite.Log.WaitForAsync("does not know the component rooms.annex.test", 1, Patience);

        Assert.Contains("Muc:Component:Jid", Assert.Single(suite.Log.Containing("Muc:Component:")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_connection_gives_one_line_that_names_the_keys_and_heals_when_the_server_starts()
    {
        await using var server = await ProsodyServer.StartAsync(WithMuc);
        await server.StopAsync();
        await using var suite = await Suite.StartAsync(server.Domain, server.ComponentPort, ["Muc"]);
        await suite.Log.WaitForAsync("Muc cannot reach", 1, Patience);

        await server.StartAgainAsync();
        await suite.WaitUntilConnectedAsync("Muc");

        var line = Assert.Single(suite.Log.Containing("Muc cannot reach"));
        Assert.Contains("Muc:Component:Host", line, StringComparison.Ordinal);
        Assert.Contains("Muc:Component:Port", line, StringComparison.Ordinal);
    }
}
