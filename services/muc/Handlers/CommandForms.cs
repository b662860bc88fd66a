using Annex.Muc.Rooms;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;
using Npgsql;

namespace Annex.Muc.Handlers;

/// <summary>What the commands of the service and of rooms share: fields, tables, and how a refusal is told.</summary>
internal static class CommandForms
{
    public static readonly StanzaError BadDuration =
        StanzaError.BadRequest.WithText("A duration is a number with s, m, h, d or w, such as 12h.");

    /// <summary>Asks with a form, then does the work, whose refusals become sentences.</summary>
    public static CommandStage Ask(DataForm form, Func<CommandRequest, CancellationToken, Task<CommandStep>> work) =>
        (_, _) => Task.FromResult(CommandStep.Ask(form, Guarded(work)));

    public static CommandStage Guarded(Func<CommandRequest, CancellationToken, Task<CommandStep>> work) =>
        async (request, cancellationToken) =>
        {
            try
            {
                return await work(request, cancellationToken);
            }
            catch (DeskException e)
            {
                return e.Problem == DeskProblem.Away ? CommandStep.Refused(MucErrors.StoreAway) : CommandStep.Failed(e.Message);
            }
            catch (Exception e) when (e is NpgsqlException or RoomRefusedException)
            {
                return CommandStep.Refused(MucErrors.StoreAway);
            }
        };

    public static DataForm Form(string node, string title, params IEnumerable<Field> fields) =>
        new(FormType.Form, node, fields) { Title = title };

    public static Field Reason() => Field.TextSingle("reason", null, "Reason");

    public static Field Duration() => Field.TextSingle("duration", null, Durations.Label);

    public static string? Reason(this CommandRequest request) => Optional(request, "reason");

    public static string? Optional(this CommandRequest request, string var) =>
        request.Submitted?.Text(var) is { Length: > 0 } text ? text : null;

    /// <summary>The submitted duration as a time; false where it is none.</summary>
    public static bool TryReadEnd(this CommandRequest request, DateTimeOffset now, out DateTimeOffset? until)
    {
        until = null;
        if (!Durations.TryParse(request.Submitted?.Text("duration"), out var duration))
            return false;
        until = duration is null ? null : now + duration;
        return true;
    }

    public static DataForm Table(string title, params (string Var, string Label)[] columns)
    {
        var table = new DataForm(FormType.Result) { Title = title };
        foreach (var (var, label) in columns)
            table.Reported.Add(new Field(var, FieldType.TextSingle) { Label = label });
        return table;
    }

    public static void Row(this DataForm table, params string?[] cells) =>
        table.AddItem(table.Reported.Select((c, i) => new Field(c.Var, FieldType.TextSingle, cells[i] ?? "")));

    /// <summary>The audit log as people read it.</summary>
    public static CommandStep Audit(IReadOnlyList<(string? Room, AuditRecord Line)> lines, string title, bool withRoom)
    {
        (string, string)[] columns = [("at", "When"), ("actor", "Who"), ("action", "What"), ("target", "To whom"), ("reason", "Reason"),
            ("details", "Details")];
        var table = Table(title, withRoom ? [.. columns, ("room", "Room")] : columns);
        foreach (var (room, line) in lines)
        {
            string?[] cells = [XmppDateTime.Format(line.At), line.Actor, line.Action, line.Target, line.Reason, line.Details];
            table.Row(withRoom ? [.. cells, room] : cells);
        }
        return lines.Count == 0 ? CommandStep.Done("Nothing was written down.") : CommandStep.Done(table);
    }

    public static string Until(DateTimeOffset? until) => until is null ? "" : XmppDateTime.Format(until.Value);
}
