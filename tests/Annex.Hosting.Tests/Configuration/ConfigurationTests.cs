using Annex.Hosting.Configuration;
using Xunit;

namespace Annex.Hosting.Tests.Configuration;

public sealed class ConfigurationTests
{
    private static readonly Dictionary<string, string?> Right = new()
    {
        ["Thing:Component:Jid"] = "thing.example.org",
        ["Thing:Component:Secret"] = "s3cret",
    };

    [Fact]
    public void A_component_with_address_and_secret_is_enough() => Assert.Empty(Lines());

    [Theory]
    [InlineData("Thing:Component:Jid", null, "Thing:Component:Jid: missing")]
    [InlineData("Thing:Component:Jid", "some one@thing", "Thing:Component:Jid: 'some one@thing' is not a domain")]
    [InlineData("Thing:Component:Secret", null, "Thing:Component:Secret: missing")]
    [InlineData("Thing:Component:Port", "many", "Thing:Component:Port: 'many' is not a whole number")]
    [InlineData("Thing:Component:Port", "70000", "Thing:Component:Port: a port is 1 to 65535")]
    [InlineData("Thing:Component:SecretFile", "/nowhere", "Thing:Component:SecretFile: Secret is set too")]
    [InlineData("Thing:Enabled", "perhaps", "Thing:Enabled: 'perhaps' is not true or false")]
    [InlineData("Thing:Enabled", "false", "Thing:Enabled: it is false, so there is nothing to run")]
    [InlineData("Thing:Componet:Jid", "x", "Thing:Componet: there is no such key; is Component meant?")]
    [InlineData("Thing:Component:Sekret", "x", "Thing:Component:Sekret: there is no such key; is Secret meant?")]
    [InlineData("Datbase", "x", "Datbase: there is no such key; is Database meant?")]
    [InlineData("Cucumber", "x", "Cucumber: there is no such key")]
    [InlineData("Thing:Patience", "soon", "Thing:Patience: 'soon' is not a time such as 30s, 5m, 2h or 00:00:30")]
    [InlineData("Thing:Limit", "0", "Thing:Limit: The field Limit must be between 1 and 10.")]
    [InlineData("Thing:Inner:Even", "3", "Thing:Inner:Even: an even number is needed")]
    [InlineData("Thing:Colour", "blue", "Thing:Colour: 'blue' is not one of Red, Green")]
    [InlineData("Thing:Numbers", "1,two", "Thing:Numbers: 'two' is not a whole number")]
    [InlineData("Thing:Numbers:0", "two", "Thing:Numbers:0: 'two' is not a whole number")]
    [InlineData("Thing:Ops:Listen", "somewhere", "Thing:Ops:Listen: 'somewhere' is not an address")]
    [InlineData("Thing:Rpc:Listen", "*:5401", "Thing:Rpc:Token: missing")]
    [InlineData("Thing:Rpc:Token", "short", "Thing:Rpc:Token: The token has fewer than")]
    [InlineData("Thing:Http:PublicUrl", "ftp://x", "Thing:Http:PublicUrl: a URL with http or https is expected")]
    [InlineData("Thing:Http:TrustedProxies", "10.0.0.0/99", "Thing:Http:TrustedProxies: '10.0.0.0/99' is neither")]
    [InlineData("Thing:Http:Certificate", "/nowhere.pem", "Thing:Http:Certificate: there is no file /nowhere.pem")]
    [InlineData("Thing:Lease:Duration", "1s", "Thing:Lease:Duration: three times the Renewal")]
    [InlineData("LocalDomains", "a@b", "LocalDomains: 'a@b' is not a domain")]
    [InlineData("Admins", "example.org", "Admins: 'example.org' is not a bare JID")]
    [InlineData("Bus:RabbitMq", "localhost", "Bus:RabbitMq: an address such as amqp://")]
    [InlineData("Bus:Attempts", "0", "Bus:Attempts: The field Attempts must be between 1 and 20.")]
    [InlineData("Peers:Muc", "muc", "Peers:Muc: 'muc' is not an absolute URL")]
    [InlineData("Peers:Muc", "http://muc:1/x", "Peers:Muc: 'http://muc:1/x' is not of the form http://host:port")]
    [InlineData("Database", "Host", "Database: not a connection string")]
    [InlineData("Observability:TraceShare", "2", "Observability:TraceShare: The field TraceShare must be between 0 and 1.")]
    [InlineData("Logging:Level", "Loud", "Logging:Level: 'Loud' is not one of Trace, Debug")]
    public void A_wrong_key_is_one_line_that_names_it(string key, string? value, string expected)
    {
        var line = Assert.Single(Lines((key, value)));
        Assert.StartsWith(expected, line);
    }

    [Fact]
    public void Every_wrong_key_has_its_line()
    {
        var lines = Lines(("Thing:Component:Port", "x"), ("Thing:Limit", "y"), ("Nothing", "z"), ("Thing:Component:Jid", null));
        Assert.Equal(4, lines.Count);
    }

