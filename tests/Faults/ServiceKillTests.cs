using System.Security.Cryptography;
using System.Text;
using Annex.Interop.Muc;
using Annex.Testing.Servers;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Faults;

/// <summary>kill -9 of search and of turn-discovery under load. (Those of muc, push and upload: tests/Interop.)</summary>
public sealed class ServiceKillTests(ITestOutputHelper output)
{
    private const string Juliet = "juliet@example.org/balcony";
    private const int Kills = 2;

    [Fact]
    public async Task A_directory_that_was_killed_lists_every_public_room_and_no_other()
    {
        await using var rabbit = await RabbitMqServer.StartAsync();
        var postgres = await PostgresServer.SharedAsync();
        var (mucDatabase, searchDatabase) = (await postgres.CreateDatabaseAsync(), await postgres.CreateDatabaseAsync());
        var bus = ("Bus__RabbitMq", rabbit.Uri.ToString());
        var calls = $"127.0.0.1:{FreePorts.Next()}";
        await using var muc = await ServiceConversation.StartAsync(port => ServiceProcess.StartMuc(mucDatabase, port, bus,
            ("Muc__Rpc__Listen", calls), ("Muc__MaxRoomsPerUser", "0"), ("Muc__MaxJoinedPerUser", "0")));
        await using var search = await ServiceConversation.StartAsync(port => ServiceProcess.Start("Search", "search.example.org",
            searchDatabase, port, bus, ("Search__Http__Listen", "127.0.0.1:0"), ("Peers__Muc", $"http://{calls}")));
        using var enough = new CancellationTokenSource();
        var making = MakeRoomsAsync(muc, enough.Token);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(RandomNumberGenerator.GetInt32(300, 900));
            await search.KillAndRestartAsync();
        }
        await enough.CancelAsync();
        var wanted = await making;
        var (missing, extra) = (-1, -1);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((missing, extra) != (0, 0) && !limit.IsCancellationRequested)
        {
            var listed = await ListedAsync(searchDatabase);
            (missing, extra) = (wanted.Except(listed).Count(), listed.Except(wanted).Count());
            await Task.Delay(100, CancellationToken.None);
        }
        output.WriteLine($"{Kills} kills, {wanted.Count} public rooms; not listed {missing}, listed and not public {extra}");
        Assert.Equal((0, 0), (missing, extra));
    }

    [Fact]
    public async Task After_a_kill_of_turn_discovery_everybody_is_answered_and_what_was_given_out_before_is_still_good()
    {
        const string secret = "the secret of the TURN server";
        await using var turn = await ServiceConversation.StartAsync(port => ServiceProcess.Start("TurnDiscovery", "turn.example.org",
            "Host=127.0.0.1;Port=1", port, ("TurnDiscovery__Http__Listen", "127.0.0.1:0"), ("TurnDiscovery__Secrets__0__Secret", secret),
            ("TurnDiscovery__Services__0__Type", "turn"), ("TurnDiscovery__Services__0__Host", "turn.example.org"),
            ("TurnDiscovery__Services__0__Check", "false")));
        var (answered, wrong) = (0, 0);
        for (var round = 0; round <= Kills; round++)
        {
            if (round > 0)
                await turn.KillAndRestartAsync();
            for (var user = 0; user < 50; user++)
            {
                var answer = await turn.AskAsync($"user{user}@example.org/r{round}", "turn.example.org", "get", "<services xmlns='urn:xmpp:extdisco:2'/>");
                var service = answer.Child("services", "urn:xmpp:extdisco:2")?.Child("service");
                answered++;
                wrong += service is not null && service["password"] == PasswordFor(secret, service["username"]!) ? 0 : 1;
            }
        }
        output.WriteLine($"{Kills} kills, {answered} answers, {wrong} of them wrong");
        Assert.Equal(0, wrong);
    }

    /// <summary>As the TURN server computes it: what it accepts does not depend on the process that gave it out.</summary>
    private static string PasswordFor(string secret, string username) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(username)));

    /// <returns>The rooms that are public in the end.</returns>
    private static async Task<List<string>> MakeRoomsAsync(ServiceConversation muc, CancellationToken enough)
    {
        var rooms = new List<string>();
        for (var n = 0; !enough.IsCancellationRequested; n++)
        {
            var room = $"room{n}@muc.example.org";
            await muc.SendAsync($"<presence from='{Juliet}' to='{room}/juliet'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
            await muc.ConfigureAsync(Juliet, room, ("roomname", "Verona"), ("persistentroom", "1"), ("publicroom", "1"));
            rooms.Add(room);
            if (n % 3 != 2)
                continue;
            // One that was public a moment ago is hidden.
            var hidden = rooms[n / 2 % rooms.Count];
            await muc.ConfigureAsync(Juliet, hidden, ("roomname", "Verona"), ("persistentroom", "1"), ("publicroom", "0"));
            rooms.Remove(hidden);
        }
        return rooms;
    }

    private static async Task<List<string>> ListedAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select jid from search.rooms where is_listed");
        await using var reader = await command.ExecuteReaderAsync();
        var rooms = new List<string>();
        while (await reader.ReadAsync())
            rooms.Add(reader.GetString(0));
        return rooms;
    }
}
