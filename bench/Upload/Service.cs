using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Annex.Upload;

namespace Annex.UploadBench;

/// <summary>The service as a process of its own, on a private PostgreSQL that syncs its commits.</summary>
internal sealed class Service : IAsyncDisposable
{
    private const string Secret = "a-secret-for-the-bench";
    private readonly Child _postgres;
    private readonly Child _process;
    private readonly string _directory;

    private Service(Child postgres, Child process, string directory, Uri url) =>
        (_postgres, _process, _directory, Url) = (postgres, process, directory, url);

    public Uri Url { get; }

    public long Resident => _process.Resident;

    public static async Task<Service> StartAsync(int componentPort, CancellationToken cancellationToken)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Annex.slnx"))) root = Path.GetDirectoryName(root)!;
        var postgres = Child.Start(Path.Combine(root, "deploy/servers/serve"), "postgres", "new");
        var database = "";
        while (await postgres.Output.ReadLineAsync(cancellationToken) is { } line && line != "ready")
        {
            if (line.StartsWith("database=", StringComparison.Ordinal)) database = line["database=".Length..];
        }
        var directory = Directory.CreateTempSubdirectory("annex-upload-bench-").FullName;
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        // With the runtime options that the program is shipped with.
        var program = Environment.GetEnvironmentVariable("BENCH_PROGRAM") ?? typeof(UploadService).Assembly.Location;
        var process = Child.Start("dotnet", [program,
            $"--Database={database};Database=postgres;Maximum Pool Size=50", "--LocalDomains=annex.test",
            "--Upload:Component:Jid=upload.annex.test", "--Upload:Component:Secret=bench",
            $"--Upload:Component:Port={componentPort}", $"--Upload:Http:Listen={url.Authority}",
            "--Upload:Rpc:Listen=127.0.0.1:0", "--Upload:Ops:Listen=127.0.0.1:0", $"--Upload:Directory={directory}",
            "--Upload:SlotsPerMinute=0", "--Upload:BytesPerDay=0", "--Upload:MaxFileSize=8000000000", "--Upload:UserQuota=0",
            $"--Upload:External:ServiceUrlSecret={Secret}"]);
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(url, cancellationToken);
                return new Service(postgres, process, directory, url);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    public async Task<(Uri Put, Uri Get)> SlotAsync(HttpClient http, long size, CancellationToken cancellationToken)
    {
        var ask = new Uri(Url, string.Create(CultureInfo.InvariantCulture,
            $"/ejabberd/{Secret}?jid=ann@annex.test&name=a.bin&size={size}&content_type="));
        var lines = (await http.GetStringAsync(ask, cancellationToken)).Split('\n');
        return (new Uri(lines[0]), new Uri(lines[1]));
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
