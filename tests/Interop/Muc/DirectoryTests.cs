using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>Muc and search as two processes: the events of rooms over RabbitMQ, the first list over gRPC.</summary>
public sealed class DirectoryTests
{
    private const string Juliet = "juliet@example.org/balcony";
    private const string Search = "urn:xmpp:channel-search:0:search";

    [Fact]
    public async Task Rooms_reach_the_directory_late_and_complete_when_broker_and_services_are_stopped_and_killed()
    {
        await using var rabbit = await RabbitMqServer.StartAsync();
        var postgres = await PostgresServer.SharedAsync();
        var (mucDatabase, searchDatabase) = (await postgres.CreateDatabaseAsync(), await postgres.CreateDatabaseAsync());
        var bus = ("Bus__RabbitMq", rabbit.Uri.ToString());
        var calls = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Next()}");
        await using var muc = await ServiceConversation.StartAsync(port =>
            ServiceProcess.StartMuc(mucDatabase, port, bus, ("Muc__Rpc__Listen", calls)));
        // Search starts with nothing and finds this one by a call.
        await MakeRoomAsync(muc, "early", "Verona");
        await using var search = await ServiceConversation.StartAsync(port => ServiceProcess.Start("Search", "search.example.org",
            searchDatabase, port, bus, ("Search__Http__Listen", "127.0.0.1:0"), ("Peers__Muc", $"http://{calls}")));
        await UntilAsync(search, "early", isListed: true);

        await MakeRoomAsync(muc, "second", "Verona");
        await UntilAsync(search, "second", isListed: true);

        await rabbit.StopAsync();
        await MakeRoomAsync(muc, "during", "Verona");
        await HideAsync(muc, "second");
        // Search watches muc's rooms by a call too: what no event tells is there all the same.
        await UntilAsync(search, "during", isListed: true);
        await UntilAsync(search, "second", isListed: false);
        await muc.KillAndRestartAsync();
        await rabbit.StartAgainAsync();
        // The events of before come late, and are old.
        await Hosting.Sql.UntilAsync(mucDatabase, "not exists (select from muc.outbox)");
        await UntilAsync(search, "during", isListed: true);
        await UntilAsync(search, "second", isListed: false);

        await HideAsync(muc, "during");
        await search.KillAndRestartAsync();
        await UntilAsync(search, "during", isListed: false);
        await UntilAsync(search, "early", isListed: true);
    }

    private static async Task MakeRoomAsync(ServiceConversation muc, string name, string title)
    {
        var room = $"{name}@muc.example.org";
        await muc.SendAsync($"<presence from='{Juliet}' to='{room}/juliet'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        await muc.ReceiveAsync(e => e.Name == "presence" && e["from"] == $"{room}/juliet" && e["to"] == Juliet);
        await muc.ConfigureAsync(Juliet, room, ("roomname", title), ("persistentroom", "1"), ("publicroom", "1"));
    }

    private static Task<Annex.Xmpp.Xml.Element> HideAsync(ServiceConversation muc, string name) =>
        muc.ConfigureAsync(Juliet, $"{name}@muc.example.org", ("roomname", "Verona"), ("persistentroom", "1"), ("publicroom", "0"));

    private static async Task UntilAsync(ServiceConversation search, string name, bool isListed)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((await FindAsync(search)).Contains($"{name}@muc.example.org") != isListed)
            await Task.Delay(500, limit.Token); // search limits how often one may ask
    }

    private static async Task<List<string?>> FindAsync(ServiceConversation search)
    {
        var answer = await search.AskAsync(Juliet, "search.example.org", "get", $"<search xmlns='{Search}'><x xmlns='jabber:x:data' type='submit'>"
            + "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:channel-search:0:search-params</value></field>"
            + "<field var='q'><value>verona</value></field><field var='sinname'><value>1</value></field></x></search>");
        if (answer["type"] == "error" && answer.Child("error")!["type"] != "wait")
            throw new InvalidOperationException(answer.ToString());
        return [.. answer.Child("result", Search)?.ChildrenNamed("item").Select(i => i["address"]) ?? []];
    }
}
