using System.Text.Json;
using Annex.Testing.Documents;
using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Documents;

/// <summary>ejabberd's configuration is read by a real ejabberd; other YAML (compose files, alert rules) is parsed.</summary>
internal static class YamlBlocks
{
    private static readonly string[] Ejabberds = ["listen", "modules", "acl", "access_rules", "include_config_file", "api_permissions", "shaper"];

    public static async Task RunAsync(FencedBlock block)
    {
        var (exitCode, json) = await ProgramOutput.OfAsync(
            "/usr/bin/python3", ["-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin.read()), default=str))"], block.Text);
        Assert.True(exitCode == 0, $"{block.Place}:\n{json}");
        using var parsed = JsonDocument.Parse(json);
        var keys = parsed.RootElement.ValueKind == JsonValueKind.Object ? parsed.RootElement.EnumerateObject().Select(p => p.Name).ToArray() : [];
        // A piece of a module's options, shown without "modules:" above it.
        var text = keys.Length > 0 && keys.All(k => k.StartsWith("mod_", StringComparison.Ordinal)) ? "modules:\n" + Indent(block.Text) : block.Text;
        if (keys.Any(Ejabberds.Contains) || text != block.Text)
            await StartEjabberdAsync(block, text);
    }

    private static async Task StartEjabberdAsync(FencedBlock block, string text)
    {
        // Where what runs as another user is let in: see ./test.
        var directory = Directory.CreateDirectory(Path.Combine(
            Environment.GetEnvironmentVariable("SERVERS_OF_ANNEX") ?? "/tmp", $"annex-doc-{Guid.NewGuid():N}"));
        try
        {
            var file = Path.Combine(directory.FullName, "block.yml");
            // The port may be somebody's.
            await File.WriteAllTextAsync(file, text.Replace("port: 5347", $"port: {FreePorts.Next()}", StringComparison.Ordinal));
            await using var server = await EjabberdServer.StartAsync(new XmppServerOptions
            {
                Domain = "example.org",
                GlobalLines = $"include_config_file:\n  - \"{file}\"",
            });
            var complaints = server.Log.Split('\n').Where(l => l.Contains("[error]", StringComparison.Ordinal) || l.Contains("[critical]", StringComparison.Ordinal)).ToList();
            Assert.True(complaints.Count == 0, $"{block.Place}:\n{string.Join('\n', complaints)}");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string Indent(string text) => string.Join('\n', text.Split('\n').Select(l => "  " + l));
}
