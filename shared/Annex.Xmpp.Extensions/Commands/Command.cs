namespace Annex.Xmpp.Extensions.Commands;

/// <summary>A command of a service (XEP-0050).</summary>
/// <param name="Node">Names it; unique in its table.</param>
/// <param name="Name">For people.</param>
/// <param name="IsAllowed">May this requester see and run it? Asked for the list, and again at every stage.</param>
/// <param name="Run">The first stage.</param>
public sealed record Command(string Node, string Name, Func<CommandRequest, bool> IsAllowed, CommandStage Run);
