using System.Globalization;

namespace Annex.Load;

/// <summary>The command line: a command, words, and --name value pairs, all with defaults.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public string Command { get; private init; } = "";

    /// <summary>What stands behind the command without a name.</summary>
    public List<string> Words { get; } = [];

    /// <summary>Address to listen on (component, link) or to connect to (clients, reflector).</summary>
    public string Host => Text("host", "127.0.0.1");

    public int Port => Number("port", 15347);

    /// <summary>The component's address: rooms are room0@jid and so on.</summary>
    public string Jid => Text("jid", "conference.annex.test");

    public string Secret => Text("secret", "secret");

    /// <summary>The users' domain.</summary>
    public string Domain => Text("domain", "annex.test");

    public int Rooms => Number("rooms", 1);

    /// <summary>Occupants of each room.</summary>
    public int Users => Number("users", 100);

    /// <summary>The room's limit, where it is to be configured.</summary>
    public int MaxUsers => Number("maxusers", 0);

    /// <summary>Joins on their way at once.</summary>
    public int JoinsAtOnce => Number("joins", 8);

    /// <summary>How long messages are sent before anything is counted, in seconds: a process that is seconds old still compiles.</summary>
    public double Warm => double.Parse(Text("warm", "4"), CultureInfo.InvariantCulture);

    /// <summary>How long messages are sent, in seconds.</summary>
    public double Talk => double.Parse(Text("talk", "2"), CultureInfo.InvariantCulture);

    /// <summary>Stanzas of the link's load.</summary>
    public int Stanzas => Number("stanzas", 1_000_000);

    /// <summary>Messages on their way at once; 1 measures latency.</summary>
    public int Window => Number("window", 16);

    /// <summary>Characters of each body.</summary>
    public int Body => Number("body", 80);

    /// <summary>Longest run in seconds.</summary>
    public int Seconds => Number("seconds", 120);

    /// <summary>Rounds of a comparison; each goes through all subjects in turn.</summary>
    public int Rounds => Number("rounds", 3);

    /// <summary>Rooms in which only moderators are shown: joining is cheap, so that rooms of 10,000 can be measured.</summary>
    public bool IsQuietRoom => Text("quiet", "no") == "yes";

    /// <summary>Processes whose CPU and memory are reported.</summary>
    public int[] Pids => [.. Text("pids", "").Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => int.Parse(p, CultureInfo.InvariantCulture))];

    public string Password => Text("password", "secret");

    public static Arguments Parse(string[] args)
    {
        var result = new Arguments { Command = args.Length > 0 ? args[0] : "" };
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < args.Length)
                result._values[args[i].TrimStart('-')] = args[++i];
            else
                result.Words.Add(args[i]);
        }
        return result;
    }

    /// <summary>The same with some values changed.</summary>
    public Arguments With(params (string Name, object Value)[] changes)
    {
        var result = new Arguments { Command = Command };
        foreach (var (name, value) in _values)
            result._values[name] = value;
        foreach (var (name, value) in changes)
            result._values[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return result;
    }

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    public static int Usage()
    {
        Console.Error.WriteLine("""
            component  the server's side of XEP-0114 towards a MUC component that connects here:
                       joins --users in each of --rooms, talks for --talk seconds with --window messages on their way, reports
            clients    real client connections (SASL PLAIN) u0..uN of --domain with --password, in one room
            link       accepts a component and writes --stanzas ready-made ones at it: the link's own limit
            reflector  a bare component that reflects: no roles, checks or storage; the yardstick
            compare    starts everything itself and compares; see bench/compare
            hostile    floods one muc while others talk; see bench/hostile
            options    --host --port --jid --secret --domain --rooms --users --warm --talk --window --body --seconds --pids 1,2 --rounds
            """);
        return 2;
    }

    private int Number(string name, int otherwise) =>
        _values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
