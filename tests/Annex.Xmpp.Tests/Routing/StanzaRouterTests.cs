using Annex.Testing.Scripted;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Xunit;

namespace Annex.Xmpp.Tests.Routing;

public sealed class StanzaRouterTests : IAsyncLifetime
{
    private readonly ScriptedServer _server = new("echo.example.org");
    private readonly StanzaRouter _router = new();
    private readonly ComponentConnection _connection;
    private readonly List<string> _seen = [];

    public StanzaRouterTests()
    {
        var options = _server.Options;
        options.MaxAsyncHandlers = 2;
        _connection = new ComponentConnection(options, _router, _server.ConnectAsync);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        var closing = _connection.DisposeAsync();
        await _server.DisposeAsync();
        await closing;
    }

    [Fact]
    public void Features_are_what_the_handlers_advertise()
    {
        _router.OnIq(StanzaType.Get, "urn:a", "q", Note("a"), "urn:a").OnMessage(Note("m"), "urn:m").Advertise("urn:b");
        Assert.Equal(["urn:a", "urn:b", "urn:m"], _router.Features);
    }

    [Fact]
    public void Two_handlers_for_the_same_stanzas_are_a_mistake()
    {
        _router.OnIq(StanzaType.Get, "urn:a", "q", Note("a")).OnPresence(Note("p"));
        Assert.Throws<InvalidOperationException>(() => _router.OnIq(StanzaType.Get, "urn:a", "q", Note("b")));
        Assert.Throws<InvalidOperationException>(() => _router.OnPresence(Note("p")));
    }

    [Fact]
    public void Nothing_is_registered_after_the_first_stanza()
    {
        Dispatch("<message from='a@b' to='echo.example.org'/>");
        Assert.Throws<InvalidOperationException>(() => _router.OnMessage(Note("m")));
    }

    [Fact]
    public void A_stanza_goes_to_the_narrowest_handler()
    {
        _router.OnIq(StanzaType.Get, "urn:a", "q", Note("get a"))
            .OnIq(StanzaType.Set, "urn:a", "q", Note("set a"))
            .OnAnyIq(Note("any iq")).OnAnyReply(Note("any reply"))
            .OnMessage("urn:x", "x", Note("x")).OnMessage(Note("message")).OnPresence(Note("presence"));

        Dispatch("<iq type='get' id='1' from='a@b'><q xmlns='urn:a'/></iq>");
        Dispatch("<iq type='set' id='1' from='a@b'><q xmlns='urn:a'/></iq>");
        Dispatch("<iq type='set' id='1' from='a@b'><q xmlns='urn:ab'/></iq>");
        Dispatch("<iq type='get' id='1' from='a@b'><qq xmlns='urn:a'/></iq>");
        Dispatch("<iq type='result' id='1' from='a@b'/>");
        Dispatch("<iq type='error' id='1' from='a@b'/>");
        Dispatch("<message from='a@b'><x xmlns='urn:x'/></message>");
        Dispatch("<message from='a@b' type='error'><x xmlns='urn:x'/></message>");
        Dispatch("<message from='a@b'><body/></message>");
        Dispatch("<presence from='a@b' type='unavailable'/>");

        Assert.Equal(
            ["get a", "set a", "any iq", "any iq", "any reply", "any reply", "x", "x", "message", "presence"], _seen);
    }

    [Theory]
    [InlineData("<iq type='get' id='1' from='a@b/c' to='echo.example.org'><q xmlns='urn:nobody'/></iq>", "cancel", "service-unavailable")]
    [InlineData("<iq type='set' id='1' from='a@b/c' to='echo.example.org'><q xmlns='urn:nobody'/></iq>", "cancel", "service-unavailable")]
    [InlineData("<iq type='get' id='1' from='a@b/c' to='echo.example.org'/>", "modify", "bad-request")]
    [InlineData("<iq type='frobnicate' id='1' from='a@b/c' to='echo.example.org'><q xmlns='urn:a'/></iq>", "modify", "bad-request")]
    [InlineData("<iq id='1' from='a@b/c' to='echo.example.org'><q xmlns='urn:a'/></iq>", "modify", "bad-request")]
    public async Task An_iq_that_nobody_handles_is_refused(string iq, string type, string condition)
    {
        await ConnectAsync();
        await _server.Send(iq);
        await _server.Expect($"""
            <iq type='error' id='1' from='echo.example.org' to='a@b/c'>
              <error type='{type}'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>
            </iq>
            """);
    }

