using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Upload;

/// <summary>A message that is taken back takes its author's file with it: told by muc to upload, in one process and over the
/// broker, with real clients on a real server.</summary>
public sealed class RetractionTests
{
    private static readonly XmppServerOptions Options = new()
    {
        Users = new Dictionary<string, string> { ["ann"] = "password-of-ann", ["bea"] = "password-of-bea" },
        SnippetSecret = Suite.Secret,
    };

    [Fact]
    public async Task In_one_process_the_file_goes_with_the_message()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await using var both = await Suite.StartAsync("annex.test", server.ComponentPort, ["Muc", "Upload"]);
        await both.WaitUntilConnectedAsync("Muc", "Upload");
        await ShareAndTakeBackAsync(server.ClientPort);
    }

    [Fact]
    public async Task Over_RabbitMQ_the_file_goes_with_the_message()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        var bus = new Dictionary<string, string?> { ["Bus:RabbitMq"] = (await RabbitMqServer.SharedAsync()).Uri.OriginalString };
        await using var upload = await Suite.StartAsync("annex.test", server.ComponentPort, ["Upload"], bus);
        await using var muc = await Suite.StartAsync("annex.test", server.ComponentPort, ["Muc"], bus);
        await upload.WaitUntilConnectedAsync("Upload");
        await muc.WaitUntilConnectedAsync("Muc");
        await ShareAndTakeBackAsync(server.ClientPort);
    }

    private static async Task ShareAndTakeBackAsync(int clientPort)
    {
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Upload/python/retraction_client.py",
            [$"{clientPort}", "stage@muc.annex.test", "upload.annex.test"], TimeSpan.FromMinutes(3));
        Assert.True(exitCode == 0, output);
    }
}
