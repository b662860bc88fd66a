using System.Globalization;

namespace Annex.Load;

/// <summary>The command line: a command and --name value pairs, all with defaults.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public string Command { get; private init; } = "";

    /// <summary>Address to listen on (component, link) or to connect to (clients, reflector).</summary>
    public string Host => Text("host", "127.0.0.1");

    public int Port => Number("port", 15347);

    /// <summary>The component's address: rooms are room0@jid and so on.</summary>
    public string Jid => Text("jid", "conference.example.org");

    public string Secret => Text("secret", "secret");

    /// <summary>The users' domain.</summary>
    public string Domain => Text("domain", "example.org");

    public int Rooms => Number("rooms", 1);

    /// <summary>Occupants of each room.</summary>
    public int Users => Number("users", 100);

    /// <summary>Messages in all.</summary>
    public int Messages => Number("messages", 2000);

    /// <summary>Messages on their way at once; 1 measures latency.</summary>
    public int Window => Number("window", 16);

    /// <summary>Characters of each body.</summary>
    public int Body => Number("body", 80);

    /// <summary>Longest run.</summary>
    public int Seconds => Number("seconds", 120);

    /// <summary>Processes whose CPU and memory are reported.</summary>
    public int[] Pids => [.. Text("pids", "").Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => int.Parse(p, CultureInfo.InvariantCulture))];

    public string Password => Text("password", "secret");

    public static Arguments Parse(string[] args)
    {
        var result = new Arguments { Command = args.Length > 0 ? args[0] : "" };
        for (var i = 1; i + 1 < args.Length; i += 2) result._values[args[i].TrimStart('-')] = args[i + 1];
        return result;
    }

    public static int Usage()
    {
        Console.Error.WriteLine("""
            component  the server's side of XEP-0114 towards a MUC component that connects here:
                       joins --users in each of --rooms, sends --messages with --window on their way, reports
            clients    real client connections (SASL PLAIN) u0..uN of --domain with --password, one room each run
            link       accepts a component and writes ready-made stanzas at it: the link's own limit
            reflector  a bare component that reflects: no roles, checks or storage; the yardstick
            options    --host --port --jid --secret --domain --rooms --users --messages --window --body --seconds --pids 1,2
            """);
        return 2;
    }

    private string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    private int Number(string name, int otherwise) =>
        _values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
