using System.Text;
using System.Text.Json;
using Annex.Hosting;
using Annex.Hosting.Configuration;
using Annex.Muc;
using Annex.Push;
using Annex.Search;
using Annex.Testing.Documents;
using Annex.TurnDiscovery;
using Annex.Upload;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Annex.Interop.Documents;

/// <summary>JSON is configuration: every key is one of ours, every value one that the start accepts.</summary>
internal static class JsonBlocks
{
    private static readonly AnnexService[] Services =
        [MucService.Definition, UploadService.Definition, PushService.Definition, TurnDiscoveryService.Definition, SearchService.Definition];

    public static async Task RunAsync(FencedBlock block)
    {
        // A piece of a service's section is shown without what is around it, on the service's own page.
        var text = block.Text.TrimStart().StartsWith('{') ? block.Text : $"{{\"{SectionOf(block)}\":{{{block.Text}}}}}";
        using var parsed = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = false });
        var shown = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(text))).Build()
            .AsEnumerable().Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value, StringComparer.OrdinalIgnoreCase);
        await CheckAsync(block, shown);
    }

    /// <summary>Settings as a document shows them, completed where they say nothing.</summary>
    public static async Task CheckAsync(FencedBlock block, IReadOnlyDictionary<string, string?> shown)
    {
        using var directory = new PrivateDirectory();
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Database"] = "Host=localhost",
            ["LocalDomains"] = "example.org",
        };
        var named = Services.Where(s => shown.Keys.Any(k => k.StartsWith(s.Name + ":", StringComparison.OrdinalIgnoreCase))).ToList();
        foreach (var service in named)
        {
            settings[$"{service.Name}:Component:Jid"] = $"{service.Name.ToLowerInvariant()}.example.org";
            settings[$"{service.Name}:Component:Secret"] = "secret";
        }
        if (named.Exists(s => s.Name == "Upload"))
            settings["Upload:Http:PublicUrl"] = "https://upload.example.org";
        if (named.Exists(s => s.Name == "Push"))
            settings["Push:EncryptionKeyFile"] = Path.Combine(directory.Path, "push.keys");
        foreach (var (key, value) in shown)
            settings[key] = Place(key, value, directory);
        foreach (var service in named)
        {
            // One of the two, or the start complains: the one that is shown.
            if (shown.Keys.Any(k => k.Equals($"{service.Name}:Component:SecretFile", StringComparison.OrdinalIgnoreCase)))
                settings.Remove($"{service.Name}:Component:Secret");
        }
        try
        {
            await using var app = AnnexApplication.Build([], settings, Services);
        }
        catch (ConfigurationException e)
        {
            Assert.Fail($"{block.Place}:\n{string.Join('\n', e.Lines)}");
        }
    }

    private static string SectionOf(FencedBlock block) => Services
        .Select(s => s.Name).FirstOrDefault(n => n.Equals(Path.GetFileNameWithoutExtension(block.File).Replace("-", "", StringComparison.Ordinal),
            StringComparison.OrdinalIgnoreCase)) ?? throw new InvalidDataException($"{block.Place}: no section is shown");

    // Files and folders of the reader's machine are made here.
    private static string? Place(string key, string? value, PrivateDirectory directory)
    {
        if (value is null || !value.StartsWith('/'))
            return value;
        var place = Path.Combine(directory.Path, value.TrimStart('/'));
        if (key.EndsWith("Directory", StringComparison.OrdinalIgnoreCase))
            return Directory.CreateDirectory(place).FullName;
        if (!key.Contains("File", StringComparison.OrdinalIgnoreCase) && !key.Contains("Key", StringComparison.OrdinalIgnoreCase)
            && !key.Contains("Certificate", StringComparison.OrdinalIgnoreCase))
        {
            return value;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        if (!key.Contains("EncryptionKey", StringComparison.OrdinalIgnoreCase))
            File.WriteAllText(place, "secret\n");
        return place;
    }
}
