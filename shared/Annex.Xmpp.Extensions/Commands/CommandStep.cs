using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;

namespace Annex.Xmpp.Extensions.Commands;

/// <summary>A stage of a command: does its work and says what comes next.</summary>
public delegate Task<CommandStep> CommandStage(CommandRequest request, CancellationToken cancellationToken);

/// <summary>What a stage came to: another form, the end, or an error.</summary>
public sealed class CommandStep
{
    private CommandStep(DataForm? form, IReadOnlyList<CommandNote> notes)
    {
        Form = form;
        Notes = notes;
    }

    /// <summary>The form to fill in, or the result.</summary>
    public DataForm? Form { get; }

    public IReadOnlyList<CommandNote> Notes { get; }

    /// <summary>What takes the form; null at the end.</summary>
    internal CommandStage? Next { get; private init; }

    internal bool IsLast { get; private init; }

    internal StanzaError? Failure { get; private init; }

    /// <summary>Asks with a form; the stage is called with what is submitted. The form holds values as they are now, so
    /// a submission may leave out what shall stay.</summary>
    /// <param name="isLast">The client shows "finish" instead of "next".</param>
    public static CommandStep Ask(DataForm form, CommandStage next, bool isLast = true,
        params IReadOnlyList<CommandNote> notes) =>
        new(form, notes) { Next = next, IsLast = isLast };

    /// <summary>The command is done.</summary>
    public static CommandStep Done(DataForm? result = null, params IReadOnlyList<CommandNote> notes) =>
        new(result, notes);

    /// <summary>The command is done.</summary>
    public static CommandStep Done(string note) => new(null, [new CommandNote(note)]);

    /// <summary>The command ended without success: completed with a note of type error (XEP-0050 §3.6).</summary>
    public static CommandStep Failed(string note) => new(null, [new CommandNote(note, CommandNoteType.Error)]);

    /// <summary>The request is answered with an error. In a session the stage stays open for another try.</summary>
    public static CommandStep Refused(StanzaError error) => new(null, []) { Failure = error };
}
