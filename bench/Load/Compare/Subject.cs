using System.Globalization;

namespace Annex.Load.Compare;

/// <summary>A MUC component as a process of its own, pointed at a component port.</summary>
internal sealed class Subject : IAsyncDisposable
{
    private readonly Child _process;
    private readonly Served? _postgres;
    // mu-conference's alone.
    private readonly string? _files;
    private string? _directory;

    private Subject(Child process, Served? postgres, string? files) => (_process, _postgres, _files) = (process, postgres, files);

    public int Pid => _process.Id;

    /// <summary>Names that <see cref="StartAsync"/> knows.</summary>
    public static string[] Names { get; } = ["reflector", "reflector-ids", "muc", "muc-archive", "muc-multicast", "mu-conference"];

    public static Task<Subject> StartAsync(string name, Arguments options, int port, CancellationToken cancellationToken) => name switch
    {
        "reflector" or "reflector-ids" => Task.FromResult(StartReflector(options, port, name == "reflector-ids")),
        "muc" => StartMucAsync(options, port, [("Muc__Defaults__enablearchiving", "false")], cancellationToken),
        "muc-archive" => StartMucAsync(options, port, [("Muc__Defaults__enablearchiving", "true")], cancellationToken),
        "muc-multicast" => StartMucAsync(options, port, [("Muc__Defaults__enablearchiving", "false"), ("Muc__Multicast__Enabled", "true")], cancellationToken),
        "mu-conference" => Task.FromResult(StartMuConference(options, port)),
        _ => throw new ArgumentException($"No such subject: {name}"),
    };

    public async ValueTask DisposeAsync()
    {
        if (_files is not null)
            _process.Kill();
        await _process.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        if (_directory is not null)
            Directory.Delete(_directory, recursive: true);
        if (_files is not null)
            Directory.Delete(_files, recursive: true);
    }

    private static Subject StartReflector(Arguments options, int port, bool withIds) => new(Child.Start("dotnet",
        [typeof(Subject).Assembly.Location, "reflector", "--port", Text(port), "--jid", options.Jid, "--secret", options.Secret,
            "--ids", withIds ? "yes" : "no", "--seconds", "3600"]), null, null);

    /// <summary>The released service, with its database beside it (commits are synced to the disk), as an operator runs it.</summary>
    private static async Task<Subject> StartMucAsync(Arguments options, int port, (string Key, string Value)[] more,
        CancellationToken cancellationToken)
    {
        var postgres = await Served.StartAsync("postgres", ["create=annex"], cancellationToken);
        var environment = new Dictionary<string, string>
        {
            ["ANNEX_Database"] = postgres["database"] + ";Database=annex",
            ["ANNEX_LocalDomains__0"] = options.Domain,
            ["ANNEX_Muc__Component__Jid"] = options.Jid,
            ["ANNEX_Muc__Component__Port"] = Text(port),
            ["ANNEX_Muc__Component__Secret"] = options.Secret,
            ["ANNEX_Muc__Ops__Listen"] = "127.0.0.1:0",
            ["ANNEX_Muc__Rpc__Listen"] = "127.0.0.1:0",
            // The load is one sender's at a time: the limits that keep a room from being flooded would be what is measured.
            ["ANNEX_Muc__MessagesPerSecond"] = "0",
            ["ANNEX_Muc__RoomMessagesPerSecond"] = "0",
            ["ANNEX_Muc__MaxRoomsPerUser"] = "0",
            ["ANNEX_Muc__MaxJoinedPerUser"] = "0",
        };
        foreach (var (key, value) in more)
            environment[$"ANNEX_{key}"] = value;
        var assembly = options.Text("muc", Path.Combine(Served.Root, "services/muc/bin/Release/net10.0/Annex.Muc.dll"));
        return new Subject(Child.Start("dotnet", [assembly], environment), postgres, null);
    }

    /// <summary>All of Annex that strangers can write to, in one process with its default limits, as ./run runs it.</summary>
    /// <param name="ports">Of muc, upload and push: one component each.</param>
    public static async Task<Subject> StartSuiteAsync(Arguments options, (string Service, int Port)[] ports, CancellationToken cancellationToken)
    {
        var postgres = await Served.StartAsync("postgres", ["create=annex"], cancellationToken);
        var files = Directory.CreateTempSubdirectory("annex-hostile-").FullName;
        var environment = new Dictionary<string, string>
        {
            ["ANNEX_Database"] = postgres["database"] + ";Database=annex",
            ["ANNEX_LocalDomains__0"] = options.Domain,
            ["ANNEX_Muc__Defaults__enablearchiving"] = "false",
            ["ANNEX_Upload__Directory"] = Path.Combine(files, "upload"),
            ["ANNEX_Push__EncryptionKeyFile"] = Path.Combine(files, "push.keys"),
            ["ANNEX_Push__WebPush__KeyFiles"] = Path.Combine(files, "vapid.pem"),
        };
        foreach (var (service, port) in ports)
        {
            environment[$"ANNEX_{service}__Component__Jid"] = JidOf(options, service);
            environment[$"ANNEX_{service}__Component__Port"] = Text(port);
            environment[$"ANNEX_{service}__Component__Secret"] = options.Secret;
            environment[$"ANNEX_{service}__Ops__Listen"] = "127.0.0.1:0";
            environment[$"ANNEX_{service}__Rpc__Listen"] = "127.0.0.1:0";
            if (service != "Muc")
                environment[$"ANNEX_{service}__Http__Listen"] = $"127.0.0.1:{ComponentComparison.FreePort()}";
        }
        var assembly = Path.Combine(Served.Root, "host/bin/Release/net10.0/Annex.Host.dll");
        return new Subject(Child.Start("dotnet", [assembly], environment), postgres, null) { _directory = files };
    }

    public static string JidOf(Arguments options, string service) =>
        service == "Muc" ? options.Jid : $"{service.ToLowerInvariant()}.{options.Domain}";

    /// <summary>Debian's jabber-muc: no log of rooms, no history, TZ set (it asks for the local time of each message), as
    /// fast as it gets.</summary>
    private static Subject StartMuConference(Arguments options, int port)
    {
        var files = Directory.CreateTempSubdirectory("annex-muconference-").FullName;
        foreach (var folder in (string[])["rooms", "log"])
            Directory.CreateDirectory(Path.Combine(files, folder));
        File.WriteAllText(Path.Combine(files, "muc.xml"), $"""
            <jcr><name>{options.Jid}</name><host>{options.Jid}</host><ip>127.0.0.1</ip><port>{Text(port)}</port>
            <secret>{options.Secret}</secret><spool>{files}/rooms</spool><logdir>{files}/log</logdir><pidfile>{files}/pid</pidfile>
            <loglevel>0</loglevel><conference xmlns="jabber:config:conference"><public/><history>0</history>
            <notice><join>-</join><leave>-</leave><rename>-</rename></notice></conference></jcr>
            """);
        return new Subject(Child.Start("/usr/sbin/mu-conference", ["-c", Path.Combine(files, "muc.xml")],
            new Dictionary<string, string> { ["TZ"] = "UTC" }), null, files);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
