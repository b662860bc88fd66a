using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Annex.Hosting.Web;
using Annex.Interop.Hosting;
using Annex.Testing;
using Annex.Testing.Servers;
using Npgsql;
using Xunit;

namespace Annex.Interop.Operator;

/// <summary>What an operator has every day: the command line, the status page, the metrics, clients of the calls, the newcomer's
/// page. One running suite for all.</summary>
public sealed partial class OperatorTests(RunningSuite running) : IClassFixture<RunningSuite>
{
    private static readonly string[] Dashboards = ["deploy/grafana/annex.json", "deploy/prometheus/alerts.yml"];

    [Fact]
    public async Task A_room_lives_and_ends_by_annexctl()
    {
        var room = "ctl@muc.annex.test";
        Assert.Equal(0, (await CtlAsync("rooms", "create", room, "--owner", "ann@annex.test", "--field", "roomname=By annexctl",
            "--field", "persistentroom=1")).ExitCode);
        var (exitCode, output, errors) = await CtlAsync("rooms", "list", "--contains", "ctl@", "--json");
        Assert.True(exitCode == 0, errors);
        using (var json = JsonDocument.Parse(output))
            Assert.Equal((room, "By annexctl"), json.RootElement.EnumerateArray().Select(r => (r.GetProperty("jid").GetString(), r.GetProperty("name").GetString())).Single());
        Assert.Contains("By annexctl", (await CtlAsync("rooms", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await CtlAsync("affiliations", "set", room, "bea@annex.test", "member")).ExitCode);
        var affiliations = (await CtlAsync("affiliations", "list", room)).Output;
        Assert.Matches("ann@annex.test +owner", affiliations);
        Assert.Matches("bea@annex.test +member", affiliations);
        Assert.Contains("Nobody is there", (await CtlAsync("occupants", "list", room)).Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await CtlAsync("rooms", "destroy", room, "--yes")).ExitCode);
        var gone = await CtlAsync("rooms", "show", room);
        Assert.Equal((4, ""), (gone.ExitCode, gone.Output));
    }

