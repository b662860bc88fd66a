using Xunit;

namespace Annex.House;

public sealed class ConfigurationPageTests
{
    private static readonly Lazy<string> Page = new(ConfigurationPage.Write);

    [Fact]
    public void The_options_page_is_current()
    {
        var page = Page.Value;
        var path = Path.Combine(Repository.Root, ConfigurationPage.File);
        if (Environment.GetEnvironmentVariable("ANNEX_WRITE_DOCS") == "1")
            File.WriteAllText(path, page);
        Assert.True(File.Exists(path) && File.ReadAllText(path) == page,
            $"{ConfigurationPage.File} is not what the option classes say: ANNEX_WRITE_DOCS=1 dotnet test tests/House writes it.");
    }

    [Theory]
    [InlineData("Database")]
    [InlineData("Bus:RabbitMq")]
    [InlineData("LocalDomains")]
    [InlineData("Admins")]
    [InlineData("Service:Enabled")]
    [InlineData("Service:Component:Host")]
    [InlineData("Service:Component:Port")]
    [InlineData("Service:Component:Jid")]
    [InlineData("Service:Component:Secret")]
    [InlineData("Service:Component:SecretFile")]
    [InlineData("Service:Http:Listen")]
    [InlineData("Service:Http:PublicUrl")]
    [InlineData("Service:Http:Certificate")]
    [InlineData("Service:Http:TrustedProxies")]
    [InlineData("Service:Rpc:Listen")]
    [InlineData("Service:Rpc:Token")]
    [InlineData("Service:Rpc:TokenFile")]
    [InlineData("Service:Ops:Listen")]
    [InlineData("Peers:Muc")]
    [InlineData("Peers:Upload")]
    [InlineData("Peers:Push")]
    [InlineData("Peers:TurnDiscovery")]
    [InlineData("Peers:Search")]
    public void A_key_that_operators_rely_on_stays(string key) => Assert.Contains($"| `{key}` |", Page.Value);
}
