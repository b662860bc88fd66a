using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;

namespace Annex.Search.Crawler;

/// <summary>Asks other entities, never faster than all of them together may be asked.</summary>
internal sealed class Asker(ComponentConnection connection, CrawlerOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _next;

    /// <summary>The result's payload, or the error's condition; a time-out is the condition remote-server-timeout.</summary>
    public async Task<Answer> AskAsync(Jid to, Element payload, CancellationToken cancellationToken)
    {
        await WaitForTurnAsync(cancellationToken);
        try
        {
            var reply = await connection.Iqs.AskAsync(
                to, StanzaType.Get, payload, options.RequestTimeout, cancellationToken: cancellationToken);
            if (reply["type"] == "result")
                return new Answer(reply.Children.Count > 0 ? reply.Children[0] : null, null, null);
            var error = reply.ChildrenNamed("error").FirstOrDefault();
            var condition = error?.Children.FirstOrDefault(c => c.Namespace == Namespaces.StanzaErrors && c.Name != "text");
            return new Answer(null, condition?.Name ?? "undefined-condition", condition?.Text);
        }
        catch (TimeoutException)
        {
            return new Answer(null, "remote-server-timeout", null);
        }
        catch (InvalidOperationException)
        {
            // Too many questions wait already.
            return new Answer(null, "resource-constraint", null);
        }
    }

    private async Task WaitForTurnAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset turn;
        var now = time.GetUtcNow();
        lock (_gate)
        {
            turn = _next > now ? _next : now;
            _next = turn + (TimeSpan.FromSeconds(1) / options.MaxRequestsPerSecond);
        }
        if (turn > now)
            await Task.Delay(turn - now, time, cancellationToken);
    }

    /// <param name="Condition">Null for a result.</param>
    /// <param name="ConditionText">Where gone sends one.</param>
    public sealed record Answer(Element? Payload, string? Condition, string? ConditionText)
    {
        public bool IsError => Condition is not null;

        /// <summary>The service is not there or has too much to do: it is left alone for a while.</summary>
        public bool IsServicesTrouble => Condition is "resource-constraint" or "remote-server-timeout" or "remote-server-not-found"
            or "recipient-unavailable" or "policy-violation";
    }
}
