using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Commands;

/// <summary>
/// The commands of a service and their sessions (XEP-0050). A service fills it at start; from then on it is safe from
/// any thread. It sends nothing itself.
/// </summary>
public sealed class CommandTable(TimeProvider time, CommandLimits? limits = null)
{
    /// <summary>Also the disco node of the list (§2.2).</summary>
    public const string Namespace = "http://jabber.org/protocol/commands";

    private readonly CommandLimits _limits = limits ?? new CommandLimits();
    private readonly CommandSessions _sessions = new(time, limits ?? new CommandLimits());
    private readonly Dictionary<string, Command> _commands = new(StringComparer.Ordinal);
    private readonly List<Command> _inOrder = [];

    /// <summary>Sessions that wait for their requester.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>Adds a command; returns this.</summary>
    /// <exception cref="ArgumentException">There is one with this node.</exception>
    public CommandTable Add(Command command)
    {
        _commands.Add(command.Node, command);
        _inOrder.Add(command);
        return this;
    }

    /// <summary>Routes the iqs of commands here and advertises the feature.</summary>
    public void Register(StanzaRouter router) => router
        .OnIq(StanzaType.Set, Namespace, "command", AnswerAsync, feature: Namespace)
        .Advertise(DataForm.Namespace);

    /// <summary>The commands that this requester may run (§2.2), for disco#items with the node of the
    /// namespace.</summary>
    public DiscoItems List(Jid from, Jid to)
    {
        var items = new DiscoItems(Namespace);
        var request = new CommandRequest(from, to, null, null);
        foreach (var command in _inOrder)
        {
            if (command.IsAllowed(request))
                items.Items.Add(new DiscoItem(to, command.Name, command.Node));
        }

        return items;
    }

    /// <summary>disco#info of the list or of one command (§2.2); null where the node is no command of ours, or the
    /// requester may not know it.</summary>
    public DiscoInfo? Info(string node, Jid from, Jid to)
    {
        var info = new DiscoInfo(node);
        if (node == Namespace)
        {
            info.Identities.Add(new Identity("automation", "command-list"));
            return info;
        }

        if (!_commands.TryGetValue(node, out var command) ||
            !command.IsAllowed(new CommandRequest(from, to, null, null)))
            return null;

        info.Identities.Add(new Identity("automation", "command-node", command.Name));
        info.Features.Add(Namespace);
        info.Features.Add(DataForm.Namespace);
        return info;
    }

    /// <summary>Runs one stage.</summary>
    /// <param name="request">The command element of an iq set.</param>
    /// <param name="lang">The language of the iq, where the element names none.</param>
    public async Task<CommandReply> ExecuteAsync(Element request, Jid from, Jid to, string? lang = null,
        CancellationToken cancellationToken = default)
    {
        if (request["node"] is not { Length: > 0 } node)
            return CommandErrors.NodeMissing;
        if (ReadAction(request["action"]) is not { } action)
            return CommandErrors.MalformedAction;
        if (!_commands.TryGetValue(node, out var command))
            return StanzaError.ItemNotFound;

        var payload = request.Child("x", DataForm.Namespace) is { } x && DataForm.TryParse(x, out var form, out _) ? form : null;
        var plain = new CommandRequest(from, to, request.Lang ?? lang, null) { Payload = payload };
        if (!command.IsAllowed(plain))
            return CommandErrors.Forbidden;

        return request["sessionid"] is { Length: > 0 } id
            ? await ContinueAsync(request, id, action, node, plain, cancellationToken)
            : await BeginAsync(command, action, plain, cancellationToken);
    }

    private async Task AnswerAsync(StanzaContext context, CancellationToken cancellationToken)
    {
        var stanza = context.Stanza;
        if (stanza.Child("command", Namespace) is not { } request ||
            stanza is not { From: { } from, To: { } to })
        {
            context.Error(StanzaError.BadRequest);
            return;
        }

        var lang = stanza.RawLang.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(stanza.RawLang);
        var reply = await ExecuteAsync(request, from, to, lang, cancellationToken);
        if (reply.IsError)
            context.Error(reply.Error);
        else
            context.Result(reply.Payload);
    }

