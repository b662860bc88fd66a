using System.CommandLine;
using Annex.Contracts.Turn.V1;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl turn</summary>
internal static class TurnCommands
{
    private const string Turn = "TurnDiscovery";

    private static readonly (string, Func<Server, string>)[] Columns =
    [
        ("Type", s => s.Type), ("Host", s => $"{s.Host}:{s.Port}"), ("Transport", s => s.Transport), ("Region", s => s.Region),
        ("Priority", s => $"{s.Priority}"), ("Healthy", s => s.IsChecked ? Output.YesNo(s.IsHealthy) : "not checked"),
        ("Latency", s => s.Latency > 0 ? Output.Number(s.Latency) + " ms" : ""), ("Checked", s => Output.Time(s.CheckedAt)),
        ("Problem", s => s.Problem.Length == 0 && s.UsesOlderSecret ? "it knows only an older secret" : s.Problem),
    ];

    public static Command Create()
    {
        var user = Word("user", "A bare JID of one of the local domains");
        var type = new Option<string>("--type") { Description = "Only this type", HelpName = "type" };
        type.AcceptOnlyFromAmong("stun", "stuns", "turn", "turns");
        var credentials = CommandBuilding.Create("credentials", "What a user would be told now, with a credential that works", [user, type],
            session => session.AskAsync(Turn, async turn =>
            {
                var answer = await Client(turn).IssueCredentialsAsync(
                    new IssueCredentialsRequest { User = session.Get(user), Type = session.Text(type) }, session.Call);
                return await session.Output.ListAsync(answer.Services.ToAsyncEnumerable(), "There is nothing to tell.",
                    ("Type", s => s.Type), ("Host", s => $"{s.Host}:{s.Port}"), ("Transport", s => s.Transport),
                    ("User name", s => s.Username), ("Password", s => s.Password), ("Expires", s => Output.Time(s.Expires)));
            }));
        var host = new Argument<string>("host") { Description = "Only this server; all without it", DefaultValueFactory = _ => "" };
        return Group("turn", "STUN and TURN servers, their health, credentials",
            List("servers", "The servers and their health", Turn, "No server is configured.", [],
                (session, turn) => Client(turn).ListServers(new ListServersRequest(), session.Stream), Columns),
            List("check", "Checks the servers now, as a client would use them", Turn, "There is no such server.", [host],
                (session, turn) => Client(turn).CheckServers(new CheckServersRequest { Host = session.Get(host) }, session.Stream), Columns),
            credentials);
    }

    private static TurnCredentials.TurnCredentialsClient Client(Grpc.Core.CallInvoker turn) => new(turn);
}
