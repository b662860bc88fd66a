using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Annex.House;

public sealed partial class ImportLawTests
{
    /// <summary>Folders of a service that may touch the outside. All others are its domain (docs/ARCHITECTURE.md).</summary>
    private static readonly string[] OuterFolders =
        ["Handlers", "Rpc", "Consumers", "Storage", "Http", "Web", "Blobs", "Crawler", "Providers", "Archive", "Index", "Health",
         "Scanning", "Life"];

    private static readonly string[] OuterNamespaces =
        ["Microsoft.EntityFrameworkCore", "Npgsql", "MassTransit", "RabbitMQ", "Microsoft.AspNetCore", "System.Net.Sockets",
         "System.Net.Http", "Annex.Rpc", "Annex.Contracts", "Annex.Hosting"];

    public static TheoryData<string> Services => new("muc", "upload", "push", "turn-discovery", "search");

    [Theory]
    [MemberData(nameof(Services))]
    public void The_domain_of_a_service_knows_no_storage_bus_or_socket(string service)
    {
        var broken = from file in DomainFiles(service)
                     from line in Repository.Code(file)
                     let match = UsingLine().Match(line)
                     where match.Success && OuterNamespaces.Any(n => match.Groups[1].Value.StartsWith(n, StringComparison.Ordinal))
                     select $"{file}: {line.Trim()}";
        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void The_domain_of_a_service_takes_time_from_TimeProvider_only(string service)
    {
        var broken = from file in DomainFiles(service)
                     from line in Repository.Code(file)
                     where ClockRead().IsMatch(line)
                     select $"{file}: {line.Trim()}";
        Assert.Empty(broken);
    }

    [Fact]
    public void A_forbidden_project_reference_fails_the_build_with_a_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("annex-law-").FullName;
        try
        {
            foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets" })
                File.Copy(Path.Combine(Repository.Root, name), Path.Combine(folder, name));
            WriteProject(folder, "services/one/One.csproj", "../two/Two.csproj");
            WriteProject(folder, "services/two/Two.csproj", null);

            var (exitCode, output) = Run("dotnet",
                ["msbuild", "-nodeReuse:false", "-t:AnnexImportLaw", Path.Combine(folder, "services/one/One.csproj")], folder);

            Assert.NotEqual(0, exitCode);
            Assert.Contains("The import law is broken: services/one/ imports services/two/Two.csproj", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Every_project_stands_in_the_solution()
    {
        var listed = XDocument.Load(Path.Combine(Repository.Root, "Annex.slnx")).Descendants("Project")
            .Select(p => (string?)p.Attribute("Path")).ToHashSet();
        var found = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .Where(f => !f.Contains("node_modules/", StringComparison.Ordinal) && !f.StartsWith('.') && !f.Contains("/obj/", StringComparison.Ordinal));
        var missing = found.Where(f => !listed.Contains(f));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_package_has_its_line_in_the_decisions()
    {
        var decisions = Repository.Read("docs/decisions/packages.md");
        var packages = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(p => (string)p.Attribute("Include")!);
        var undecided = packages.Where(p => !decisions.Contains($"`{p}`", StringComparison.Ordinal));
        Assert.Empty(undecided);
    }

    private static IEnumerable<string> DomainFiles(string service) =>
        Repository.Sources($"services/{service}").Where(f =>
        {
            var parts = f.Split('/');
            return parts.Length > 3 && !OuterFolders.Contains(parts[2]);
        });

    private static void WriteProject(string folder, string path, string? reference)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var item = reference is null ? "" : $"""<ItemGroup><ProjectReference Include="{reference}" /></ItemGroup>""";
        File.WriteAllText(file, $"""<Project Sdk="Microsoft.NET.Sdk">{item}</Project>""");
    }

    private static (int ExitCode, string Output) Run(string program, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?([\w.]+)\s*;")]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\.(UtcNow|Now|Today)\b|\bStopwatch\.|\bEnvironment\.TickCount")]
    private static partial Regex ClockRead();
}