    private async Task<CommandReply> BeginAsync(Command command, CommandAction action, CommandRequest request,
        CancellationToken cancellationToken)
    {
        var session = new CommandSession(CommandSessions.NewId(), command, request.From, request.To);
        if (action is CommandAction.Cancel)
            return Reply(session, "canceled", null);
        if (action is not CommandAction.Execute)
            return CommandErrors.BadAction;

        var step = await command.Run(request, cancellationToken);
        if (step.Failure is not null)
            return step.Failure;
        if (step.Next is null)
            return Reply(session, "completed", step);

        session.Stages.Add(step);
        return _sessions.TryAdd(session) ? Reply(session, "executing", step) : CommandErrors.TooManySessions;
    }

    private async Task<CommandReply> ContinueAsync(Element element, string id, CommandAction action, string node,
        CommandRequest request, CancellationToken cancellationToken)
    {
        if (_sessions.Take(id, node, request.From, request.To, out var error) is not { } session)
            return error!;

        var isOver = false;
        try
        {
            var current = session.Stages[^1];
            switch (action)
            {
                case CommandAction.Cancel:
                    isOver = true;
                    return Reply(session, "canceled", null);
                case CommandAction.Prev when session.Stages.Count > 1:
                    session.Stages.RemoveAt(session.Stages.Count - 1);
                    return Reply(session, "executing", session.Stages[^1]);
                case CommandAction.Prev:
                case CommandAction.Next when current.IsLast:
                case CommandAction.Complete when !current.IsLast:
                    return CommandErrors.BadAction;
            }

            if (!TryReadForm(element, current, out var submitted, out error))
                return error!;

            var step = await current.Next!(request with { Submitted = submitted }, cancellationToken);
            if (step.Failure is not null)
                return step.Failure;
            if (step.Next is null)
            {
                isOver = true;
                return Reply(session, "completed", step);
            }

            if (session.Stages.Count >= _limits.MaxStages)
            {
                isOver = true;
                return CommandErrors.TooManySessions;
            }

            session.Stages.Add(step);
            return Reply(session, "executing", step);
        }
        finally
        {
            if (isOver)
                _sessions.Remove(session);
            else
                _sessions.Release(session);
        }
    }

    private static bool TryReadForm(Element element, CommandStep step, out FormSubmission? submitted,
        out StanzaError? error)
    {
        submitted = null;
        error = CommandErrors.BadPayload;
        if (step.Form is not { } definition)
            return true;
        if (element.Child("x", DataForm.Namespace) is not { } x || !DataForm.TryParse(x, out var form, out _))
            return false;

        // §3.5.1: a form of type cancel counts as submitted. Whatever the type, the fields are what matters.
        if (FormSubmission.TryRead(definition, form, isComplete: true, out submitted, out var problem))
            return true;

        error = CommandErrors.BadPayload with { Text = problem.Text };
        return false;
    }

    private static Element Reply(CommandSession session, string status, CommandStep? step)
    {
        var command = new Element("command", Namespace)
            .With("node", session.Command.Node).With("sessionid", session.Id).With("status", status);
        if (status == "executing" && step is not null)
        {
            // §3.4: without an execute attribute the default is next, so the last stage has to say complete.
            var actions = new Element("actions", Namespace).With("execute", step.IsLast ? "complete" : "next");
            if (session.Stages.Count > 1)
                actions.Add(new Element("prev", Namespace));
            command.Add(actions.Add(new Element(step.IsLast ? "complete" : "next", Namespace)));
        }

        foreach (var note in step?.Notes ?? [])
            command.Add(new Element("note", Namespace).With("type", TypeName(note.Type)).AddText(note.Text));
        return step?.Form is null ? command : command.Add(step.Form.ToElement());
    }

    private static CommandAction? ReadAction(string? name) => name switch
    {
        null or "execute" => CommandAction.Execute,
        "next" => CommandAction.Next,
        "prev" => CommandAction.Prev,
        "complete" => CommandAction.Complete,
        "cancel" => CommandAction.Cancel,
        _ => null,
    };

    private static string TypeName(CommandNoteType type) => type switch
    {
        CommandNoteType.Info => "info",
        CommandNoteType.Warn => "warn",
        _ => "error",
    };
}
