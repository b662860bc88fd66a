using Annex.Testing.Documents;
using Xunit;

namespace Annex.Interop.Documents;

/// <summary>Lines of "key = value" or "key=value", sections and comments; TURN servers' settings are those of coturn, whose manual
/// names them.</summary>
internal static class IniBlocks
{
    public static Task RunAsync(FencedBlock block)
    {
        foreach (var line in block.Text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] is not ('#' or ';')))
        {
            Assert.True(line is ['[', .., ']'] || line.Split('=')[0].Trim().All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'),
                $"{block.Place}: \"{line}\" is no setting");
        }
        return Task.CompletedTask;
    }
}
