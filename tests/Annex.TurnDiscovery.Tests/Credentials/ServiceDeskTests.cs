using System.ComponentModel.DataAnnotations;
using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Addressing;
using Xunit;

namespace Annex.TurnDiscovery.Tests.Credentials;

public sealed class ServiceDeskTests
{
    // T16
    [Fact]
    public void First_places_are_shared_by_weight()
    {
        var desk = Some.Desk(Some.Options(Some.Turn("a", 1), Some.Turn("b", 3), Some.Turn("c", 6)), random: new Random(1));
        var first = Enumerable.Range(0, 10_000)
            .GroupBy(_ => desk.List(Some.User, null, out var error)![0].Service.Host).ToDictionary(g => g.Key, g => g.Count());
        Assert.InRange(first["a"], 500, 1_500);
        Assert.InRange(first["b"], 2_500, 3_500);
        Assert.InRange(first["c"], 5_500, 6_500);
    }

    [Fact]
    public void Three_transports_of_a_host_are_not_three_chances()
    {
        var udp = Some.Turn("a");
        var tcp = new ExternalServiceOptions { Type = "turn", Host = "a", Transport = "tcp" };
        var tls = new ExternalServiceOptions { Type = "turns", Host = "a" };
        var desk = Some.Desk(Some.Options(udp, tcp, tls, Some.Turn("b")), random: new Random(1));
        var a = Enumerable.Range(0, 10_000).Count(_ => desk.List(Some.User, null, out var error)![0].Service.Host == "a");
        Assert.InRange(a, 4_500, 5_500);
    }

    [Fact]
    public void A_host_without_weight_comes_last_of_its_priority_and_a_lower_priority_behind_all()
    {
        var desk = Some.Desk(Some.Options(Some.Turn("never", 0), Some.Turn("always", 5), Some.Turn("behind", 9, priority: 1)));
        for (var i = 0; i < 100; i++)
            Assert.Equal(["always", "never", "behind"], desk.List(Some.User, null, out _)!.Select(s => s.Service.Host));
    }

    // T16
    [Fact]
    public void A_users_own_region_comes_first()
    {
        var options = Some.Options(Some.Turn("us", region: "us"), Some.Turn("eu", region: "eu"), Some.Turn("all"));
        options.Regions = new Dictionary<string, RegionOptions>
        {
            ["us"] = new() { Domains = ["example.org"] },
            ["eu"] = new() { Domains = ["example.eu"] },
        };
        var desk = Some.Desk(options);
        Assert.Equal(["eu", "all", "us"], HostsFor("julia@example.eu/x"));
        Assert.Equal(["us", "all", "eu"], HostsFor("julia@example.org/x"));

        IEnumerable<string> HostsFor(string jid) =>
            desk.List(desk.RequesterOf(Jid.Parse(jid)), null, out _)!.Select(s => s.Service.Host);
    }

    [Fact]
    public void An_answer_has_no_more_services_than_the_limit()
    {
        var options = Some.Options([.. Enumerable.Range(0, 20).Select(i => Some.Turn($"host{i}"))]);
        options.MaxServices = 4;
        Assert.Equal(4, Some.Desk(options).List(Some.User, null, out _)!.Count);
    }

    // T5, T15
    [Fact]
    public void After_a_rotation_new_credentials_are_signed_with_the_new_secret_and_old_ones_stay_as_they_were()
    {
        var clock = new Some.Clock();
        var options = Some.Options();
        options.Secrets = [new() { Secret = "new", From = clock.Now.AddHours(1) }, new() { Secret = "old" }];
        var desk = Some.Desk(options, clock);

        var before = desk.List(Some.User, null, out _)![0].Credential!;
        Assert.Equal(new TurnSecret("old", null).PasswordFor(before.Username), before.Password);
        clock.Now = clock.Now.AddHours(2);
        var after = desk.List(Some.User, null, out _)![0].Credential!;
        Assert.Equal(new TurnSecret("new", null).PasswordFor(after.Username), after.Password);
    }

    // T15
    [Fact]
    public void A_secret_that_the_server_does_not_know_yet_does_not_sign()
    {
        var clock = new Some.Clock();
        var options = Some.Options();
        options.Secrets = [new() { Secret = "new", From = clock.Now.AddHours(-1) }, new() { Secret = "old" }];
        var desk = Some.Desk(options, clock);
        desk.Services[0].Health.Succeeded(clock.Now, TimeSpan.Zero, acceptedSecret: 1);

        var credential = desk.List(Some.User, null, out _)![0].Credential!;

        Assert.Equal(new TurnSecret("old", null).PasswordFor(credential.Username), credential.Password);
    }

