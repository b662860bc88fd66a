using Annex.Testing.Scripted;
using Annex.Xmpp.Streams;
using Xunit;

namespace Annex.Scenarios.Wire;

/// <summary>XEP-0114 §3, and what Prosody and ejabberd make of it.</summary>
public sealed class HandshakeTests
{
    [Fact]
    public async Task The_header_names_the_component_and_the_handshake_is_the_hash_of_id_and_secret()
    {
        await using var wire = new WireFixture();
        wire.Connection.Start();
        using var stream = await wire.Server.NextStreamAsync();

        var to = await stream.OpenAsync("3BF96D32");
        await stream.ReadHandshakeAsync("3BF96D32", wire.Server.Secret);

        Assert.Equal("echo.example.org", to);
        Assert.False(wire.Connection.IsConnected);
        await stream.WriteAsync("<handshake/>");
        await wire.UntilAsync(LinkState.Up);
        Assert.True(wire.Connection.IsConnected);
    }

    [Fact]
    public async Task What_follows_the_handshake_in_the_same_segment_is_not_lost()
    {
        await using var wire = new WireFixture();
        wire.Connection.Start();

        await wire.Server.AcceptAsync(behindHandshake:
            "<iq type='get' id='1' from='example.org' to='echo.example.org'><ping xmlns='urn:xmpp:ping'/></iq>"
            + "<iq type='get' id='2' from='example.org' to='echo.example.org'><ping xmlns='urn:xmpp:ping'/></iq>");

        await wire.Server.Expect("<iq type='result' id='1' from='echo.example.org' to='example.org'/>");
        await wire.Server.Expect("<iq type='result' id='2' from='echo.example.org' to='example.org'/>");
    }

    [Fact]
    public async Task The_whole_conversation_may_come_byte_by_byte()
    {
        await using var wire = new WireFixture();
        wire.Connection.Start();
        using var stream = await wire.Server.NextStreamAsync();
        await stream.ReadUntilAsync("<");
        foreach (var octet in System.Text.Encoding.UTF8.GetBytes(ServerStream.Header("é-1", "echo.example.org")))
            await stream.WriteAsync(new[] { octet });
        await stream.ReadHandshakeAsync("é-1", wire.Server.Secret);

        const string rest = "<handshake/><iq type='get' id='ü' from='romeo@example.net/ö' to='echo.example.org'>"
            + "<ping xmlns='urn:xmpp:ping'/></iq>";
        foreach (var octet in System.Text.Encoding.UTF8.GetBytes(rest))
            await stream.WriteAsync(new[] { octet });

        var reply = XmlPattern.Parse(await stream.ReadUntilAsync("<iq"));
        Assert.Equal("ü", reply.Attribute("id")?.Value);
        Assert.Equal("romeo@example.net/ö", reply.Attribute("to")?.Value);
    }

    [Theory]
    [InlineData("not-authorized", LinkFault.WrongSecret, LinkState.Down, "Secret")]
    [InlineData("host-unknown", LinkFault.UnknownHost, LinkState.Down, "Jid")]
    [InlineData("improper-addressing", LinkFault.UnknownHost, LinkState.Down, "Jid")]
    [InlineData("conflict", LinkFault.Conflict, LinkState.Standby, "")]
    [InlineData("invalid-namespace", LinkFault.NotAComponentPort, LinkState.Down, "Port")]
    public async Task A_refusal_names_the_option_to_correct_and_is_reported_once(
        string condition, LinkFault fault, LinkState state, string option)
    {
        await using var wire = new WireFixture();
        wire.Connection.Start();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var stream = await wire.Server.NextStreamAsync();
            await stream.OpenAsync();
            await stream.ReadUntilAsync("<handshake");
            await stream.WriteAsync(ServerStream.StreamError(condition, "go away"));
            await wire.UntilAsync(state);
            await wire.UntilNextAttemptAsync();
        }

