namespace Annex.Xmpp.Streams;

/// <summary>One change of a link's state that an operator should see once. Retries of the same trouble are not reported.</summary>
/// <param name="Detail">What the server or the system said; never a secret, never a stanza's content.</param>
/// <param name="Options">The properties of <see cref="ComponentOptions"/> to correct; empty where nothing can be.</param>
public sealed record LinkReport(LinkState State, LinkFault Fault, string? Detail, IReadOnlyList<string> Options)
{
    /// <summary>The defect behind <see cref="LinkFault.Internal"/>.</summary>
    public Exception? Exception { get; init; }
}
