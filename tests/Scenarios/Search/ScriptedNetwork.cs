using System.Collections.Concurrent;
using System.Xml.Linq;
using Annex.Testing.Scripted;
using Xunit.Sdk;

namespace Annex.Scenarios.Search;

/// <summary>Other services, as the component's own server would reach them: answers by address, from the address that was asked.</summary>
public sealed class ScriptedNetwork : IAsyncDisposable
{
    public const string Info = "http://jabber.org/protocol/disco#info";
    public const string Items = "http://jabber.org/protocol/disco#items";

    private readonly ScriptedServer _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;

    public ScriptedNetwork(ScriptedServer server)
    {
        _server = server;
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>By namespace, a space and the address: the query as asked to the payload of the result, or an error element; null for
    /// silence.</summary>
    public ConcurrentDictionary<string, Func<XElement, string?>> Answers { get; } = new();

    /// <summary>Every question, in order, as in <see cref="Answers"/>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>A MUC service with these rooms on one page.</summary>
    public void AddMuc(string domain, params string[] rooms)
    {
        Answers[$"{Info} {domain}"] = _ => Service("conference", "text", "http://jabber.org/protocol/muc");
        Answers[$"{Items} {domain}"] = _ =>
            $"<query xmlns='{Items}'>{string.Concat(rooms.Select(r => $"<item jid='{r}'/>"))}</query>";
    }

    public void AddRoom(string jid, string name, string features = "muc_public muc_persistent muc_open muc_semianonymous",
        string description = "", int occupants = 3, string extra = "") =>
        Answers[$"{Info} {jid}"] = _ =>
            $"<query xmlns='{Info}'><identity category='conference' type='text' name='{name}'/>" +
            string.Concat($"http://jabber.org/protocol/muc {features}".Split(' ').Select(f => $"<feature var='{f}'/>")) +
            "<x xmlns='jabber:x:data' type='result'>" +
            "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field>" +
            $"<field var='muc#roominfo_description'><value>{description}</value></field>" +
            $"<field var='muc#roominfo_occupants'><value>{occupants}</value></field>{extra}</x></query>";

    public static string Service(string category, string type, params string[] features) =>
        $"<query xmlns='{Info}'><identity category='{category}' type='{type}'/>" +
        string.Concat(features.Select(f => $"<feature var='{f}'/>")) + "</query>";

    public static string Error(string type, string condition, string text = "") =>
        $"<error type='{type}'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>{text}</{condition}></error>";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pump;
        _stop.Dispose();
    }

    private async Task PumpAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await AnswerAsync(await _server.ExpectSoon("<iq type='get' from='...' to='...'>...</iq>").WaitAsync(_stop.Token));
            }
            catch (Exception e) when (e is XunitException or OperationCanceledException)
            {
                // Nothing was asked for a while.
            }
        }
    }

    private async Task AnswerAsync(XElement iq)
    {
        var (to, query) = (iq.Attribute("to")!.Value, iq.Elements().First());
        var key = $"{query.Name.NamespaceName} {to}";
        Asked.Enqueue(key);
        var answer = Answers.TryGetValue(key, out var respond)
            ? respond(query)
            : Error("cancel", "remote-server-not-found");
        if (answer is null)
            return;
        var type = answer.StartsWith("<error", StringComparison.Ordinal) ? "error" : "result";
        await _server.Send(
            $"<iq type='{type}' id='{iq.Attribute("id")!.Value}' from='{to}' to='{iq.Attribute("from")!.Value}'>{answer}</iq>");
    }
}