        var report = Assert.Single(wire.Reports);
        Assert.Equal(fault, report.Fault);
        Assert.Equal(state, report.State);
        Assert.Equal(option, string.Join(',', report.Options));
        Assert.Equal($"{condition}: go away", report.Detail);
    }

    [Fact]
    public async Task An_error_in_the_same_segment_as_the_header_is_understood()
    {
        // Prosody, unknown host: header with an empty id, error and end at once, then it closes.
        await using var wire = new WireFixture();
        wire.Connection.Start();
        using var stream = await wire.Server.NextStreamAsync();
        await stream.WriteAsync(ServerStream.Header("", "") + ServerStream.StreamError("host-unknown", "no such component"));
        stream.Dispose();

        await wire.UntilAsync(LinkState.Down);

        Assert.Equal(LinkFault.UnknownHost, Assert.Single(wire.Reports).Fault);
    }

    [Fact]
    public async Task A_wrong_secret_is_retried_slowly()
    {
        await using var wire = new WireFixture();
        wire.Connection.Start();
        using (var stream = await wire.Server.NextStreamAsync())
        {
            await stream.OpenAsync();
            await stream.WriteAsync(ServerStream.StreamError("not-authorized"));
            await wire.UntilAsync(LinkState.Down);
        }

        await wire.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(1, wire.Server.Attempts);
        await wire.UntilNextAttemptAsync();
        await wire.Server.AcceptAsync();
        await wire.UntilAsync(LinkState.Up);
        Assert.Equal([LinkState.Down, LinkState.Up], wire.Reports.Select(r => r.State));
    }

    [Fact]
    public async Task A_refused_connection_is_reported_once_with_host_and_port()
    {
        await using var wire = new WireFixture();
        wire.Server.IsRefusing = true;
        wire.Connection.Start();
        await wire.UntilAsync(LinkState.Down);
        for (var i = 0; i < 5; i++)
            await wire.UntilNextAttemptAsync();

        var report = Assert.Single(wire.Reports);
        Assert.Equal(LinkFault.Unreachable, report.Fault);
        Assert.Equal(["Host", "Port"], report.Options);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_in_time()
    {
        await using var wire = new WireFixture();
        wire.Connection.Start();
        using var stream = await wire.Server.NextStreamAsync();
        await stream.ReadUntilAsync("<");

        await wire.PassAsync(wire.Options.ConnectTimeout);

        await wire.UntilAsync(LinkState.Down);
        Assert.Equal(LinkFault.Unreachable, Assert.Single(wire.Reports).Fault);
    }

    [Fact]
    public async Task A_web_server_on_that_port_is_told_apart()
    {
        await using var wire = new WireFixture();
        wire.Connection.Start();
        using var stream = await wire.Server.NextStreamAsync();
        await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n");

        await wire.UntilAsync(LinkState.Down);

        var report = Assert.Single(wire.Reports);
        Assert.Equal(LinkFault.NotAComponentPort, report.Fault);
        Assert.Equal(["Port"], report.Options);
    }

    [Fact]
    public async Task A_corrected_secret_file_is_found_without_a_restart()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "wrong\n");
            await using var wire = new WireFixture(o => (o.Secret, o.SecretFile) = (null, file));
            wire.Connection.Start();
            using (var stream = await wire.Server.NextStreamAsync())
            {
                await stream.OpenAsync("1");
                await stream.ReadHandshakeAsync("1", "wrong");
                await stream.WriteAsync(ServerStream.StreamError("not-authorized"));
                await wire.UntilAsync(LinkState.Down);
            }
            Assert.Equal(["SecretFile"], Assert.Single(wire.Reports).Options);
            await File.WriteAllTextAsync(file, wire.Server.Secret + "\n");

            await wire.UntilNextAttemptAsync();
            await wire.Server.AcceptAsync();

            await wire.UntilAsync(LinkState.Up);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task No_report_holds_the_secret()
    {
        await using var wire = new WireFixture();
        wire.Connection.Start();
        using (var stream = await wire.Server.NextStreamAsync())
        {
            await stream.OpenAsync();
            await stream.ReadUntilAsync("<handshake");
            await stream.WriteAsync("<handshake/><</garbage>");
            await wire.UntilAsync(LinkState.Down);
        }
        Assert.NotEmpty(wire.Reports);
        Assert.All(wire.Reports, r => Assert.DoesNotContain(wire.Server.Secret, $"{r} {r.Exception}", StringComparison.Ordinal));
    }
}
