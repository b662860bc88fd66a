using System.Net;
using System.Net.Sockets;

namespace Annex.Load.Compare;

/// <summary>MUC components alone on the component link: this process is the server. In turn, a new process of each for each shape.</summary>
internal sealed class ComponentComparison(Arguments options)
{
    private readonly Ratios _ratios = new();

    public static async Task RunAsync(Arguments options, string[] subjects, CancellationToken cancellationToken)
    {
        var comparison = new ComponentComparison(options);
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var subject in subjects)
                await comparison.TalkAsync(subject, round, cancellationToken);
            foreach (var subject in subjects)
                await comparison.JoinAsync(subject, round, cancellationToken);
        }
        comparison._ratios.Print("reflector", "reflector-ids", "mu-conference");
    }

    /// <summary>CPU per delivery against the number of occupants, in rooms whose members are not shown (else joining would be all).</summary>
    public static async Task SlopeAsync(Arguments options, string[] subjects, CancellationToken cancellationToken)
    {
        var comparison = new ComponentComparison(options);
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var subject in subjects)
            {
                foreach (var users in (int[])[10, 100, 1000, 10_000])
                {
                    await comparison.WithAsync(subject, users, quiet: true, async (load, _) =>
                    {
                        await load.JoinAsync(cancellationToken);
                        await load.TalkAsync(options.Window, options.Warm, cancellationToken);
                        comparison.Note($"1 x {users}", subject, round, await load.TalkAsync(options.Window, options.Talk, cancellationToken));
                    }, cancellationToken);
                }
            }
        }
        comparison._ratios.Print("reflector");
    }

    private Task TalkAsync(string subject, int round, CancellationToken cancellationToken) =>
        WithAsync(subject, options.Users, quiet: false, async (load, pid) =>
        {
            _ratios.Add("alone", "resident MB", subject, round, ProcessFigures.Resident([pid]) / 1e6);
            await load.JoinAsync(cancellationToken);
            await load.TalkAsync(options.Window, options.Warm, cancellationToken);
            Note($"1 x {options.Users}, {options.Window} on their way", subject, round,
                await load.TalkAsync(options.Window, options.Talk, cancellationToken));
            Note($"1 x {options.Users}, one at a time", subject, round, await load.TalkAsync(1, options.Talk, cancellationToken));
        }, cancellationToken);

    private Task JoinAsync(string subject, int round, CancellationToken cancellationToken)
    {
        var people = int.Parse(options.Text("people", "300"), System.Globalization.CultureInfo.InvariantCulture);
        return WithAsync(subject, people, quiet: false, async (load, _) =>
        {
            // The same before in other rooms: what a young process compiles is not the cost of joining. (mu-conference is compiled.)
            for (var i = 0; i < 4 && subject != "mu-conference"; i++)
                await load.JoinAsync(cancellationToken, $"warm{i}");
            var joined = await load.JoinAsync(cancellationToken);
            Console.WriteLine($"round {round} {subject}: {joined}");
            _ratios.Add($"{people} into one room", "seconds", subject, round, joined.Seconds);
            _ratios.Add($"{people} into one room", "CPU us per presence", subject, round, joined.CpuMicrosPerPresence);
        }, cancellationToken);
    }

    private void Note(string shape, string subject, int round, TalkFigures talk)
    {
        Console.WriteLine($"round {round} {subject} {shape}: {talk}");
        _ratios.Add(shape, "deliveries a second", subject, round, talk.Rate);
        _ratios.Add(shape, "CPU us per delivery", subject, round, talk.Cpu);
        _ratios.Add(shape, "p50 ms", subject, round, talk.P50);
        _ratios.Add(shape, "p99 ms", subject, round, talk.P99);
        _ratios.Add(shape, "bytes per delivery", subject, round, talk.BytesEach);
    }

    private async Task WithAsync(string subject, int users, bool quiet, Func<ComponentLoad, int, Task> measure,
        CancellationToken cancellationToken)
    {
        var port = FreePort();
        var listening = options.With(("port", port), ("users", users), ("quiet", quiet ? "yes" : "no"),
            ("joins", subject == "mu-conference" ? 1 : options.JoinsAtOnce), ("maxusers", subject == "mu-conference" ? 5000 : 0));
        var accepted = ServerLink.AcceptAsync(listening, cancellationToken);
        await using var process = await Subject.StartAsync(subject, listening, port, cancellationToken);
        await using var load = new ComponentLoad(listening.With(("pids", process.Pid)), await accepted, cancellationToken);
        await measure(load, process.Pid);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
