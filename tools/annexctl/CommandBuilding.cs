using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;

namespace Annex.Ctl;

/// <summary>Shapes that most commands have.</summary>
internal static class CommandBuilding
{
    public static Argument<string> Word(string name, string description) => new(name) { Description = description };

    /// <summary>Symbols are options and arguments; they are added in their order.</summary>
    public static Command Create(string name, string description, Symbol[] symbols, Func<Session, Task> run)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
                command.Options.Add(option);
            else if (symbol is Argument argument)
                command.Arguments.Add(argument);
        }
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var session = new Session(parsed, cancellationToken);
            await run(session);
            return ExitCodes.Good;
        });
        return command;
    }

    /// <summary>A list that a service streams.</summary>
    public static Command List<T>(string name, string description, string service, string none, Symbol[] symbols,
        Func<Session, CallInvoker, AsyncServerStreamingCall<T>> call, params (string Header, Func<T, string> Read)[] columns)
        where T : class, IMessage =>
        Create(name, description, symbols, session => session.AskAsync(service, async invoker =>
        {
            using var rows = call(session, invoker);
            return await session.Output.ListAsync(rows.ResponseStream.ReadAllAsync(session.CancellationToken), none, columns);
        }));

    /// <summary>A call whose answer is told in a sentence.</summary>
    public static Command Do<T>(string name, string description, string service, Symbol[] symbols,
        Func<Session, CallInvoker, AsyncUnaryCall<T>> call, Func<Session, T, string> sentence, Func<Session, string>? question = null)
        where T : class, IMessage =>
        Create(name, description, question is null ? symbols : [.. symbols, GlobalOptions.Yes], session =>
        {
            if (question is not null)
                session.Confirm(question(session));
            return session.AskAsync(service, async invoker =>
            {
                var answer = await session.Output.WhileAsync(description, async _ => await call(session, invoker));
                session.Output.Done(answer, sentence(session, answer));
                return true;
            });
        });

    /// <summary>A call whose answer is shown field by field.</summary>
    public static Command Show<T>(string name, string description, string service, Symbol[] symbols,
        Func<Session, CallInvoker, AsyncUnaryCall<T>> call, Func<T, (string Header, string Value)[]> fields)
        where T : class, IMessage =>
        Create(name, description, symbols, session => session.AskAsync(service, async invoker =>
        {
            var answer = await call(session, invoker);
            session.Output.One(answer, fields(answer));
            return true;
        }));

    public static T Get<T>(this Session session, Argument<T> argument) => session.Parsed.GetValue(argument)!;

    public static T Get<T>(this Session session, Option<T> option) => session.Parsed.GetValue(option)!;

    public static string Text(this Session session, Option<string> option) => session.Parsed.GetValue(option) ?? "";

    public static Google.Protobuf.WellKnownTypes.Timestamp? Time(this Session session, Option<DateTimeOffset?> option) =>
        session.Parsed.GetValue(option) is { } time ? Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(time) : null;

    public static Command Group(string name, string description, params Command[] commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
            group.Subcommands.Add(command);
        return group;
    }
}
