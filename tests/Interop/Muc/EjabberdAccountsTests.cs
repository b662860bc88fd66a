using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Annex.Contracts.Muc.V1;
using Annex.Interop.Together;
using Annex.Testing.Servers;
using Grpc.Core;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>deploy/ejabberd/forget-removed-accounts with the real annexctl on a real ejabberd.</summary>
public sealed class EjabberdAccountsTests
{
    private static readonly XmppServerOptions Options = new()
    {
        Users = new Dictionary<string, string> { ["ann"] = "pw-ann", ["bea"] = "pw-bea", ["cid"] = "pw-cid" },
        Components = new Dictionary<string, string> { [AttachedMuc.Component] = AttachedMuc.Secret },
    };

    [Fact]
    public async Task Accounts_that_ejabberd_does_not_have_any_more_are_forgotten_and_the_others_stay()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        var calls = FreePorts.Next();
        await using var muc = await AttachedMuc.StartAsync(server.ComponentPort, null,
            ("Muc:Rpc:Listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{calls}")));
        var rooms = new RoomDirectory.RoomDirectoryClient(muc.Calls);
        await rooms.CreateRoomAsync(new CreateRoomRequest
        {
            Room = $"all@{AttachedMuc.Component}",
            Owners = { "ann@annex.test", "bea@annex.test", "cid@annex.test" },
        });

        var (code, output) = await RemovalScript.RunAsync(server.HttpPort, calls, "--unregister", "ann", "annex.test");
        Assert.True(code == 0, output);
        Assert.Equal(["bea@annex.test", "cid@annex.test"], await KnownAsync(muc));

        await UnregisterAsync(server, "bea");
        (code, output) = await RemovalScript.RunAsync(server.HttpPort, calls, "annex.test");
        Assert.True(code == 0, output);
        Assert.Equal(["cid@annex.test"], await KnownAsync(muc));

        await server.StopAsync();
        (code, output) = await RemovalScript.RunAsync(server.HttpPort, calls, "annex.test");
        Assert.True(code == 1, output);
        Assert.Equal(["cid@annex.test"], await KnownAsync(muc));
    }

    private static async Task UnregisterAsync(EjabberdServer server, string user)
    {
        using var http = new HttpClient();
        using var body = new StringContent($$"""{"user":"{{user}}","host":"annex.test"}""", Encoding.UTF8, "application/json");
        (await http.PostAsync(new Uri($"http://127.0.0.1:{server.HttpPort}/api/unregister"), body)).EnsureSuccessStatusCode();
    }

    private static async Task<List<string>> KnownAsync(AttachedMuc muc)
    {
        var known = new List<string>();
        using var call = new AccountErasure.AccountErasureClient(muc.Calls).ListAccounts(new ListAccountsRequest { Domain = "annex.test" });
        await foreach (var account in call.ResponseStream.ReadAllAsync())
            known.Add(account.Jid);
        return known;
    }
}
