using Annex.Contracts.Muc.V1;
using Annex.Testing.Servers;
using Grpc.Core;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>A real Prosody with mod_annex_accounts: a user deletes his account, and muc forgets him, also where it was away at
/// that moment.</summary>
public sealed class RemovedAccountTests
{
    private static readonly XmppServerOptions Options = new()
    {
        Users = new Dictionary<string, string> { ["ann"] = "pw-ann", ["bea"] = "pw-bea" },
        Components = new Dictionary<string, string> { [AttachedMuc.Component] = AttachedMuc.Secret },
        HostLines = $"""
              modules_enabled = {"{"} "annex_accounts" {"}"}
              annex_accounts_component = "{AttachedMuc.Component}"
              annex_accounts_retry = 1
            """,
    };

    [Fact]
    public async Task An_account_deleted_on_Prosody_is_forgotten_at_once_or_when_Annex_is_back()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using (var muc = await AttachedMuc.StartAsync(server.ComponentPort, database))
        {
            await DeleteAsync(server.ClientPort, "ann", "anns");
            await UntilForgottenAsync(muc, "ann@annex.test");
            // Bea stays a member of a room while she is there and Annex is not.
            await new RoomDirectory.RoomDirectoryClient(muc.Calls).CreateRoomAsync(new CreateRoomRequest
            {
                Room = $"beas@{AttachedMuc.Component}",
                Owners = { "bea@annex.test" },
            });
        }
        await DeleteAsync(server.ClientPort, "bea", "-");
        await using (var muc = await AttachedMuc.StartAsync(server.ComponentPort, database))
            await UntilForgottenAsync(muc, "bea@annex.test");
    }

    private static async Task DeleteAsync(int clientPort, string name, string room)
    {
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Muc/python/delete_account.py",
            ["127.0.0.1", $"{clientPort}", AttachedMuc.Component, "annex.test", name, room], TimeSpan.FromMinutes(2));
        Assert.True(exitCode == 0 && output.Contains("deleted", StringComparison.Ordinal), output);
    }

    private static async Task UntilForgottenAsync(AttachedMuc muc, string account)
    {
        var accounts = new AccountErasure.AccountErasureClient(muc.Calls);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var found = false;
            using var call = accounts.ListAccounts(new ListAccountsRequest { Domain = "annex.test" });
            await foreach (var one in call.ResponseStream.ReadAllAsync(limit.Token))
                found |= one.Jid == account;
            if (!found)
                return;
            await Task.Delay(100, limit.Token);
        }
    }
}
