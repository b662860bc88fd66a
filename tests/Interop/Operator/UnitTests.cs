using Annex.Testing;
using Xunit;

namespace Annex.Interop.Operator;

/// <summary>The systemd units, as systemd itself reads them.</summary>
public sealed class UnitTests
{
    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_the_units_and_calls_the_service_well_confined()
    {
        var folder = Directory.CreateTempSubdirectory("annex-units-").FullName;
        try
        {
            var units = new List<string>();
            foreach (var file in Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "deploy/systemd")))
            {
                // The programs are not installed here; their places are checked by nobody but the one who installs.
                var text = (await File.ReadAllTextAsync(file)).Replace("ExecStart=/opt/annex/%i/annex", "ExecStart=/bin/true", StringComparison.Ordinal);
                var unit = Path.Combine(folder, Path.GetFileName(file).Replace("annex@", "annex@host", StringComparison.Ordinal));
                await File.WriteAllTextAsync(unit, text);
                units.Add(unit);
            }
            var output = await Programs.RunAsync("/usr/bin/bash", ["-c", "systemd-analyze verify \"$@\" 2>&1", "verify", .. units], folder);
            Assert.Equal("", output.Trim());
            // Exposure in tenths: 2.5 and less is what systemd calls OK, well below the default of 9.6.
            await Programs.RunAsync("/usr/bin/systemd-analyze",
                ["security", "--no-pager", "--offline=yes", "--threshold=25", units.Single(u => u.Contains("annex@host", StringComparison.Ordinal))], folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
