using System.Globalization;

namespace Annex.Load.Compare;

/// <summary>End to end with real clients on a real server, which is started anew for each figure: its own MUC, and components behind
/// it.</summary>
internal sealed class ClientComparison(Arguments options)
{
    private readonly Ratios _ratios = new();

    public static async Task RunAsync(Arguments options, string kind, string[] subjects, CancellationToken cancellationToken)
    {
        var comparison = new ClientComparison(options);
        var sizes = options.Text("sizes", "50,200,500").Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var users in sizes)
            {
                foreach (var subject in subjects)
                    await comparison.MeasureAsync(kind, subject, users, round, cancellationToken);
            }
        }
        comparison._ratios.Print("built-in", "reflector", "reflector-ids");
    }

    private async Task MeasureAsync(string kind, string subject, int users, int round, CancellationToken cancellationToken)
    {
        await using var server = await Served.StartAsync(kind, Settings(kind, subject), cancellationToken);
        await using var component = subject == "built-in"
            ? null : await Subject.StartAsync(subject, options, server.Port("component_port"), cancellationToken);
        var shape = $"{kind}, {users} clients";
        var pids = component is null ? $"{server.Pid}" : $"{server.Pid},{component.Pid}";
        await using var load = new ClientLoad(options.With(("host", "127.0.0.1"), ("port", server.Port("c2s_port")), ("users", users),
            ("pids", pids)), cancellationToken);
        await load.LoginAsync(cancellationToken);
        var joined = await load.JoinAsync(cancellationToken);
        await load.TalkAsync(options.Warm, cancellationToken);
        var talk = await load.TalkAsync(options.Talk, cancellationToken);
        Console.WriteLine($"round {round} {shape}, {subject}: {joined}; {talk}");
        _ratios.Add(shape, "deliveries a second", subject, round, talk.Rate);
        _ratios.Add(shape, "server's CPU us each", subject, round, talk.Cpu);
        _ratios.Add(shape, "p50 ms", subject, round, talk.P50);
        _ratios.Add(shape, "p99 ms", subject, round, talk.P99);
        _ratios.Add(shape, "seconds to join", subject, round, joined.Seconds);
        if (component is not null)
            _ratios.Add(shape, "component's CPU / server's", subject, round, talk.CpuMicros[1] / talk.CpuMicros[0]);
    }

    /// <summary>Accounts that nobody has to make: whoever comes is let in. The rest is as the tests' servers are.</summary>
    private IEnumerable<string> Settings(string kind, string subject)
    {
        var isBuiltIn = subject == "built-in";
        yield return $"domain={options.Domain}";
        if (!isBuiltIn)
            yield return $"components={options.Jid}:{options.Secret}";
        if (kind == "prosody")
        {
            yield return "host_lines=  authentication = \"insecure\"\n  insecure_open_authentication = \"Yes please, I know what I'm doing!\"";
            if (isBuiltIn)
                yield return $"component_lines=Component \"{options.Jid}\" \"muc\"";
            yield break;
        }
        yield return $"global_lines=host_config:\n  \"{options.Domain}\":\n    auth_method: [anonymous]\n    anonymous_protocol: login_anon";
        if (isBuiltIn)
            yield return $"module_lines=  mod_muc: {{ host: \"{options.Jid}\", max_users: 5000, default_room_options: {{ max_users: 5000 }} }}";
        else if (subject == "muc-multicast")
            yield return $"module_lines=  mod_multicast: {{ host: \"multicast.{options.Domain}\", access: all, limits: {{ local: {{ message: 100000, presence: 100000 }}, remote: {{ message: 100000, presence: 100000 }} }} }}";
    }
}
