using System.Text.RegularExpressions;
using Xunit;

namespace Annex.House;

/// <summary>What README tells a reader to type is there to be typed.</summary>
public sealed partial class ReadmeTests
{
    public static TheoryData<string> Commands => [.. ShellBlocks().Where(line => line.StartsWith("./", StringComparison.Ordinal)
        || line.StartsWith("deploy/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_is_a_program_of_the_repository_and_knows_its_options(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var program = words[0].StartsWith("./", StringComparison.Ordinal) ? words[0][2..] : words[0];
        Assert.True(File.Exists(Path.Combine(Repository.Root, program)), $"{program} is not there");
        var text = Repository.Read(program);
        Assert.StartsWith("#!", text, StringComparison.Ordinal);
        Assert.All(words.Where(w => w.StartsWith("--", StringComparison.Ordinal)),
            option => Assert.Contains(option, text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_two_commands_are_among_them() =>
        Assert.Superset(new HashSet<string> { "./run", "./test", "./run --check" }, ShellBlocks().ToHashSet());

    [Fact]
    public void Every_project_that_is_run_is_there()
    {
        var projects = ShellBlocks().Select(line => ProjectToRun().Match(line)).Where(m => m.Success)
            .Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(projects);
        Assert.All(projects, p => Assert.NotEmpty(Directory.GetFiles(Path.Combine(Repository.Root, p), "*.csproj")));
    }

    [Fact]
    public void Every_profile_of_docker_compose_is_there()
    {
        var compose = Repository.Read("docker-compose.yml");
        var profiles = ShellBlocks().SelectMany(line => Profile().Matches(line)).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(profiles);
        Assert.All(profiles, p => Assert.Matches($@"profiles: \[[^\]]*\b{p}\b", compose));
    }

    [Fact]
    public void The_component_shown_for_Prosody_is_that_of_the_snippet()
    {
        var shown = Fence().Matches(Repository.Read("README.md")).Single(m => m.Groups["language"].Value == "lua").Groups["text"].Value;
        Assert.Contains(shown.Trim(), Repository.Read("deploy/prosody/annex.cfg.lua"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_link_leads_to_a_file()
    {
        var links = Link().Matches(Repository.Read("README.md")).Select(m => m.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(Repository.Root, link)), $"{link} is not there"));
    }

    private static IEnumerable<string> ShellBlocks() =>
        Fence().Matches(Repository.Read("README.md")).Where(m => m.Groups["language"].Value == "sh")
            .SelectMany(m => m.Groups["text"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"dotnet run --project (\S+)")]
    private static partial Regex ProjectToRun();

    [GeneratedRegex(@"--profile (\S+)")]
    private static partial Regex Profile();

    [GeneratedRegex(@"\]\(([^)#\s]+)\)")]
    private static partial Regex Link();
}
