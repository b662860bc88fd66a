using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Annex.Scenarios.Upload;
using Annex.Search.Crawler;
using Annex.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Interop.Search;

/// <summary>The directory as real clients use it, on a real server, with rooms of our muc and of the server's own.</summary>
public abstract partial class DirectoryConversations(SearchWorld world)
{
    [Fact]
    public async Task A_room_made_public_is_found_and_one_hidden_or_destroyed_is_gone()
    {
        var output = await world.RunClientAsync("life");
        // How long it took is measured, and told in docs/search.md; a machine under load may take longer than a second.
        Assert.Equal(4, After().Count(output));
        Assert.Contains("'key', 'min_users', 'q'", output, StringComparison.Ordinal);
        Console.WriteLine($"{world.Name}:\n{output}");

        // A client that only reads disco#items and disco#info of the service finds the other room, too.
        Assert.Contains("room kelp@muc.annex.test Kelp forest True", await world.RunClientAsync("local"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rooms_of_the_server_s_own_service_are_crawled_and_only_those_that_anyone_may_find_and_join()
    {
        await world.RunClientAsync("others");
        await world.CrawlAsync("conference.annex.test", async () => (await world.FindAsync("cormorant")).Length > 0);
        Assert.Equal(["listed@conference.annex.test"], await world.FindAsync("cormorant"));
        Assert.Equal(["listed@conference.annex.test"], await world.FindAsync("fishing"));

        if (!world.TellsPictures)
            return;
        // Its picture is fetched from the room itself, and served.
        var avatars = world.Services.GetRequiredService<AvatarLoop>();
        using var http = new HttpClient { BaseAddress = world.Http };
        await Eventually.IsTrueAsync(async () =>
        {
            await avatars.FetchMissingAsync(CancellationToken.None);
            using var reply = await http.GetAsync("/avatar/v1/listed@conference.annex.test");
            return reply.IsSuccessStatusCode && reply.Content.Headers.ContentType!.MediaType == "image/png";
        });
    }

    [Fact]
    public async Task Converse_finds_a_room_in_its_dialog()
    {
        // It asks for rooms with somebody in them.
        using var enough = new CancellationTokenSource();
        var staying = world.RunClientAsync("stay", enough.Token);
        await Eventually.IsTrueAsync(async () => (await world.FindAsync("pelican", minOccupants: 1)).Length == 1);
        var shots = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts")).FullName;
        var output = await NodeProgram.RunAsync("tests/Interop/Search/node", "converse.mjs", world.WebSocket, "ann@annex.test",
            "anns-password", "api@search.annex.test", "pelic", Path.Combine(shots, $"converse-search-{world.Name}.png"));
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => staying);
        Assert.Equal("offered Pelican pod (pelican@muc.annex.test)", output.Trim());
    }

    [Fact]
    public async Task Conversations_two_calls_are_answered_as_it_reads_them()
    {
        await world.RunClientAsync("pelican");
        await Eventually.IsTrueAsync(async () => (await world.FindAsync("pelican")).Length == 1);
        // What its HTTP library puts on the wire, octet by octet.
        var listed = await CallAsync("GET /api/1.0/rooms/unsafe?p=1 HTTP/1.1\r\nHost: {0}\r\nConnection: close\r\n"
            + "Accept-Encoding: gzip;q=0\r\nUser-Agent: Conversations/2.12.1\r\n\r\n");
        Assert.Contains(listed.GetProperty("items").EnumerateArray(), IsPelican);
        const string Body = "{\"keywords\":[\"pelican pod\"]}";
        var found = await CallAsync("POST /api/1.0/search HTTP/1.1\r\nContent-Type: application/json; charset=UTF-8\r\n"
            + $"Content-Length: {Body.Length}\r\nHost: {{0}}\r\nConnection: close\r\nUser-Agent: Conversations/2.12.1\r\n\r\n" + Body.Replace("{", "{{").Replace("}", "}}"));
        Assert.True(IsPelican(Assert.Single(found.GetProperty("result").GetProperty("items").EnumerateArray())));
    }

    // Gson reads nusers into an int and breaks on anything else.
    private static bool IsPelican(JsonElement room) => room.GetProperty("address").GetString() == "pelican@muc.annex.test"
        && room.GetProperty("name").GetString() == "Pelican pod" && room.GetProperty("description").GetString() == "Wide beaks"
        && room.GetProperty("language").GetString() == "en" && room.GetProperty("nusers").GetRawText().All(char.IsAsciiDigit);

    private async Task<JsonElement> CallAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(world.Http.Host, world.Http.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, request, world.Http.Authority)));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var reply = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200", reply, StringComparison.Ordinal);
        return JsonDocument.Parse(reply[(reply.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).RootElement;
    }

    [GeneratedRegex(@"(found|gone) after \d+ ms")]
    private static partial Regex After();
}