    [Fact]
    public void A_service_may_have_its_own_lifetime_and_its_own_secret()
    {
        var clock = new Some.Clock();
        var own = Some.Turn("own");
        own.Ttl = TimeSpan.FromMinutes(10);
        own.Secrets = [new() { Secret = "its own" }];
        var credential = Some.Desk(Some.Options(own), clock).List(Some.User, null, out _)![0].Credential!;
        Assert.Equal(clock.Now.AddMinutes(10), credential.Expires);
        Assert.Equal(new TurnSecret("its own", null).PasswordFor(credential.Username), credential.Password);
    }

    // The TURN REST API's own example of the computation, checked with openssl dgst -sha1 -hmac.
    [Fact]
    public void The_password_is_what_a_TURN_server_computes() =>
        Assert.Equal("un5a3wCeQPujjvw0BPckOunu6L8=", new TurnSecret("north", null).PasswordFor("1767225600:romeo"));

    // T21
    [Theory]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    [InlineData("TURN.Example.ORG", "turn.example.org")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    public void A_host_is_written_as_clients_can_use_it(string configured, string told) =>
        Assert.Equal(told, Some.Desk(Some.Options(Some.Turn(configured))).Services[0].Host);

    [Theory]
    [InlineData("romeo@example.org/x", true)]
    [InlineData("romeo@example.eu", true)]
    [InlineData("example.org", false)]
    [InlineData("romeo@sub.example.org/x", false)]
    [InlineData("romeo@example.com/x", false)]
    public void Only_users_of_our_domains_are_served(string jid, bool served) =>
        Assert.Equal(served, Some.Desk(Some.Options()).Refusal(Jid.Parse(jid)) is null);

    [Fact]
    public void A_ban_holds_for_a_user_or_a_domain_until_it_ends()
    {
        var clock = new Some.Clock();
        var bans = new KnownBans(clock);
        bans.Add("romeo@example.org", clock.Now.AddHours(1));
        bans.Add("example.eu", null);
        Assert.True(bans.IsBanned(Jid.Parse("romeo@example.org/x")));
        Assert.True(bans.IsBanned(Jid.Parse("anyone@example.eu/x")));
        Assert.False(bans.IsBanned(Jid.Parse("julia@example.org/x")));
        clock.Now = clock.Now.AddHours(2);
        Assert.False(bans.IsBanned(Jid.Parse("romeo@example.org/x")));
        bans.Remove("example.eu");
        Assert.False(bans.IsBanned(Jid.Parse("anyone@example.eu/x")));
    }

    [Fact]
    public void The_limiter_remembers_a_bounded_number_of_users()
    {
        var clock = new Some.Clock();
        var limiter = new RequestLimiter(new LimitOptions { Burst = 2, RequestsPerMinute = 60, MaxUsers = 100 }, clock);
        for (var i = 0; i < 1_000; i++)
            Assert.True(limiter.TryTake($"user{i}"));
        Assert.InRange(limiter.Count, 1, 100);
        Assert.True(limiter.TryTake("user999"));
        Assert.False(limiter.TryTake("user999"));
        clock.Now = clock.Now.AddSeconds(1);
        Assert.True(limiter.TryTake("user999"));
        Assert.False(limiter.TryTake("user999"));
    }

    [Fact]
    public void Wrong_options_are_named_each()
    {
        var options = new TurnDiscoveryOptions
        {
            Services =
            [
                new() { Type = "turn", Host = "[::1]" },
                new() { Type = "stun", Host = "ok.example.org", Region = "moon", CheckAddress = "nowhere" },
                new() { Type = "turn", Host = "ok.example.org", Username = "fixed" },
            ],
            Ttl = TimeSpan.FromSeconds(1),
            Rest = new() { Key = "short" },
        };
        var members = ((IValidatableObject)options).Validate(new ValidationContext(options)).SelectMany(r => r.MemberNames).ToHashSet();
        Assert.Equal(
            ["Ttl", "Rest:Key", "Services:0:Secrets", "Services:1:Region", "Services:1:CheckAddress", "Services:2:Password"],
            members.Where(m => m != "Services:0:Host"));
    }

    [Fact]
    public void Nothing_that_holds_a_secret_prints_it()
    {
        Assert.DoesNotContain("hidden", new TurnSecret("hidden", null).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", new Credential("name", "hidden", null).ToString(), StringComparison.Ordinal);
        var offered = new OfferedService(Some.Desk(Some.Options()).Services[0], new Credential("name", "hidden", null));
        Assert.DoesNotContain("hidden", offered.ToString(), StringComparison.Ordinal);
    }
}