    [Fact]
    public async Task The_other_services_answer_annexctl()
    {
        foreach (var command in (string[])["files list", "files list --domain annex.test --purpose message", "files usage", "files usage ann@annex.test",
                     "files users", "files domains", "files blocked", "files mend", "devices list --gone", "devices networks", "turn servers",
                     "turn check", "index search --sort address --min-people 1 --closed --domain muc.annex.test",
                     "index status", "index search", "index domains", "index delisted", "bans list", "events list", "rooms audit"])
        {
            var (exitCode, output, errors) = await CtlAsync([.. command.Split(' '), "--json"]);
            Assert.True(exitCode == 0, $"{command}: {errors}");
            using var json = JsonDocument.Parse(output);
        }
        Assert.Equal(0, (await CtlAsync("bans", "add", "spam.example.org", "--reason", "spam", "--until", "7d")).ExitCode);
        Assert.Contains("spam.example.org", (await CtlAsync("bans", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await CtlAsync("bans", "remove", "spam.example.org")).ExitCode);
        Assert.Equal(4, (await CtlAsync("bans", "remove", "spam.example.org")).ExitCode);
    }

    [Fact]
    public async Task Files_devices_and_the_index_are_changed_by_annexctl()
    {
        Assert.Contains("0 files with 0 B are deleted", (await CtlAsync("files", "delete-domain", "nobody.example", "--yes")).Output, StringComparison.Ordinal);
        Assert.Contains("are gone", (await CtlAsync("files", "erase-user", "nobody@annex.test", "--yes")).Output, StringComparison.Ordinal);
        Assert.Equal(4, (await CtlAsync("files", "block", "https://upload.annex.test/nothing/here", "--yes")).ExitCode);
        var hash = new string('a', 64);
        Assert.Contains($"{hash} is blocked", (await CtlAsync("files", "block", hash, "--yes")).Output, StringComparison.Ordinal);
        Assert.Contains(hash, (await CtlAsync("files", "blocked", "--limit", "1")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await CtlAsync("files", "unblock", hash)).ExitCode);
        Assert.Equal(2, (await CtlAsync("files", "list", "--purpose", "fun")).ExitCode);
        var usage = (await CtlAsync("files", "usage")).Output;
        Assert.Matches("message +0 B.*a file up to .*kept", usage);
        Assert.DoesNotContain('\e', usage); // colours are for terminals

        Assert.Equal(2, (await CtlAsync("devices", "register", "ann@annex.test", "phone", "unifiedpush", "token", "--option", "nonsense")).ExitCode);
        var refused = await CtlAsync("devices", "register", "ann@annex.test", "phone", "nosuchnetwork", "token");
        Assert.True(refused.ExitCode == 1, refused.Output + refused.Errors);

        Assert.Equal(4, (await CtlAsync("index", "show", "nothing@muc.annex.test")).ExitCode);
        Assert.Contains("off: no seed", (await CtlAsync("index", "status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_says_who_is_well_and_failures_have_their_own_exit_codes()
    {
        var well = await CtlAsync("status", "--json");
        Assert.True(well.ExitCode == 0, well.Output + well.Errors);
        using (var json = JsonDocument.Parse(well.Output))
        {
            Assert.Equal(5, json.RootElement.GetArrayLength());
            Assert.All(json.RootElement.EnumerateArray(), s => Assert.True(s.GetProperty("isConnected").GetBoolean()));
        }
        Assert.Equal(2, (await CtlAsync("rooms", "lst")).ExitCode);
        Assert.Equal(2, (await CtlAsync("rooms", "destroy", "a@muc.annex.test")).ExitCode); // no --yes, nobody to ask
        var nobody = await CtlAsync("rooms", "list", "--set", $"Peers:Muc=http://127.0.0.1:{DoctorTests.FreePort()}");
        Assert.Equal(3, nobody.ExitCode);
        Assert.Contains("Peers:Muc", nobody.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shell_completes_commands_and_options()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "annexctl.dll");
        var words = (await Programs.RunAsync("dotnet", [program, "[suggest:6]", "rooms "], RepositoryRoot.Path)).Split('\n');
        Assert.Contains("list", words);
        Assert.Contains("destroy", words);
        Assert.Contains("complete -F", (await CtlAsync("completion", "bash")).Output, StringComparison.Ordinal);
        var script = (await CtlAsync("completion", "bash")).Output;
        var completed = await Programs.RunAsync("bash", ["-c", $$"""
            annexctl() { dotnet '{{program}}' "$@"; }
            {{script}}
            COMP_LINE='annexctl rooms des' COMP_POINT=18 COMP_WORDS=(annexctl rooms des) COMP_CWORD=2
            _annexctl annexctl; printf '%s\n' "${COMPREPLY[@]}"
            """], RepositoryRoot.Path);
        Assert.Equal("destroy", completed.Trim());
    }

    [Fact]
    public async Task An_event_that_stepped_aside_is_listed_shown_replayed_and_dropped()
    {
        var database = running.Suite.Settings["Database"]!;
        var ids = new List<long>();
        await using (var source = NpgsqlDataSource.Create(database))
        {
            // One that no release can digest, one that only has to be given to its consumer again, one that could not leave.
            foreach (var (consumer, type, body) in ((string, string, string)[])[("NoSuchConsumer", "RoomChanged", "{}"),
                         ("UserUnbannedConsumer", "UserUnbanned", """{"subject":"nobody@example.org"}"""), ("outbox", "UserUnbanned", """{"subject":"x@example.org"}""")])
            {
                await using var insert = source.CreateCommand(
                    "insert into push.event_errors (consumer, message_id, type, body, error, attempts) values ($1, gen_random_uuid(), $2, $3, 'planted', 5) returning id");
                insert.Parameters.Add(new() { Value = consumer });
                insert.Parameters.Add(new() { Value = type });
                insert.Parameters.Add(new() { Value = body });
                ids.Add((long)(await insert.ExecuteScalarAsync())!);
            }
        }
        var listed = (await CtlAsync("events", "list", "--service", "Push")).Output;
        Assert.Contains("NoSuchConsumer", listed, StringComparison.Ordinal);
        Assert.Contains("waits for you", listed, StringComparison.Ordinal);
        Assert.Contains("nobody@example.org", (await CtlAsync("events", "show", "Push", $"{ids[1]}")).Output, StringComparison.Ordinal);
        Assert.Contains("events failed", await GetAsync("Push", "/"), StringComparison.Ordinal);
        Assert.Equal(0, (await CtlAsync("events", "replay", "Push", $"{ids[1]}")).ExitCode);
        Assert.Equal(0, (await CtlAsync("events", "replay", "Push", $"{ids[2]}")).ExitCode);
        await Sql.UntilAsync(database, $"not exists (select from push.event_errors where id in ({ids[1]}, {ids[2]})) and not exists (select from push.outbox)");
        Assert.Equal(0, (await CtlAsync("events", "drop", "Push", $"{ids[0]}", "--yes")).ExitCode);
        Assert.Equal(4, (await CtlAsync("events", "show", "Push", $"{ids[0]}")).ExitCode);
        Assert.Equal(4, (await CtlAsync("events", "replay", "Push", "999999")).ExitCode);
    }

    [Fact]
    public async Task The_status_page_shows_every_service_without_a_script()
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(running.Suite.AddressOf("Muc", ListenerKind.Ops), "/"));
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; style-src 'self'", policy, StringComparison.Ordinal);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        Assert.Contains("muc.annex.test", page, StringComparison.Ordinal);
        Assert.Contains("rooms", page, StringComparison.Ordinal);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, answer.RequestMessage!.RequestUri) { Headers = { Host = "evil.example.org" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(rebound)).StatusCode);
    }

    [Fact]
    public async Task Off_loopback_the_status_page_asks_for_its_token()
    {
        const string Token = "the-token-of-the-operators";
        await using var open = await Suite.StartAsync("annex.test", 1, ["Muc"], new Dictionary<string, string?> { ["Muc:Ops:Listen"] = "0.0.0.0:0" });
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(open, null));
        await using var guarded = await Suite.StartAsync("annex.test", 1, ["Muc"],
            new Dictionary<string, string?> { ["Muc:Ops:Listen"] = "0.0.0.0:0", ["Muc:Ops:Token"] = Token });
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(guarded, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(guarded, new("Bearer", Token + "x")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(guarded, new("Bearer", Token)));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(guarded, new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"operator:{Token}")))));

        static async Task<HttpStatusCode> AskAsync(Suite suite, AuthenticationHeaderValue? authorization)
        {
            using var client = new HttpClient();
            client.DefaultRequestHeaders.Authorization = authorization;
            using var answer = await client.GetAsync($"http://127.0.0.1:{suite.AddressOf("Muc", ListenerKind.Ops).Port}/");
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Every_metric_of_the_dashboard_and_the_alerts_is_exported()
    {
        var exported = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match line in TypeLine().Matches(await GetAsync("Muc", "/metrics")))
            exported.Add(line.Groups[1].Value);
        foreach (var file in Dashboards)
        {
            var named = MetricName().Matches(await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, file)))
                .Select(m => m.Value).Where(n => n != "annex_test").ToHashSet();
            Assert.True(named.Count > 5, $"{file} names hardly anything");
            Assert.Empty(named.Except(exported).Select(n => $"{file}: {n}"));
        }
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, Dashboards[0])));
        Assert.True(dashboard.RootElement.GetProperty("panels").GetArrayLength() > 15);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task The_clients_of_the_documentation_run(string language)
    {
        var addresses = new[] { "Muc", "Upload" }.Select(s => running.Suite.AddressOf(s, ListenerKind.Rpc).Authority).ToArray();
        string[] arguments = [.. addresses, $"{language}@muc.annex.test", "ann@annex.test"];
        var protos = Path.Combine(RepositoryRoot.Path, "shared/Annex.Contracts/Protos");
        var clients = Path.Combine(RepositoryRoot.Path, "docs/clients");
        string output;
        if (language == "python")
        {
            var stubs = Directory.CreateTempSubdirectory("annex-stubs-").FullName;
            try
            {
                await Programs.RunAsync("/usr/bin/protoc", ["-I", protos, $"--python_out={stubs}", $"--grpc_out={stubs}",
                    "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin", .. Directory.GetFiles(protos, "*.proto", SearchOption.AllDirectories)], stubs);
                output = await Programs.RunAsync("/usr/bin/python3", ["-B", Path.Combine(clients, "annex_client.py"), .. arguments], stubs,
                    new Dictionary<string, string> { ["PYTHONPATH"] = stubs });
            }
            finally
            {
                Directory.Delete(stubs, recursive: true);
            }
        }
        else
        {
            var node = Path.Combine(RepositoryRoot.Path, "tests/Interop/Rpc/node");
            if (!Directory.Exists(Path.Combine(node, "node_modules/@grpc/grpc-js")))
                await Programs.RunAsync("npm", ["ci", "--ignore-scripts", "--no-progress"], node);
            output = await Programs.RunAsync("node", [Path.Combine(clients, "annex-client.js"), protos, .. arguments], node,
                new Dictionary<string, string> { ["NODE_PATH"] = Path.Combine(node, "node_modules") });
        }
        Assert.Contains("Muc 0.1.0 at muc.annex.test: ready", output, StringComparison.Ordinal);
        Assert.Contains($"room {language}@muc.annex.test: Made by", output, StringComparison.Ordinal);
        Assert.Contains("ann@annex.test is AFFILIATION_OWNER", output, StringComparison.Ordinal);
        Assert.Contains("spam.example.org", output, StringComparison.Ordinal);
        Assert.EndsWith("done\n", output, StringComparison.Ordinal);
        // What the page shows is what ran.
        var file = language == "python" ? "annex_client.py" : "annex-client.js";
        Assert.Contains((await File.ReadAllTextAsync(Path.Combine(clients, file))).Trim(),
            await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs/api.md")), StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Errors)> CtlAsync(params string[] arguments) =>
        Ctl.RunAsync(Ctl.SettingsOf(running.Suite), arguments);

    private async Task<string> GetAsync(string service, string path)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(running.Suite.AddressOf(service, ListenerKind.Ops), path));
    }

    [GeneratedRegex(@"^# TYPE (\S+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\b(?:annex|dotnet)_[a-z0-9_]*[a-z0-9]\b")]
    private static partial Regex MetricName();
}
