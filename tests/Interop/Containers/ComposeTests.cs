using System.Diagnostics;
using Annex.Testing;
using Xunit;

namespace Annex.Interop.Containers;

/// <summary>docker-compose.yml as docker-compose itself reads it, after <c>deploy/containers/prepare</c>, without an engine.</summary>
public sealed class ComposeTests : IDisposable
{
    private static readonly string[] Services = ["muc", "upload", "push", "turn-discovery", "search"];

    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("annex-compose");

    public ComposeTests()
    {
        // What is prepared must not land in the working copy.
        File.Copy(Path.Combine(RepositoryRoot.Path, "docker-compose.yml"), Path.Combine(_copy.FullName, "docker-compose.yml"));
        Run("cp", "-r", Path.Combine(RepositoryRoot.Path, "deploy"), _copy.FullName);
    }

    [Fact]
    public void Without_preparation_it_says_what_to_do()
    {
        var (exitCode, output) = Run("docker-compose", "--profile", "all", "config", "-q");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("run deploy/containers/prepare first", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_profile_brings_its_service_and_what_that_needs()
    {
        Prepare();
        foreach (var service in Services)
        {
            Assert.Superset(new HashSet<string> { service, "postgres", "rabbitmq" }, Names("--profile", service));
        }

        Assert.Superset(Services.ToHashSet(), Names("--profile", "all"));
        Assert.Contains("prosody", Names("--profile", "prosody"));
        Assert.Contains("ejabberd", Names("--profile", "ejabberd"));
        Assert.Contains("s3", Names("--profile", "s3"));
        Assert.Contains("coturn", Names("--profile", "coturn"));
    }

    [Fact]
    public void Only_what_users_and_other_servers_need_is_published()
    {
        Prepare();
        var config = Config();

        Assert.DoesNotContain("5347:", config, StringComparison.Ordinal);
        Assert.DoesNotContain("5432:", config, StringComparison.Ordinal);
        Assert.DoesNotContain("5672:", config, StringComparison.Ordinal);
        Assert.DoesNotContain("5420:", config, StringComparison.Ordinal);
    }

    [Fact]
    public void No_secret_stands_in_the_file_and_each_one_is_prepared()
    {
        Prepare();
        var config = Config();
        var secrets = Directory.GetFiles(Path.Combine(_copy.FullName, ".annex", "compose", "secrets"));

        Assert.NotEmpty(secrets);
        Assert.All(secrets, file => Assert.DoesNotContain(File.ReadAllText(file).Trim(), config, StringComparison.Ordinal));
        foreach (var line in config.Split('\n').Where(l => l.Contains("/compose/secrets/", StringComparison.Ordinal)))
        {
            Assert.True(File.Exists(line.Split(": ", 2)[1].Trim()), line);
        }
    }

    [Fact]
    public void A_second_preparation_changes_no_secret()
    {
        Prepare();
        var before = File.ReadAllText(Path.Combine(_copy.FullName, ".annex", "compose", "secrets", "muc"));

        Prepare();

        Assert.Equal(before, File.ReadAllText(Path.Combine(_copy.FullName, ".annex", "compose", "secrets", "muc")));
    }

    public void Dispose() => _copy.Delete(recursive: true);

    private void Prepare()
    {
        var (exitCode, output) = Run(Path.Combine(_copy.FullName, "deploy", "containers", "prepare"), "example.org");
        Assert.True(exitCode == 0, output);
    }

    private string Config()
    {
        var (exitCode, output) = Run("docker-compose", "--profile", "all", "--profile", "prosody", "--profile", "ejabberd",
            "--profile", "s3", "--profile", "coturn", "config");
        Assert.True(exitCode == 0, output);
        return output;
    }

    private HashSet<string> Names(params string[] profile)
    {
        var (exitCode, output) = Run("docker-compose", [.. profile, "config", "--services"]);
        Assert.True(exitCode == 0, output);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _copy.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
