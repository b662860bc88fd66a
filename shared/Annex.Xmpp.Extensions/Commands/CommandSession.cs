using Annex.Xmpp.Addressing;

namespace Annex.Xmpp.Extensions.Commands;

/// <summary>Where one requester stands in one command. Guarded by its table's lock, except while a stage runs: then
/// <see cref="IsRunning"/> keeps everybody else out.</summary>
internal sealed class CommandSession(string id, Command command, Jid from, Jid to)
{
    public string Id { get; } = id;

    public Command Command { get; } = command;

    public Jid From { get; } = from;

    public Jid To { get; } = to;

    /// <summary>The forms asked so far; the last is the one in front of the requester.</summary>
    public List<CommandStep> Stages { get; } = [];

    public bool IsRunning { get; set; }

    /// <summary>TimeProvider's timestamp of the last answer.</summary>
    public long LastUse { get; set; }
}
