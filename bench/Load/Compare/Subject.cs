using System.Globalization;

namespace Annex.Load.Compare;

/// <summary>A MUC component as a process of its own, pointed at a component port.</summary>
internal sealed class Subject : IAsyncDisposable
{
    private readonly Child _process;
    private readonly Served? _postgres;
    // mu-conference's alone.
    private readonly string? _files;

    private Subject(Child process, Served? postgres, string? files) => (_process, _postgres, _files) = (process, postgres, files);

    public int Pid => _process.Id;

    /// <summary>Names that <see cref="StartAsync"/> knows.</summary>
    public static string[] Names { get; } = ["reflector", "muc", "muc-archive", "muc-multicast", "mu-conference"];

    public static Task<Subject> StartAsync(string name, Arguments options, int port, CancellationToken cancellationToken) => name switch
    {
        "reflector" => Task.FromResult(StartReflector(options, port)),
        "muc" => StartMucAsync(options, port, [("Muc__Defaults__enablearchiving", "false")], cancellationToken),
        "muc-limits" => StartMucAsync(options, port, [("Muc__Defaults__enablearchiving", "false"), ("Muc__MessagesPerSecond", "5"),
            ("Muc__RoomMessagesPerSecond", "500"), ("Muc__MaxRoomsPerUser", "100"), ("Muc__MaxJoinedPerUser", "500")], cancellationToken),
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
        if (_files is not null)
            Directory.Delete(_files, recursive: true);
    }

    private static Subject StartReflector(Arguments options, int port) => new(Child.Start("dotnet",
        [typeof(Subject).Assembly.Location, "reflector", "--port", Text(port), "--jid", options.Jid, "--secret", options.Secret,
            "--seconds", "3600"]), null, null);

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
