using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Extensions;

public sealed class CommandTableTests
{
    private static readonly Jid Admin = Jid.Parse("admin@example.org/desk");
    private static readonly Jid Service = Jid.Parse("muc.example.org");

    private readonly Clock _time = new();
    private readonly CommandTable _table;
    private TaskCompletionSource<CommandStep>? _slow;

    public CommandTableTests() => _table = Fill(new CommandTable(_time));

    private CommandTable Fill(CommandTable table) => table
        .Add(new Command("list", "List Services", _ => true, (_, _) => Task.FromResult(CommandStep.Done("Nothing runs."))))
        .Add(new Command("config", "Configure Service", request => request.From.Bare == Admin.Bare, (_, _) =>
            Task.FromResult(CommandStep.Ask(ServiceForm(), ChooseModeAsync, isLast: false))))
        .Add(new Command("slow", "Slow", _ => true, (_, _) =>
            Task.FromResult(CommandStep.Ask(ServiceForm(), (_, _) => _slow!.Task))))
        .Add(new Command("no", "Never", _ => true, (_, _) => Task.FromResult(CommandStep.Refused(StanzaError.Conflict))));

    private static DataForm ServiceForm() => new(FormType.Form, null,
        Field.ListSingle("service", null, null, new FieldOption("httpd"), new FieldOption("jabberd")).Require());

