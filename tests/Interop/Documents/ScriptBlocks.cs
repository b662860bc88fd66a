using Annex.Testing.Documents;
using Xunit;

namespace Annex.Interop.Documents;

/// <summary>Programs are compiled; those that talk to a service are parts of files that the tests run (file: in their marker).</summary>
internal static class ScriptBlocks
{
    public static async Task RunPythonAsync(FencedBlock block)
    {
        var (exitCode, output) = await ProgramOutput.OfAsync("/usr/bin/python3", ["-c", "import sys; compile(sys.stdin.read(), 'block', 'exec')"], block.Text);
        Assert.True(exitCode == 0, $"{block.Place}:\n{output}");
    }

    public static async Task RunNodeAsync(FencedBlock block)
    {
        using var directory = new PrivateDirectory();
        var (exitCode, output) = await ProgramOutput.OfAsync("node", ["--check", directory.Write("block.mjs", block.Text)]);
        Assert.True(exitCode == 0, $"{block.Place}:\n{output}");
    }
}
