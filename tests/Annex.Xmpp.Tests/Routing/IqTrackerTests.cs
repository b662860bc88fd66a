using Annex.Testing;
using Annex.Testing.Scripted;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Routing;

public sealed class IqTrackerTests : IAsyncLifetime
{
    private static readonly Jid Romeo = Jid.Parse("romeo@example.net/orchard");

    private readonly ScriptedServer _server = new("echo.example.org");
    private readonly ManualTime _time = new();
    private readonly ComponentConnection _connection;

    public IqTrackerTests()
    {
        var options = _server.Options;
        options.MaxPendingIqs = 2;
        _connection = new ComponentConnection(options, new StanzaRouter()
            .OnIq(StanzaType.Get, "urn:xmpp:ping", "ping", static (in StanzaContext context) => context.Result()),
            _server.ConnectAsync, _time);
    }

    public async Task InitializeAsync()
    {
        _connection.Start();
        await _server.AcceptAsync();
    }

    public async Task DisposeAsync()
    {
        var closing = _connection.DisposeAsync();
        await _server.DisposeAsync();
        await closing;
    }

    [Theory]
    [InlineData("result")]
    [InlineData("error")]
    public async Task The_reply_of_whom_was_asked_is_taken(string type)
    {
        var asking = AskAsync();
        await _server.Expect("<iq type='get' id='{id}' from='echo.example.org' to='romeo@example.net/orchard'><ping xmlns='urn:xmpp:ping'/></iq>");
        await _server.Send($"<iq type='{type}' id='{{id}}' from='romeo@example.net/orchard' to='echo.example.org'><x xmlns='urn:x'/></iq>");
        var reply = await asking;
        Assert.Equal(type, reply["type"]);
        Assert.NotNull(reply.Child("x", "urn:x"));
        Assert.Equal(0, _connection.Iqs.Count);
    }

    [Fact]
    public async Task Nobody_else_can_answer()
    {
        var asking = AskAsync();
        await _server.Expect("<iq type='get' id='{id}' from='echo.example.org' to='...'>...</iq>");
        await _server.Send("<iq type='result' id='{id}' from='mallory@example.net/orchard' to='echo.example.org'/>");
        await _server.Send("<iq type='result' id='{id}' from='romeo@example.net' to='echo.example.org'/>");
        await _server.Send("<iq type='result' id='guess' from='romeo@example.net/orchard' to='echo.example.org'/>");
        await _server.Settle();
        Assert.False(asking.IsCompleted);
        await _server.Send("<iq type='result' id='{id}' from='romeo@example.net/orchard' to='echo.example.org'/>");
        await asking;
    }

    [Fact]
    public async Task No_reply_in_time_is_a_time_out_and_a_late_one_is_nobodys()
    {
        var asking = AskAsync();
        await _server.Expect("<iq type='get' id='{id}' from='echo.example.org'>...</iq>");
        _time.Advance(IqTracker.DefaultTimeout);
        await Assert.ThrowsAsync<TimeoutException>(() => asking);
        await _server.Send("<iq type='result' id='{id}' from='romeo@example.net/orchard' to='echo.example.org'/>");
        await _server.ExpectNothing();
        Assert.Equal(0, _connection.Iqs.Count);
    }

    [Fact]
    public async Task No_more_than_the_limit_wait_at_once()
    {
        var first = AskAsync();
        var second = AskAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(AskAsync);
        _time.Advance(IqTracker.DefaultTimeout);
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        await Assert.ThrowsAsync<TimeoutException>(() => second);
        _ = AskAsync();
        Assert.Equal(1, _connection.Iqs.Count);
    }

    [Fact]
    public void Ids_do_not_repeat_and_need_no_escaping()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => IqTracker.NewId()).ToHashSet();
        Assert.Equal(1_000, ids.Count);
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_-]{20}$", id));
    }

    private Task<Element> AskAsync() => _connection.Iqs.AskAsync(Romeo, StanzaType.Get, new Element("ping", "urn:xmpp:ping"));
}
