using System.Diagnostics;
using System.IO.Compression;
using Annex.Interop.Clients;
using Annex.Testing;
using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Upload;

/// <summary>Real clients upload through the service on real servers.</summary>
public sealed class ClientTests
{
    private static readonly XmppServerOptions Options = new()
    {
        Users = new Dictionary<string, string> { ["ann"] = "anns-password", ["bea"] = "beas-password" },
        Components = new Dictionary<string, string> { [AttachedUpload.Component] = AttachedUpload.Secret },
    };

    [Fact]
    public async Task Slixmpp_uploads_on_Prosody()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await SlixmppUploadsAsync(server.ClientPort, server.ComponentPort);
    }

    [Fact]
    public async Task Slixmpp_uploads_on_ejabberd()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await SlixmppUploadsAsync(server.ClientPort, server.ComponentPort);
    }

    [Fact]
    public async Task Converse_shows_a_picture_on_Prosody()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await ConverseShowsAsync($"ws://127.0.0.1:{server.HttpPort}/xmpp-websocket", server.ComponentPort, "prosody");
    }

    [Fact]
    public async Task Converse_shows_a_picture_on_ejabberd()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await ConverseShowsAsync($"ws://127.0.0.1:{server.HttpPort}/ws", server.ComponentPort, "ejabberd");
    }

    private static async Task SlixmppUploadsAsync(int clientPort, int componentPort)
    {
        await using var upload = await AttachedUpload.StartAsync(componentPort);
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Upload/python/upload_client.py",
            ["127.0.0.1", $"{clientPort}", "ann@annex.test", "anns-password"], TimeSpan.FromMinutes(3));
        Assert.True(exitCode == 0, output);
        Assert.Contains("too large 104857600", output, StringComparison.Ordinal);
    }

    private static async Task ConverseShowsAsync(string websocket, int componentPort, string name)
    {
        await using var upload = await AttachedUpload.StartAsync(componentPort);
        var directory = await NodeModules.InstallAsync("tests/Interop/Upload/node", "playwright-core");
        var picture = Path.Combine(Path.GetTempPath(), $"garden-{Guid.NewGuid():N}.png");
        var shots = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts")).FullName;
        await File.WriteAllBytesAsync(picture, Picture.Gradient(320, 200));
        try
        {
            var output = await RunAsync("node", ["converse.mjs", websocket, "ann@annex.test", "anns-password", "bea@annex.test",
                picture, Path.Combine(shots, $"converse-upload-{name}.png")], directory);
            Assert.Contains($"shown 320x200 {upload.Url}", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(picture);
        }
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string directory)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        Assert.True(process.ExitCode == 0, await output + await errors);
        return await output;
    }

    /// <summary>A picture without a library.</summary>
    private static class Picture
    {
        private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(n =>
        {
            var c = (uint)n;
            for (var k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            return c;
        })];

        public static byte[] Gradient(int width, int height)
        {
            var rows = new MemoryStream();
            using (var zlib = new ZLibStream(rows, CompressionLevel.Optimal, leaveOpen: true))
            {
                for (var y = 0; y < height; y++)
                {
                    zlib.WriteByte(0);
                    for (var x = 0; x < width; x++) zlib.Write([(byte)(x * 255 / width), (byte)(y * 255 / height), 120]);
                }
            }
            var png = new MemoryStream();
            png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
            byte[] size = [.. Number(width), .. Number(height), 8, 2, 0, 0, 0];
            Chunk(png, "IHDR", size);
            Chunk(png, "IDAT", rows.ToArray());
            Chunk(png, "IEND", []);
            return png.ToArray();
        }

        private static void Chunk(MemoryStream png, string type, byte[] data)
        {
            byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. data];
            var crc = uint.MaxValue;
            foreach (var b in body) crc = Table[(crc ^ b) & 0xFF] ^ (crc >> 8);
            png.Write(Number(data.Length));
            png.Write(body);
            png.Write(Number((int)~crc));
        }

        private static byte[] Number(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
    }
}
