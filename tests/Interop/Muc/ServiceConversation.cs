using Annex.Testing.Servers;
using Annex.Xmpp.Xml;

namespace Annex.Interop.Muc;

/// <summary>One of the services, spoken to as its server would.</summary>
internal sealed class ServiceConversation : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ComponentServer _server;
    private readonly Func<int, ServiceProcess>? _start;
    private ServiceProcess? _process;
    private readonly List<Element> _received = [];
    private int _ids;

    private ServiceConversation(Func<int, ServiceProcess> start)
    {
        _server = new ComponentServer();
        _start = start;
        _process = start(_server.Port);
    }

    /// <summary>With a service that somebody else runs and ends.</summary>
    public ServiceConversation(ComponentServer server) => _server = server;

    /// <param name="more">Further settings, as ANNEX_ names without the prefix.</param>
    public static async Task<ServiceConversation> StartAsync(params (string Key, string Value)[] more)
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        return await StartAsync(port => ServiceProcess.StartMuc(database, port, more));
    }

    /// <param name="start">Starts the process, given the component port.</param>
    public static async Task<ServiceConversation> StartAsync(Func<int, ServiceProcess> start)
    {
        var conversation = new ServiceConversation(start);
        await conversation._server.ConnectedAsync();
        return conversation;
    }

    /// <summary>kill -9, and a new process that goes on.</summary>
    public async Task KillAndRestartAsync()
    {
        _process!.Kill();
        _process.Dispose();
        _process = _start!(_server.Port);
        await _server.NextConnectionAsync();
    }

    public async Task SendAsync(string xml) => await _server.TrySendAsync(xml);

    /// <summary>Sends an iq and waits for its answer.</summary>
    public async Task<Element> AskAsync(string from, string to, string type, string payload)
    {
        var id = $"q{++_ids}";
        await SendAsync($"<iq type='{type}' id='{id}' from='{from}' to='{to}'>{payload}</iq>");
        return await ReceiveAsync(e => e.Name == "iq" && e["id"] == id && e["to"] == from);
    }

    /// <summary>The next stanza that was not taken yet and fits.</summary>
    public async Task<Element> ReceiveAsync(Predicate<Element> fits)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var found = _received.Find(fits);
            if (found is not null)
            {
                _received.Remove(found);
                return found;
            }
            using var stanza = await _server.Stanzas.ReadAsync(limit.Token);
            _received.Add(stanza.ToElement());
        }
    }

    public List<Element> TakeAll(Predicate<Element> fits)
    {
        var taken = _received.FindAll(fits);
        _received.RemoveAll(fits);
        return taken;
    }

    public async Task JoinAsync(string user, string room, string nick, string? password = null)
    {
        var secret = password is null ? "" : $"<password>{password}</password>";
        await SendAsync($"<presence from='{user}' to='{room}/{nick}'><x xmlns='http://jabber.org/protocol/muc'>{secret}</x></presence>");
        await ReceiveAsync(e => e.Name == "message" && e["to"] == user && e.Child("subject") is not null);
    }

    public Task<Element> ConfigureAsync(string owner, string room, params (string Var, string Value)[] fields)
    {
        var form = string.Concat(fields.Select(f => $"<field var='muc#roomconfig_{f.Var}'><value>{f.Value}</value></field>"));
        return AskAsync(owner, room, "set", "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
            + "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>" + form + "</x></query>");
    }

    /// <summary>Says something and gives its stanza-id.</summary>
    public async Task<string> SayAsync(string user, string room, string body, string extra = "")
    {
        await SendAsync($"<message type='groupchat' id='{Guid.NewGuid():N}' from='{user}' to='{room}'><body>{body}</body>{extra}</message>");
        var reflected = await ReceiveAsync(e => e.Name == "message" && e["to"] == user && e.Child("body")?.Text == body);
        return reflected.Child("stanza-id", "urn:xmpp:sid:0")!["id"]!;
    }

    /// <summary>Queries an archive.</summary>
    /// <param name="form">Fields as (var, value); several of one name are its values.</param>
    /// <param name="more">What stands in the query beside the form, such as an RSM set.</param>
    public async Task<(Element Answer, List<Element> Results)> QueryAsync(string user, string room, string more = "",
        params (string Var, string Value)[] form)
    {
        var fields = string.Concat(form.GroupBy(f => f.Var).Select(g =>
            $"<field var='{g.Key}'>{string.Concat(g.Select(f => $"<value>{f.Value}</value>"))}</field>"));
        var x = form.Length == 0 ? "" : "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>" + fields + "</x>";
        var answer = await AskAsync(user, room, "set", $"<query xmlns='urn:xmpp:mam:2' queryid='f27'>{x}{more}</query>");
        return (answer, TakeAll(e => e["to"] == user && e.Child("result", "urn:xmpp:mam:2") is not null));
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        _process.Dispose();
        await _server.DisposeAsync();
    }
}
