using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Annex.Ctl.Doctor;
using Annex.Testing.Servers;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Interop.Operator;

/// <summary>Ten things that go wrong, each planted for real: the doctor finds it and names the cure.</summary>
public sealed class DoctorTests(DoctorGround ground) : IClassFixture<DoctorGround>
{
    [Fact]
    public async Task A_healthy_system_gets_an_all_clear()
    {
        await using var coturn = await CoturnServer.StartAsync("the-shared-secret-of-turn");
        var http = $"127.0.0.1:{FreePort()}";
        await using var suite = await Suite.StartAsync(ground.Prosody.Domain, ground.Prosody.ComponentPort, changes: new Dictionary<string, string?>
        {
            ["Upload:Http:Listen"] = http,
            ["Upload:Http:PublicUrl"] = $"http://{http}",
            ["TurnDiscovery:Secrets:0:Secret"] = coturn.Secret,
            ["TurnDiscovery:Services:0:Type"] = "turn",
            ["TurnDiscovery:Services:0:Host"] = "127.0.0.1",
            ["TurnDiscovery:Services:0:Port"] = coturn.Port.ToString(CultureInfo.InvariantCulture),
        });
        await suite.WaitUntilConnectedAsync([.. suite.Components]);
        var findings = await Ctl.ExamineAsync(Ctl.SettingsOf(suite));
        Assert.DoesNotContain(findings, f => f.Severity != Severity.Good);
        foreach (var check in (string[])["link", "twin", "delegation", "database", "public-url", "disk", "turn", "clock", "configuration"])
            Assert.Contains(findings, f => f.Check == check);

        var (exitCode, output, _) = await Ctl.RunProgramAsync(Ctl.SettingsOf(suite), ["doctor"]);
        Assert.True(exitCode == 0, output);
        Assert.EndsWith("All clear.\n", output, StringComparison.Ordinal);

        await AWrongClockIsFoundAsync(suite);
    }