    [Fact]
    public void No_line_tells_a_secret()
    {
        var lines = Lines(("Bus:RabbitMq", "hunter2"), ("Database", "Password=hunter2;Port=x"), ("Thing:Rpc:Token", "hunter2"));
        Assert.Equal(3, lines.Count);
        Assert.DoesNotContain(lines, l => l.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void The_section_of_a_service_elsewhere_is_left_alone() => Assert.Empty(Lines(("Muc:Whatever:It:Has", "x")));

    [Fact]
    public void Local_domains_are_the_parent_of_the_components() => Assert.Equal(["example.org"], Built().LocalDomains);

    [Fact]
    public void Local_domains_can_be_named() =>
        Assert.Equal(["a.example", "b.example"], Built(("LocalDomains", "b.example, a.example")).LocalDomains.Order());

    [Fact]
    public void A_component_without_a_parent_domain_does_not_start_without_local_domains()
    {
        Assert.Equal("LocalDomains: cannot be told from Thing:Component:Jid 'thing'; name the domains of your users",
            Assert.Single(Lines(("Thing:Component:Jid", "thing"))));
        Assert.Empty(Lines(("Thing:Component:Jid", "thing"), ("LocalDomains", "example.org")));
    }

    [Fact]
    public void A_secret_comes_from_the_first_line_of_a_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "  from the file \nsecond line");
            var thing = Built(("Thing:Secret", ""), ("Thing:SecretFile", file));
            Assert.Equal("from the file", thing.Options.Secret);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("30s", 30)]
    [InlineData("1.5 m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("3d", 259200)]
    [InlineData("00:00:07", 7)]
    public void Times_are_written_with_their_unit(string text, double seconds) =>
        Assert.Equal(seconds, Built(("Thing:Patience", text)).Options.Patience.TotalSeconds);

    [Fact]
    public void Lists_are_one_value_or_several_keys()
    {
        Assert.Equal([1, 2, 3], Built(("Thing:Numbers", "1, 2,3")).Options.Numbers);
        Assert.Equal([1, 2], Built(("Thing:Numbers:0", "1"), ("Thing:Numbers:1", "2")).Options.Numbers);
    }

    [Fact]
    public void Two_services_cannot_give_users_and_operators_one_port()
    {
        var line = Assert.Single(Lines(("Thing:Http:Listen", "127.0.0.1:7001"), ("Thing:Ops:Listen", "127.0.0.1:7001")));
        Assert.StartsWith("Thing:Http:Listen: 127.0.0.1:7001 is also Thing:Ops:Listen", line);
    }

    [Fact]
    public void An_address_that_contains_another_is_told()
    {
        var line = Assert.Single(Lines(("Thing:Http:Listen", "*:7001"), ("Thing:Ops:Listen", "127.0.0.1:7001")));
        Assert.StartsWith("Thing:Http:Listen: [::]:7001 is also", line);
    }

    [Fact]
    public void Default_listeners_of_the_five_do_not_clash()
    {
        var ports = DefaultPorts.Services
            .SelectMany(s => new[] { DefaultPorts.Http(s), DefaultPorts.Rpc(s), DefaultPorts.Ops(s) }).ToList();
        Assert.Equal(ports.Count, ports.Distinct().Count());
        Assert.All(ports, p => Assert.StartsWith("127.0.0.1:", p));
    }

    [Fact]
    public void In_a_host_a_service_runs_when_it_has_an_address()
    {
        var seen = new List<string>();
        AnnexService Service(string name) => new(name, s => seen.Add(s.Name));
        AnnexApplication.Build([], Settings(("Other:Enabled", "true"), ("Other:Component:Jid", "other.example.org")),
            Service("Thing"), Service("Other"), Service("Third"));
        Assert.Equal(["Thing", "Other"], seen);
    }

    private static IReadOnlyList<string> Lines(params (string Key, string? Value)[] changes)
    {
        try
        {
            Built(changes);
            return [];
        }
        catch (ConfigurationException e)
        {
            return e.Lines;
        }
    }

    private static (IReadOnlySet<string> LocalDomains, ThingOptions Options) Built(params (string Key, string? Value)[] changes)
    {
        (IReadOnlySet<string>, ThingOptions) seen = default;
        AnnexApplication.Build([], Settings(changes), new AnnexService("Thing", service =>
        {
            seen = (service.LocalDomains, service.AddOptions<ThingOptions>());
            service.AddComponent((_, _) => { });
            service.AddHttp(_ => { });
            service.AddRpc((_, _) => { });
        }));
        return seen;
    }

    private static Dictionary<string, string?> Settings(params (string Key, string? Value)[] changes)
    {
        var settings = new Dictionary<string, string?>(Right);
        foreach (var (key, value) in changes)
        {
            if (value is null)
                settings.Remove(key);
            else
                settings[key] = value;
        }
        return settings;
    }
}
