using System.CommandLine;
using Annex.Contracts.Events.V1;
using Annex.Hosting.Configuration;
using Grpc.Core;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl events: each service with a database has an error queue of its own.</summary>
internal static class EventCommands
{
    private static readonly string[] Keepers = [.. DefaultPorts.Services.Where(s => s != "TurnDiscovery")];
    private static readonly Argument<string> Service = Keeper(Word("service", "Whose queue: " + string.Join(", ", Keepers)));
    private static readonly Argument<long> Id = new("id") { Description = "The event's number (annexctl events list)" };
    private static readonly Argument<string> IdOrAll = Word("id", "The event's number, or all");

    public static Command Create() => Group("events", "Events that a service could not digest: list, show, replay, drop",
        ListErrors(), ShowError(),
        Replay(), Drop());

    private static Command Replay() => CommandBuilding.Create("replay", "Gives an event to its consumer again, at once", [Service, IdOrAll],
        session => session.AskAsync(session.Get(Service), async _ =>
        {
            var answer = await Client(session).ReplayErrorsAsync(
                new ReplayErrorsRequest { Id = Number(session), All = IsAll(session) }, session.Call);
            session.Output.Done(answer, $"{answer.Events} events are given to their consumers again.");
            return true;
        }));

    private static Command Drop() => CommandBuilding.Create("drop", "Forgets an event; its consumer never sees it",
        [Service, IdOrAll, GlobalOptions.Yes], session =>
        {
            session.Confirm(IsAll(session) ? $"Drop all event errors of {session.Get(Service)}?"
                : $"Drop event error {session.Get(IdOrAll)} of {session.Get(Service)}?");
            return session.AskAsync(session.Get(Service), async _ =>
            {
                var answer = await Client(session).DropErrorsAsync(
                    new DropErrorsRequest { Id = Number(session), All = IsAll(session) }, session.Call);
                session.Output.Done(answer, $"{answer.Events} events are dropped.");
                return true;
            });
        });

    private static Command ListErrors()
    {
        var only = new Option<string>("--service") { Description = "Only this service's", HelpName = "service" };
        only.AcceptOnlyFromAmong(Keepers);
        return CommandBuilding.Create("list", "Events that stepped aside, by service", [only, GlobalOptions.Limit], async session =>
        {
            var configured = session.Configuration.Configured;
            var names = session.Parsed.GetValue(only) is { } one ? [one]
                : Keepers.Where(k => configured.Count == 0 || configured.Contains(k)).ToArray();
            await session.Output.ListAsync(AllAsync(session, names), "No event stepped aside.",
                ("Service", e => e.Service), ("Id", e => $"{e.Id}"), ("At", e => Output.Time(e.At)), ("Event", e => e.Type),
                ("Consumer", e => e.Consumer), ("Attempts", e => $"{e.Attempts}"),
                ("Next", e => e.NextAt is null ? "waits for you" : Output.Time(e.NextAt)), ("Error", e => e.Error));
        });
    }

    private static Command ShowError() => CommandBuilding.Create("show", "One event with its body", [Service, Id],
        session => session.AskAsync(session.Get(Service), async _ =>
        {
            var error = await Client(session).GetErrorAsync(new GetErrorRequest { Id = session.Get(Id) }, session.Call);
            session.Output.One(error, ("Event", error.Type), ("Consumer", error.Consumer), ("Message", error.MessageId),
                ("At", Output.Time(error.At)), ("Attempts", $"{error.Attempts}"),
                ("Next attempt", error.NextAt is null ? "waits for you" : Output.Time(error.NextAt)), ("Error", error.Error), ("Body", error.Body));
            return true;
        }));

    private static async IAsyncEnumerable<EventError> AllAsync(Session session, IReadOnlyList<string> services)
    {
        foreach (var service in services)
        {
            using var errors = new EventQueue.EventQueueClient(session.Find(service)).ListErrors(
                new ListErrorsRequest { Limit = session.Get(GlobalOptions.Limit) }, session.Stream);
            var reader = errors.ResponseStream.ReadAllAsync(session.CancellationToken).GetAsyncEnumerator(session.CancellationToken);
            await using (reader)
            {
                while (await NextAsync(session, service, reader))
                    yield return reader.Current;
            }
        }
    }

    private static async Task<bool> NextAsync(Session session, string service, IAsyncEnumerator<EventError> reader)
    {
        try
        {
            return await reader.MoveNextAsync();
        }
        catch (RpcException e) when (!session.CancellationToken.IsCancellationRequested)
        {
            throw session.Explain(service, e);
        }
    }

    private static EventQueue.EventQueueClient Client(Session session) => new(session.Find(session.Get(Service)));

    private static bool IsAll(Session session) => session.Get(IdOrAll) == "all";

    private static long Number(Session session) => IsAll(session) ? 0
        : long.TryParse(session.Get(IdOrAll), out var id) && id > 0 ? id
        : throw new CommandFailedException($"'{session.Get(IdOrAll)}' is neither a number nor all", ExitCodes.Usage);

    private static Argument<string> Keeper(Argument<string> argument)
    {
        argument.AcceptOnlyFromAmong(Keepers);
        return argument;
    }
}