    // The clock of the machine where the doctor runs is ten minutes ahead: all others agree against it.
    private static async Task AWrongClockIsFoundAsync(Suite suite)
    {
        var library = Directory.GetDirectories("/usr/lib", "*-linux-gnu").Select(d => Path.Combine(d, "faketime/libfaketime.so.1")).First(File.Exists);
        var (exitCode, output, errors) = await Ctl.RunProgramAsync(Ctl.SettingsOf(suite), ["doctor", "--json"], new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME"] = "+600s",
            ["DONT_FAKE_MONOTONIC"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        });
        Assert.True(exitCode == 1, output + errors);
        using var json = JsonDocument.Parse(output);
        var clock = json.RootElement.GetProperty("findings").EnumerateArray().Single(f =>
            f.GetProperty("check").GetString() == "clock" && f.GetProperty("severity").GetString() == "problem");
        Assert.Contains("this machine", clock.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Matches("(599|600|601) s ahead", clock.GetProperty("text").GetString()!);
        Assert.Contains("NTP", clock.GetProperty("cure").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Prosody")]
    [InlineData("ejabberd")]
    public async Task A_wrong_secret_is_found_whether_or_not_the_service_runs(string server)
    {
        var settings = await WhileDownAsync(server, new() { ["Muc:Component:Secret"] = "another secret altogether" }, findings =>
        {
            var problem = Problem(findings, "secret");
            Assert.Contains("muc.annex.test", problem.Text, StringComparison.Ordinal);
            Assert.Contains("Muc:Component:Secret", problem.Cure, StringComparison.Ordinal);
        });
        var down = await Ctl.ExamineAsync(settings);
        Problem(down, "secret");
        Assert.Contains("Start it", Problem(down, "service").Cure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Prosody", "host")]
    [InlineData("ejabberd", "secret")]
    public async Task An_address_that_the_server_does_not_know_is_found(string server, string check)
    {
        // ejabberd says not-authorized, as of a wrong secret: the cure names both keys.
        var settings = await WhileDownAsync(server, new() { ["Muc:Component:Jid"] = "rooms.annex.test" }, findings =>
            Assert.Contains("Muc:Component:Jid", Problem(findings, check).Cure, StringComparison.Ordinal));
        Assert.Contains("Muc:Component:Jid", Problem(await Ctl.ExamineAsync(settings), check).Cure, StringComparison.Ordinal);
        var unknown = new Dictionary<string, string?>(settings) { ["Muc:Component:Host"] = "no-such-host.invalid" };
        Assert.Contains("Muc:Component:Host", Problem(await Ctl.ExamineAsync(unknown), "host").Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_shut_is_found()
    {
        var settings = await WhileDownAsync("Prosody", new() { ["Muc:Component:Port"] = FreePort() }, findings =>
            Assert.Contains("Muc:Component:Port", Problem(findings, "port").Cure, StringComparison.Ordinal));
        Problem(await Ctl.ExamineAsync(settings), "port");
        // Something listens there, and it speaks to clients.
        var clients = new Dictionary<string, string?>(settings)
        {
            ["Muc:Component:Port"] = ground.Prosody.ClientPort.ToString(CultureInfo.InvariantCulture),
        };
        Assert.Contains("5347", Problem(await Ctl.ExamineAsync(clients), "port").Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Modules_of_Prosody_that_are_still_on_are_found_and_so_is_a_missing_delegation()
    {
        await using var prosody = await ProsodyServer.StartAsync(new XmppServerOptions
        {
            Components = Components,
            HostLines = "  modules_enabled = { \"turn_external\" }\n  turn_external_host = \"127.0.0.1\"; turn_external_secret = \"s\"",
            ComponentLines = "Component \"conference.annex.test\" \"muc\"\nComponent \"share.annex.test\" \"http_file_share\"",
        });
        await TwinsAreFoundAsync(prosody.ComponentPort, "conference.annex.test", "share.annex.test", "turn_external");
    }

    [Fact]
    public async Task Modules_of_ejabberd_that_are_still_on_are_found_and_so_is_a_missing_delegation()
    {
        await using var ejabberd = await EjabberdServer.StartAsync(new XmppServerOptions
        {
            Components = Components,
            ModuleLines = "  mod_muc: { host: \"conference.annex.test\" }\n  mod_http_upload: { host: \"share.annex.test\" }\n"
                + "  mod_stun_disco: { secret: \"s\", services: [ { host: 127.0.0.1, port: 3478, type: stun, transport: udp, restricted: false } ] }",
        });
        await TwinsAreFoundAsync(ejabberd.ComponentPort, "conference.annex.test", "share.annex.test", "mod_stun_disco");
    }

    [Fact]
    public async Task A_full_disk_is_found()
    {
        var place = Directory.CreateTempSubdirectory("annex-disk").FullName;
        await MountAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place);
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(place, "full"), new byte[4 * 1024 * 1024 - 8192]);
            var findings = await Ctl.ExamineAsync(new Dictionary<string, string?>(Down) { ["Upload:Directory"] = Path.Combine(place, "upload") });
            var problem = Problem(findings, "disk");
            Assert.Contains(place, problem.Text, StringComparison.Ordinal);
            Assert.Contains("Free space", problem.Cure, StringComparison.Ordinal);
        }
        finally
        {
            await MountAsync("umount", place);
            Directory.Delete(place);
        }
    }

    [Fact]
    public async Task A_database_that_is_too_old_or_empty_or_away_is_found()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var settings = new Dictionary<string, string?>(Down) { ["Database"] = database };
        var empty = Problem(await Ctl.ExamineAsync(settings), "database");
        Assert.Contains("schema upload", empty.Text, StringComparison.Ordinal);
        Assert.Contains("Start Upload once", empty.Cure, StringComparison.Ordinal);

        await using (var old = OldPostgres.InFrontOf(database))
        {
            var problem = Problem(await Ctl.ExamineAsync(new Dictionary<string, string?>(settings) { ["Database"] = old.Database }), "database");
            Assert.Contains("PostgreSQL 12", problem.Text, StringComparison.Ordinal);
            Assert.Contains("pg_upgradecluster", problem.Cure, StringComparison.Ordinal);
            // And a service does not start on it.
            var error = await Assert.ThrowsAsync<Annex.Hosting.StartException>(() => Suite.StartAsync("annex.test", 1, ["Upload"],
                new Dictionary<string, string?> { ["Database"] = old.Database }));
            Assert.Contains("15 or newer", error.Message, StringComparison.Ordinal);
        }

        settings["Database"] = $"Host=127.0.0.1;Port={FreePort()};Username=annex;Database=annex";
        Assert.Contains("Start PostgreSQL", Problem(await Ctl.ExamineAsync(settings), "database").Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_address_that_cannot_be_reached_is_found()
    {
        foreach (var url in (string[])[$"http://127.0.0.1:{FreePort()}", "https://upload.no-such-host.invalid"])
        {
            var findings = await Ctl.ExamineAsync(new Dictionary<string, string?>(Down) { ["Upload:Http:PublicUrl"] = url });
            var problem = Problem(findings, "public-url");
            Assert.Contains(url, problem.Text, StringComparison.Ordinal);
            Assert.Contains("Upload:Http:PublicUrl", problem.Cure, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("localhost", -1, "expired")]
    [InlineData("other.example.org", 90, "is not for localhost")]
    [InlineData("localhost", 90, "not trusted")]
    public async Task A_wrong_certificate_is_found(string name, int days, string said)
    {
        using var certificate = new CertificateFiles(name, DateTimeOffset.UtcNow.AddDays(days));
        var port = FreePort();
        await using var suite = await Suite.StartAsync("annex.test", ground.Prosody.ComponentPort, ["Upload"], new Dictionary<string, string?>
        {
            ["Upload:Http:Listen"] = $"127.0.0.1:{port}",
            ["Upload:Http:PublicUrl"] = $"https://localhost:{port}",
            ["Upload:Http:Certificate"] = certificate.Path,
        });
        await suite.WaitUntilConnectedAsync("Upload");
        var problems = (await Ctl.ExamineAsync(Ctl.SettingsOf(suite))).Where(f => f.Severity == Severity.Problem).ToList();
        Assert.Contains(problems, p => p.Check == "certificate" && p.Text.Contains(said, StringComparison.Ordinal)
            && p.Text.Contains("https://localhost", StringComparison.Ordinal) && p.Cure!.Length > 20);
        Assert.DoesNotContain(problems, p => p.Check != "certificate");
        // The file is judged too, as far as a file can be.
        if (said != "not trusted")
            Assert.Contains(problems, p => p.Text.Contains(certificate.Path, StringComparison.Ordinal));

        if (said == "not trusted")
        {
            // With its authority among the trusted ones it is well.
            var (exitCode, output, _) = await Ctl.RunProgramAsync(Ctl.SettingsOf(suite), ["doctor"],
                new Dictionary<string, string> { ["SSL_CERT_FILE"] = certificate.Path });
            Assert.True(exitCode == 0, output);
        }
    }

    private static Dictionary<string, string> Components { get; } =
        Suite.Subdomains.Values.ToDictionary(s => $"{s}.annex.test", _ => Suite.Secret);

    /// <summary>A service that does not run, with a component port that is shut: what else is wrong shows beside that.</summary>
    private static Dictionary<string, string?> Down { get; } = new()
    {
        ["Upload:Component:Jid"] = "upload.annex.test",
        ["Upload:Component:Port"] = FreePort(),
        ["Upload:Component:Secret"] = Suite.Secret,
        ["Upload:Rpc:Listen"] = $"127.0.0.1:{FreePort()}",
    };

    private static async Task TwinsAreFoundAsync(int componentPort, string rooms, string upload, string turn)
    {
        Dictionary<string, string?> settings;
        await using (var suite = await Suite.StartAsync("annex.test", componentPort, ["Muc", "Upload", "TurnDiscovery"]))
        {
            await suite.WaitUntilConnectedAsync("Muc", "Upload", "TurnDiscovery");
            settings = Ctl.SettingsOf(suite);
            Judge(await Ctl.ExamineAsync(settings));
        }
        // The services are down: the doctor looks with a connection of its own.
        Judge(await Ctl.ExamineAsync(settings));

        void Judge(IReadOnlyList<Finding> findings)
        {
            var twins = findings.Where(f => f is { Check: "twin", Severity: Severity.Problem }).ToList();
            Assert.Equal(["Muc", "TurnDiscovery", "Upload"], twins.Select(t => t.Service).Order());
            Assert.Contains(twins, t => t.Text.StartsWith(rooms, StringComparison.Ordinal) && t.Cure!.Contains("mod_muc", StringComparison.Ordinal));
            Assert.Contains(twins, t => t.Text.StartsWith(upload, StringComparison.Ordinal) && t.Cure!.Contains("http_file_share", StringComparison.Ordinal));
            Assert.Contains(twins, t => t.Service == "TurnDiscovery" && t.Cure!.Contains(turn, StringComparison.Ordinal));
            Assert.Contains("mod_delegation", Problem(findings, "delegation").Cure, StringComparison.Ordinal);
        }
    }

    /// <summary>Runs muc with something wrong, looks while its component is down, and gives back the settings for a look when the
    /// service does not run.</summary>
    private async Task<Dictionary<string, string?>> WhileDownAsync(
        string server, Dictionary<string, string?> wrong, Action<IReadOnlyList<Finding>> judge)
    {
        var port = server == "Prosody" ? ground.Prosody.ComponentPort : ground.Ejabberd.ComponentPort;
        await using var suite = await Suite.StartAsync("annex.test", port, ["Muc"], wrong);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await suite.Services.GetRequiredKeyedService<ComponentConnection>("Muc").WaitForStateAsync(LinkState.Down, limit.Token);
        var settings = Ctl.SettingsOf(suite);
        judge(await Ctl.ExamineAsync(settings));
        return settings;
    }

    private static Finding Problem(IReadOnlyList<Finding> findings, string check)
    {
        var found = findings.Where(f => f.Check == check && f.Severity == Severity.Problem).ToList();
        Assert.True(found.Count > 0, $"no {check} among: {string.Join("; ", findings.Select(f => $"{f.Severity} {f.Check}: {f.Text}"))}");
        Assert.All(found, f => Assert.False(string.IsNullOrEmpty(f.Cure)));
        return found[0];
    }

    private static async Task MountAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} failed: this test needs the right to mount a tmpfs");
    }

    internal static string FreePort() => FreePorts.Next().ToString(CultureInfo.InvariantCulture);
}
