using System.Security.Cryptography;

namespace Annex.UploadBench;

/// <summary>One large file up and down, by curl, against nginx doing the same: PUT by its dav module and then a SHA-256 of the
/// file; GET with sendfile off. Ours hashes on the way, and syncs the file before it says 201; nginx does not, so its time is
/// given without and with a sync.</summary>
internal static class FileLoad
{
    private const int Rounds = 3;
    private const int WarmBytes = 64 * 1024 * 1024;

    public static async Task<int> RunAsync(int megabytes, CancellationToken cancellationToken)
    {
        await using var service = await Service.StartAsync(Service.FreePort(), cancellationToken);
        var directory = Directory.CreateTempSubdirectory("annex-nginx-").FullName;
        var port = Service.FreePort();
        var source = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : directory, $"annex-bench-{Environment.ProcessId}");
        try
        {
            await WriteSourceAsync(source, megabytes, cancellationToken);
            await using var nginx = StartNginx(directory, port);
            using var http = new HttpClient();
            await WarmAsync(service, http, cancellationToken);
            var before = service.Resident;
            var peak = before;
            using var sampling = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var sampler = SampleAsync(service, value => peak = Math.Max(peak, value), sampling.Token);
            var (ourPut, ourGet, theirPut, theirSync, theirGet) = (double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue);
            for (var round = 0; round < Rounds; round++)
            {
                var (put, get) = await service.SlotAsync(http, megabytes * 1024L * 1024, cancellationToken);
                ourPut = Math.Min(ourPut, await Curl(cancellationToken, "-T", source, put.AbsoluteUri));
                ourGet = Math.Min(ourGet, await Curl(cancellationToken, get.AbsoluteUri));
                var file = $"http://127.0.0.1:{port}/f{round}";
                var plain = await Curl(cancellationToken, "-T", source, file);
                var stored = Path.Combine(directory, "files", $"f{round}");
                plain += await Child.TimeAsync("openssl", ["dgst", "-sha256", stored], cancellationToken);
                theirPut = Math.Min(theirPut, plain);
                theirSync = Math.Min(theirSync, plain + await Child.TimeAsync("sync", [stored], cancellationToken));
                theirGet = Math.Min(theirGet, await Curl(cancellationToken, file));
                File.Delete(stored);
            }
            await sampling.CancelAsync();
            await sampler;
            Report("PUT + SHA-256", megabytes, ourPut, theirPut);
            Report("PUT + SHA-256 + sync", megabytes, ourPut, theirSync);
            Report("GET", megabytes, ourGet, theirGet);
            Console.WriteLine($"memory: {before / 1048576} MiB before, grew by {(peak - before) / 1048576} MiB");
            return 0;
        }
        finally
        {
            File.Delete(source);
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Report(string what, int megabytes, double ours, double theirs) => Console.WriteLine(
        $"{what}: {megabytes / ours:F0} MiB/s, nginx {megabytes / theirs:F0} MiB/s: {100 * theirs / ours:F0} %");

    private static Task<double> Curl(CancellationToken cancellationToken, params string[] arguments) => Child.TimeAsync("curl",
        ["-sS", "-f", "-H", "Expect:", "-o", "/dev/null", "--noproxy", "*", .. arguments], cancellationToken);

    private static async Task WriteSourceAsync(string source, int megabytes, CancellationToken cancellationToken)
    {
        await using var file = File.Create(source);
        var block = RandomNumberGenerator.GetBytes(1024 * 1024);
        for (var i = 0; i < megabytes; i++) await file.WriteAsync(block, cancellationToken);
    }

    private static async Task WarmAsync(Service service, HttpClient http, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 30; i++)
        {
            var (put, get) = await service.SlotAsync(http, 100_000, cancellationToken);
            using var response = await http.PutAsync(put, new ByteArrayContent(new byte[100_000]), cancellationToken);
            response.EnsureSuccessStatusCode();
            await http.GetByteArrayAsync(get, cancellationToken);
        }
        // The code of the long loops is compiled anew while they run; that is the price of the first file, not of each.
        var (large, from) = await service.SlotAsync(http, WarmBytes, cancellationToken);
        using var answer = await http.PutAsync(large, new ByteArrayContent(new byte[WarmBytes]), cancellationToken);
        answer.EnsureSuccessStatusCode();
        await http.GetByteArrayAsync(from, cancellationToken);
    }

    private static async Task SampleAsync(Service service, Action<long> see, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            see(service.Resident);
            await Task.Delay(50, CancellationToken.None);
        }
    }

    private static Child StartNginx(string directory, int port)
    {
        Directory.CreateDirectory(Path.Combine(directory, "files"));
        var configuration = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            daemon off; worker_processes 1; error_log stderr; pid {{directory}}/nginx.pid;
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            events {}
            http {
              access_log off; sendfile off; client_max_body_size 0; client_body_temp_path {{directory}}/body;
              proxy_temp_path {{directory}}/p; fastcgi_temp_path {{directory}}/f; uwsgi_temp_path {{directory}}/u;
              scgi_temp_path {{directory}}/s;
              server { listen 127.0.0.1:{{port}}; root {{directory}}/files; location / { dav_methods PUT; } }
            }
            """);
        return Child.Start("nginx", "-c", configuration, "-p", directory);
    }
}
