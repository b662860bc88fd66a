using Annex.Testing;
using Annex.Testing.Servers;
using Npgsql;
using Xunit;

namespace Annex.Interop.Operator;

/// <summary>This release on the database of the one before it, as that one left it: Upgrade/*.sql are its dumps, with rooms,
/// messages, a file and an index that clients made.</summary>
public sealed class UpgradeTests
{
    public static TheoryData<string> Releases =>
        [.. Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "tests/Interop/Operator/Upgrade"), "*.sql").Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task What_an_older_release_wrote_is_read_by_this_one(string dump)
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var connection = new NpgsqlConnectionStringBuilder(database);
        await Programs.RunAsync("bash", ["-c", "exec $(ls -d /usr/lib/postgresql/*/bin/psql | tail -n 1) -q -v ON_ERROR_STOP=1 -f \"$1\"", "psql",
            Path.Combine(RepositoryRoot.Path, "tests/Interop/Operator/Upgrade", dump)], RepositoryRoot.Path, new Dictionary<string, string>
            {
                ["PGHOST"] = connection.Host!,
                ["PGPORT"] = connection.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["PGUSER"] = connection.Username!,
                ["PGPASSWORD"] = connection.Password ?? "",
                ["PGDATABASE"] = connection.Database!,
            });

        await using var prosody = await ProsodyServer.StartAsync(new XmppServerOptions { SnippetSecret = Suite.Secret });
        await using var suite = await Suite.StartAsync(prosody.Domain, prosody.ComponentPort, changes: new Dictionary<string, string?> { ["Database"] = database });
        await suite.WaitUntilConnectedAsync([.. suite.Components]);
        var settings = Ctl.SettingsOf(suite);
        Assert.Contains("tea@muc.annex.test", await MustAsync(settings, "rooms", "list"), StringComparison.Ordinal);
        Assert.Matches("ann@annex.test +owner", await MustAsync(settings, "affiliations", "list", "tea@muc.annex.test"));
        var archive = await MustAsync(settings, "rooms", "archive", "tea@muc.annex.test");
        Assert.Contains("tea at four?", archive, StringComparison.Ordinal);
        Assert.Contains("With pleasure.", archive, StringComparison.Ordinal);
        // The files themselves are not in the dump, and upload forgets what it cannot find.
        await MustAsync(settings, "files", "list");
        Assert.Contains("tea@muc.annex.test", await MustAsync(settings, "index", "search"), StringComparison.Ordinal);
        await MustAsync(settings, "status");
    }

    private static async Task<string> MustAsync(IReadOnlyDictionary<string, string?> settings, params string[] arguments)
    {
        var (exitCode, output, errors) = await Ctl.RunAsync(settings, arguments);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)}: {output}{errors}");
        return output;
    }
}