    private static Task<CommandStep> ChooseModeAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var service = request.Submitted!.Text("service");
        var form = new DataForm(FormType.Form, null, Field.Bool("on", true, $"Run {service}?"));
        return Task.FromResult(CommandStep.Ask(form, (last, _) => Task.FromResult(last.Submitted!.Boolean("on") is true
            ? CommandStep.Done(null, new CommandNote($"{service} runs."))
            : CommandStep.Failed($"{service} cannot be stopped."))));
    }

    private async Task<Element> Run(string attributes, string inner = "", Jid? from = null)
    {
        var element = Element.Parse($"<command xmlns='http://jabber.org/protocol/commands' {attributes}>{inner}</command>");
        var reply = await _table.ExecuteAsync(element, from ?? Admin, Service);
        if (!reply.IsError)
            return reply.Payload;

        var error = new Element("error", "urn:test").With("condition", reply.Error.Condition);
        return error.With("specific", reply.Error.Application?.Name).With("text", reply.Error.Text);
    }

    private static string Submit(string var, string value) =>
        $"<x xmlns='jabber:x:data' type='submit'><field var='{var}'><value>{value}</value></field></x>";

    [Fact]
    public void The_list_holds_what_the_requester_may_run()
    {
        Assert.Equal(["list", "config", "slow", "no"], _table.List(Admin, Service).Items.Select(item => item.Node!));
        var guest = _table.List(Jid.Parse("guest@example.org"), Service);
        Assert.Equal(["list", "slow", "no"], guest.Items.Select(item => item.Node!));
        Assert.Equal(CommandTable.Namespace, guest.Node);
        Assert.All(guest.Items, item => Assert.Equal(Service, item.Jid));
    }

    [Fact]
    public void A_command_is_a_node_of_disco()
    {
        var info = _table.Info("config", Admin, Service)!;
        Assert.Equal(("automation", "command-node", "Configure Service"),
            (info.Identities[0].Category, info.Identities[0].Type, info.Identities[0].Name));
        Assert.True(info.Has(CommandTable.Namespace) && info.Has("jabber:x:data"));
        Assert.Equal("command-list", _table.Info(CommandTable.Namespace, Admin, Service)!.Identities[0].Type);
        Assert.Null(_table.Info("config", Jid.Parse("guest@example.org"), Service));
        Assert.Null(_table.Info("unknown", Admin, Service));
    }

    // XEP-0050 §2.4.1.
    [Fact]
    public async Task A_command_of_one_stage_completes_at_once()
    {
        var reply = await Run("node='list' action='execute'");
        Assert.Equal("completed", reply["status"]);
        Assert.Equal("Nothing runs.", reply.Child("note")!.Text);
        Assert.Equal("info", reply.Child("note")!["type"]);
        Assert.Equal(0, _table.SessionCount);
    }

    // XEP-0050 §2.4.2.
    [Fact]
    public async Task A_command_of_several_stages_goes_on_and_back()
    {
        var first = await Run("node='config'");
        var id = first["sessionid"]!;
        Assert.Equal("executing", first["status"]);
        Assert.Equal("<actions xmlns='http://jabber.org/protocol/commands' execute='next'><next/></actions>",
            first.Child("actions")!.ToString());

        var second = await Run($"node='config' sessionid='{id}'", Submit("service", "httpd"));
        Assert.Equal(id, second["sessionid"]);
        Assert.Equal("<actions xmlns='http://jabber.org/protocol/commands' execute='complete'><prev/><complete/></actions>",
            second.Child("actions")!.ToString());
        Assert.Equal("Run httpd?", DataForm.Find(second)!["on"]!.Label);

        var again = await Run($"node='config' sessionid='{id}' action='prev'");
        Assert.NotNull(DataForm.Find(again)!["service"]);
        await Run($"node='config' sessionid='{id}' action='next'", Submit("service", "jabberd"));
        var done = await Run($"node='config' sessionid='{id}' action='complete'", Submit("on", "1"));
        Assert.Equal(("completed", "jabberd runs."), (done["status"], done.Child("note")!.Text));
        Assert.Equal(0, _table.SessionCount);
        Assert.Equal("session-expired", (await Run($"node='config' sessionid='{id}'"))["specific"]);
    }

    [Fact]
    public async Task A_command_that_fails_completes_with_a_note_of_an_error()
    {
        var id = (await Run("node='config'"))["sessionid"]!;
        await Run($"node='config' sessionid='{id}'", Submit("service", "httpd"));
        var done = await Run($"node='config' sessionid='{id}'", Submit("on", "0"));
        Assert.Equal(("completed", "error"), (done["status"], done.Child("note")!["type"]));
    }

    [Fact]
    public async Task A_session_can_be_cancelled()
    {
        var id = (await Run("node='config'"))["sessionid"]!;
        var reply = await Run($"node='config' sessionid='{id}' action='cancel'");
        Assert.Equal("canceled", reply["status"]);
        Assert.Equal(0, _table.SessionCount);
        Assert.Equal("canceled", (await Run("node='config' action='cancel'"))["status"]);
    }

    // XEP-0050 §4.4.
    [Theory]
    [InlineData("", "bad-request", null)]
    [InlineData("node='unknown'", "item-not-found", null)]
    [InlineData("node='list' action='dance'", "bad-request", "malformed-action")]
    [InlineData("node='list' action='prev'", "bad-request", "bad-action")]
    [InlineData("node='list' action='complete'", "bad-request", "bad-action")]
    [InlineData("node='list' sessionid='x'", "bad-request", "bad-sessionid")]
    [InlineData("node='list' sessionid='0123456789abcdef0123456789abcdef'", "not-allowed", "session-expired")]
    [InlineData("node='no'", "conflict", null)]
    public async Task A_wrong_request_has_its_error(string attributes, string condition, string? specific)
    {
        var error = await Run(attributes);
        Assert.Equal((condition, specific), (error["condition"], error["specific"]));
        Assert.Equal(0, _table.SessionCount);
    }

    [Fact]
    public async Task Who_may_not_run_a_command_is_refused() =>
        Assert.Equal("forbidden", (await Run("node='config'", from: Jid.Parse("guest@example.org/x")))["condition"]);

    [Theory]
    [InlineData("action='prev'", "", "bad-action")]
    [InlineData("action='complete'", "", "bad-action")]
    [InlineData("", "", "bad-payload")]
    [InlineData("", "<x xmlns='jabber:x:data' type='submit'/>", "bad-payload")]
    [InlineData("", "<x xmlns='jabber:x:data' type='submit'><field var='service'><value>rm</value></field></x>", "bad-payload")]
    public async Task A_wrong_answer_leaves_the_session_open(string attributes, string inner, string specific)
    {
        var id = (await Run("node='config'"))["sessionid"]!;
        Assert.Equal(specific, (await Run($"node='config' sessionid='{id}' {attributes}", inner))["specific"]);
        var next = await Run($"node='config' sessionid='{id}'", Submit("service", "httpd"));
        Assert.Equal("executing", next["status"]);
    }

    [Fact]
    public async Task A_session_belongs_to_who_began_it_and_to_its_command()
    {
        var id = (await Run("node='config'"))["sessionid"]!;
        var other = await Run($"node='config' sessionid='{id}'", from: Jid.Parse("admin@example.org/phone"));
        Assert.Equal("session-expired", other["specific"]);
        Assert.Equal("bad-sessionid", (await Run($"node='list' sessionid='{id}'"))["specific"]);
    }

    [Fact]
    public async Task A_session_that_nobody_goes_on_with_ends()
    {
        var id = (await Run("node='config'"))["sessionid"]!;
        _time.Now += TimeSpan.FromMinutes(9);
        await Run($"node='config' sessionid='{id}'", Submit("service", "httpd"));
        _time.Now += TimeSpan.FromMinutes(9);
        Assert.Equal("executing", (await Run($"node='config' sessionid='{id}' action='prev'"))["status"]);
        _time.Now += TimeSpan.FromMinutes(11);
        Assert.Equal("session-expired", (await Run($"node='config' sessionid='{id}'"))["specific"]);
        Assert.Equal(0, _table.SessionCount);
    }

    [Fact]
    public async Task One_requester_has_only_so_many_sessions()
    {
        var first = (await Run("node='config'"))["sessionid"]!;
        for (var i = 0; i < 5; i++)
        {
            _time.Now += TimeSpan.FromSeconds(1);
            await Run("node='config'", from: Jid.Parse($"admin@example.org/r{i}"));
        }

        Assert.Equal(5, _table.SessionCount);
        Assert.Equal("session-expired", (await Run($"node='config' sessionid='{first}'"))["specific"]);
    }

    [Fact]
    public async Task All_requesters_together_have_only_so_many_sessions()
    {
        var table = Fill(new CommandTable(_time, new CommandLimits { MaxSessions = 2 }));
        var element = new Element("command", CommandTable.Namespace).With("node", "slow");
        for (var i = 0; i < 2; i++)
            Assert.False((await table.ExecuteAsync(element, Jid.Parse($"u{i}@example.org/x"), Service)).IsError);
        var reply = await table.ExecuteAsync(element, Jid.Parse("u3@example.org/x"), Service);
        Assert.Equal("resource-constraint", reply.Error!.Condition);
    }

    [Fact]
    public async Task A_stage_that_runs_keeps_the_next_request_out()
    {
        _slow = new TaskCompletionSource<CommandStep>();
        var id = (await Run("node='slow'"))["sessionid"]!;
        var running = Run($"node='slow' sessionid='{id}'", Submit("service", "httpd"));
        var second = await Run($"node='slow' sessionid='{id}'", Submit("service", "httpd"));
        Assert.Equal("unexpected-request", second["condition"]);
        _slow.SetResult(CommandStep.Done("done"));
        Assert.Equal("completed", (await running)["status"]);
    }

    [Fact]
    public async Task A_stage_that_throws_leaves_the_session_to_try_again()
    {
        _slow = new TaskCompletionSource<CommandStep>();
        _slow.SetException(new InvalidOperationException("broken"));
        var id = (await Run("node='slow'"))["sessionid"]!;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Run($"node='slow' sessionid='{id}'", Submit("service", "httpd")));
        Assert.Equal("canceled", (await Run($"node='slow' sessionid='{id}' action='cancel'"))["status"]);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.Ticks;
    }
}
