using System.Text;
using Annex.Hosting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Annex.Upload.Tests;

/// <summary>What docs/upload.md tells operators to paste is what is tested.</summary>
public sealed class SnippetTests
{
    [Theory]
    [InlineData("lua", "deploy/prosody/annex.cfg.lua")]
    [InlineData("yaml", "deploy/ejabberd/annex.yml")]
    public void Every_line_of_a_snippet_stands_in_the_file_that_the_servers_are_tested_with(string language, string file)
    {
        var known = File.ReadAllLines(Path.Combine(Root(), file)).Select(line => line.Trim()).ToHashSet();
        var lines = Snippet(language).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains(line, known));
    }

    [Fact]
    public async Task The_configuration_is_whole_and_right()
    {
        var settings = new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Snippet("json")))).Build().AsEnumerable();
        await using var app = AnnexApplication.Build([], settings, UploadService.Definition);
        Assert.NotNull(app);
    }

    private static string Snippet(string language)
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs/upload.md"));
        var start = page.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Annex.slnx"))) at = at.Parent;
        return at.FullName;
    }
}
