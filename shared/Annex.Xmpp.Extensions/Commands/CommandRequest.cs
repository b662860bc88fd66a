using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Forms;

namespace Annex.Xmpp.Extensions.Commands;

/// <summary>What a stage of a command is given.</summary>
/// <param name="From">Who asks, with resource.</param>
/// <param name="To">Whom: the service, or a room of it.</param>
/// <param name="Lang">The language asked for, or null.</param>
/// <param name="Submitted">The form of the stage before, checked against its definition; null in the first
/// stage.</param>
public sealed record CommandRequest(Jid From, Jid To, string? Lang, FormSubmission? Submitted)
{
    /// <summary>The form that came with this very request, unchecked. In the first stage too: some clients know what a
    /// command asks and send it along with execute (register-push-fcm).</summary>
    public DataForm? Payload { get; init; }
}
