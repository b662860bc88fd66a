using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>What the moderation desk decided outlives kill -9, on the real PostgreSQL; all by an operator's and an owner's
/// ad-hoc commands.</summary>
public sealed class DeskRestartTests : IAsyncLifetime
{
    private const string Room = "desk@muc.example.org";
    private const string Prince = "prince@example.org/palace";
    private const string Juliet = "juliet@example.org/balcony";
    private const string Romeo = "romeo@example.org/orchard";
    private const string Tybalt = "tybalt@example.org/street";
    private const string Paris = "paris@example.org/churchyard";
    private const string Commands = "http://jabber.org/protocol/commands";

    private ServiceConversation _muc = null!;

    public async Task InitializeAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _muc = await ServiceConversation.StartAsync(port =>
            ServiceProcess.StartMuc(database, port, ("Admins__0", "prince@example.org")));
    }

    public Task DisposeAsync() => _muc.DisposeAsync().AsTask();

    [Fact]
    public async Task Mutes_bans_avatars_and_the_audit_log_outlive_the_process_and_ends_come_after_it()
    {
        await _muc.JoinAsync(Juliet, Room, "juliet");
        await _muc.ConfigureAsync(Juliet, Room, ("persistentroom", "1"));
        await _muc.AskAsync(Juliet, Room, "set", "<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>aGVsbG8=</BINVAL></PHOTO></vCard>");
        await _muc.JoinAsync(Romeo, Room, "romeo");
        await RunAsync(Juliet, Room, "room:mute", ("who", "romeo"), ("reason", "sighs"), ("duration", "3s"));
        await RunAsync(Juliet, Room, "room:ban", ("jid", "tybalt@example.org"), ("duration", "7d"));
        await RunAsync(Prince, "muc.example.org", "service:ban", ("jid", "paris@example.org"), ("reason", "A brawl."), ("duration", "1h"));

        await _muc.KillAndRestartAsync();

        Assert.Contains("forbidden", await RefusalOfAsync(Tybalt), StringComparison.Ordinal);
        Assert.Contains("A brawl.", await RefusalOfAsync(Paris), StringComparison.Ordinal);
        var card = await _muc.AskAsync(Juliet, Room, "get", "<vCard xmlns='vcard-temp'/>");
        Assert.Contains("aGVsbG8=", card.ToString(), StringComparison.Ordinal);
        // Romeo's mute ran out meanwhile or does so now.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var heard = false; !heard;)
        {
            limit.Token.ThrowIfCancellationRequested();
            await _muc.SendAsync($"<message type='groupchat' id='m' from='{Romeo}' to='{Room}'><body>light</body></message>");
            var answer = await _muc.ReceiveAsync(e => e.Name == "message" && e["to"] == Romeo && e["id"] == "m");
            heard = answer["type"] == "groupchat";
            if (!heard)
                await Task.Delay(200, limit.Token);
        }
        var audit = await RunAsync(Juliet, Room, "room:audit");
        foreach (var action in (string[])["create", "avatar", "mute", "ban", "unmute"])
            Assert.Contains($">{action}<", audit, StringComparison.Ordinal);
        Assert.Contains("sighs", audit, StringComparison.Ordinal);
        Assert.Contains("service-ban", await RunAsync(Prince, "muc.example.org", "service:audit"), StringComparison.Ordinal);

        Assert.Contains("is lifted", await RunAsync(Prince, "muc.example.org", "service:unban", ("jid", "paris@example.org")), StringComparison.Ordinal);
        await _muc.JoinAsync(Paris, Room, "paris");
        Assert.Contains("is erased", await RunAsync(Prince, "muc.example.org", "service:erase-account", ("jid", "romeo@example.org")),
            StringComparison.Ordinal);
        await _muc.ReceiveAsync(e => e["to"] == Romeo && e["type"] == "unavailable");
    }

    private async Task<string> RefusalOfAsync(string user)
    {
        await _muc.SendAsync($"<presence from='{user}' to='{Room}/x'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        return (await _muc.ReceiveAsync(e => e["to"] == user && e["type"] == "error")).ToString();
    }

    /// <summary>Runs a command: what it says at the end.</summary>
    private async Task<string> RunAsync(string user, string to, string name, params (string Var, string Value)[] fields)
    {
        var command = $"<command xmlns='{Commands}' node='urn:annex:muc:{name}'";
        var first = await _muc.AskAsync(user, to, "set", command + "/>");
        if (fields.Length == 0)
            return first.ToString();
        var session = first.Child("command", Commands)?["sessionid"] ?? throw new InvalidOperationException(first.ToString());
        var form = string.Concat(fields.Select(f => $"<field var='{f.Var}'><value>{f.Value}</value></field>"));
        var last = await _muc.AskAsync(user, to, "set",
            $"{command} sessionid='{session}'><x xmlns='jabber:x:data' type='submit'>{form}</x></command>");
        Assert.Equal("completed", last.Child("command", Commands)?["status"]);
        return last.ToString();
    }
}