    [Fact]
    public async Task Errors_and_results_are_never_answered()
    {
        _router.OnMessage(static (in StanzaContext context) => context.Error(StanzaError.BadRequest));
        _router.OnPresence(static (in StanzaContext context) => context.Error(StanzaError.BadRequest));
        await ConnectAsync();
        await _server.Send("<iq type='error' id='1' from='a@b/c' to='echo.example.org'/>");
        await _server.Send("<iq type='result' id='1' from='a@b/c' to='echo.example.org'/>");
        await _server.Send("<message type='error' id='1' from='a@b/c' to='echo.example.org'/>");
        await _server.Send("<presence type='error' id='1' from='a@b/c' to='echo.example.org'/>");
        await _server.ExpectNothing();
    }

    [Fact]
    public async Task An_answer_carries_the_id_as_it_came_and_the_address_that_was_asked()
    {
        _router.OnIq(StanzaType.Get, "urn:a", "q", static (in StanzaContext context) => context.Result());
        await ConnectAsync();
        await _server.Send("<iq type='get' id='&lt;&apos;&amp;&quot;&gt;' from=\"d'artagnan@b/&lt;\" to='room@echo.example.org'><q xmlns='urn:a'/></iq>");
        await _server.Expect("<iq type='result' id='&lt;&apos;&amp;&quot;&gt;' from='room@echo.example.org' to=\"d'artagnan@b/&lt;\"/>");
    }

    [Fact]
    public async Task Handlers_that_wait_are_bounded()
    {
        var release = new TaskCompletionSource();
        _router.OnIq(StanzaType.Get, "urn:a", "q", async (context, token) =>
        {
            await release.Task.WaitAsync(token);
            context.Result();
        });
        await ConnectAsync();
        for (var i = 1; i <= 3; i++)
            await _server.Send($"<iq type='get' id='{i}' from='a@b/c' to='echo.example.org'><q xmlns='urn:a'/></iq>");

        await _server.Expect("""
            <iq type='error' id='3' from='echo.example.org'>
              <error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>
            </iq>
            """);
        release.SetResult();
        await _server.ExpectSoon("<iq type='result' id='1' from='echo.example.org'/>");
        await _server.ExpectSoon("<iq type='result' id='2' from='echo.example.org'/>");
    }

    [Fact]
    public async Task A_defect_in_a_handler_that_waits_is_counted_and_answered()
    {
        Exception? logged = null;
        _router.OnFailure = exception => logged = exception;
        _router.OnIq(StanzaType.Get, "urn:a", "q", async (_, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("a defect");
        });
        await ConnectAsync();
        await _server.Send("<iq type='get' id='1' from='a@b/c' to='echo.example.org'><q xmlns='urn:a'/></iq>");
        await _server.Expect("<iq type='error' id='1' from='echo.example.org'><error type='cancel'>...</error></iq>");
        Assert.Equal(1, _router.FailureCount);
        Assert.Equal("a defect", logged?.Message);
    }

    [Fact]
    public void A_detached_stanza_is_its_takers()
    {
        Stanza? kept = null;
        _router.OnMessage((in StanzaContext context) => kept = context.Stanza.Detach());
        Dispatch("<message from='a@b'><body>hello</body></message>");
        Assert.Equal("<body>hello</body>", System.Text.Encoding.UTF8.GetString(kept!.Payload.Span));
        kept.Dispose();
    }

    private StanzaHandler Note(string what) => (in StanzaContext context) => _seen.Add(what);

    private void Dispatch(string xml) =>
        _router.Dispatch(new StanzaContext(Stanza.Parse(System.Text.Encoding.UTF8.GetBytes(xml)), _connection));

    private async Task ConnectAsync()
    {
        _router.OnIq(StanzaType.Get, "urn:xmpp:ping", "ping", static (in StanzaContext context) => context.Result());
        _connection.Start();
        await _server.AcceptAsync();
    }
}
