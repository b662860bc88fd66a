using Annex.Contracts.Muc.V1;
using Annex.Xmpp.Xml;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>annex.muc.v1 as operators use it, in process and over gRPC: the same checks, on the real PostgreSQL.</summary>
public sealed class AdministrationTests(AdministrationTests.Host host) : IClassFixture<AdministrationTests.Host>
{
    private const string Juliet = "juliet@example.org/balcony";
    private const string Romeo = "romeo@example.org/orchard";
    private static int _rooms;

    private readonly string _room = $"room{Interlocked.Increment(ref _rooms)}@muc.example.org";

    private ServiceConversation Xmpp => host.Muc.Xmpp;

    private CallInvoker Calls(bool inProcess) => inProcess ? host.Muc.InProcess : host.Muc.OverGrpc;

    private RoomDirectory.RoomDirectoryClient Rooms(bool inProcess) => new(Calls(inProcess));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_room_is_made_read_configured_and_destroyed(bool inProcess)
    {
        var rooms = Rooms(inProcess);
        var request = new CreateRoomRequest { Room = _room, Owners = { "juliet@example.org" }, Configuration = { Value("roomname", "Verona") } };
        using var watch = rooms.WatchRooms(new WatchRoomsRequest());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("", watch.ResponseStream.Current.Room);
        var made = await rooms.CreateRoomAsync(request);
        await HearsAsync(watch, made.Version);
        Assert.Equal((_room, "Verona", true), (made.Jid, made.Name, made.IsPersistent));
        await FailsAsync(StatusCode.AlreadyExists, async () => await rooms.CreateRoomAsync(request));
        await FailsAsync(StatusCode.InvalidArgument, async () => await rooms.CreateRoomAsync(new CreateRoomRequest { Room = "a@elsewhere.org", Owners = { "x@y.org" } }));
        await FailsAsync(StatusCode.InvalidArgument, async () => await rooms.CreateRoomAsync(new CreateRoomRequest { Room = "none@muc.example.org" }));

        await FailsAsync(StatusCode.InvalidArgument, async () => await rooms.CreateRoomAsync(new CreateRoomRequest
        {
            Room = "salty@muc.example.org",
            Owners = { "x@y.org" },
            OccupantIdSalt = new string('s', 201),
        }));

        var configured = await rooms.ConfigureRoomAsync(new ConfigureRoomRequest
        {
            Room = _room,
            Configuration = { Value("muc#roomconfig_membersonly", "1"), Value("roomdesc", "Two households") },
        });
        Assert.Equal((true, "Two households", "Verona"), (configured.IsMembersOnly, configured.Description, configured.Name));
        await FailsAsync(StatusCode.InvalidArgument, async () => await rooms.ConfigureRoomAsync(new ConfigureRoomRequest
        {
            Room = _room,
            Configuration = { Value("maxusers", "many") },
        }));
        await FailsAsync(StatusCode.InvalidArgument, async () => await rooms.ConfigureRoomAsync(new ConfigureRoomRequest
        {
            Room = _room,
            Configuration = { Value("nosuchfield", "1") },
        }));
        await HearsAsync(watch, configured.Version);
        Assert.Contains(_room, (await AllAsync(rooms.ListRooms(new ListRoomsRequest()))).Select(r => r.Jid));
        await rooms.ConfigureRoomAsync(new ConfigureRoomRequest { Room = _room, Configuration = { Value("publicroom", "1") } });
        Assert.DoesNotContain(_room, (await AllAsync(rooms.ListRooms(new ListRoomsRequest { OnlyListed = true }))).Select(r => r.Jid));
        Assert.Contains(_room, (await AllAsync(rooms.ListRooms(new ListRoomsRequest { OnlyListed = true, IncludeClosed = true }))).Select(r => r.Jid));

        await rooms.DestroyRoomAsync(new DestroyRoomRequest { Room = _room, Reason = "over" });
        await HearsAsync(watch, configured.Version + 1);
        await FailsAsync(StatusCode.NotFound, async () => await rooms.GetRoomAsync(new GetRoomRequest { Room = _room }));
        await FailsAsync(StatusCode.NotFound, async () => await rooms.DestroyRoomAsync(new DestroyRoomRequest { Room = _room }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Affiliations_are_set_all_or_none_and_a_room_keeps_an_owner(bool inProcess)
    {
        var rooms = Rooms(inProcess);
        await MakeAsync(rooms);
        var until = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddHours(1));
        await rooms.SetAffiliationsAsync(new SetAffiliationsRequest
        {
            Room = _room,
            Affiliations =
            {
                new RoomAffiliation { Jid = "romeo@example.org", Affiliation = Affiliation.Member, Nick = "romeo" },
                new RoomAffiliation { Jid = "tybalt.example", Affiliation = Affiliation.Outcast, Reason = "brawl", Until = until },
            },
        });
        var list = await AllAsync(rooms.ListAffiliations(new ListAffiliationsRequest { Room = _room }));
        Assert.Equal(until.Seconds, list.Single(a => a.Jid == "tybalt.example").Until.Seconds);
        Assert.Equal("romeo", list.Single(a => a.Jid == "romeo@example.org").Nick);
        await FailsAsync(StatusCode.FailedPrecondition, async () => await rooms.SetAffiliationsAsync(new SetAffiliationsRequest
        {
            Room = _room,
            Affiliations = { new RoomAffiliation { Jid = "juliet@example.org", Affiliation = Affiliation.None } },
        }));
        await FailsAsync(StatusCode.InvalidArgument, async () => await rooms.SetAffiliationsAsync(new SetAffiliationsRequest
        {
            Room = _room,
            Affiliations = { new RoomAffiliation { Jid = "a@b.org", Affiliation = Affiliation.Member, Until = until } },
        }));
        Assert.Equal(3, (await AllAsync(rooms.ListAffiliations(new ListAffiliationsRequest { Room = _room }))).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Occupants_are_listed_muted_kicked_and_banned(bool inProcess)
    {
        var rooms = Rooms(inProcess);
        await MakeAsync(rooms);
        await Xmpp.JoinAsync(Romeo, _room, "romeo");
        Assert.Equal(Romeo, Assert.Single((await AllAsync(rooms.ListOccupants(new ListOccupantsRequest { Room = _room }))).Single().Jids));

        await rooms.MuteAsync(new MuteRequest { Room = _room, Jid = "romeo@example.org", Reason = "peace" });
        await Xmpp.ReceiveAsync(e => e["to"] == Romeo && e.ToString().Contains("role='visitor'", StringComparison.Ordinal));
        Assert.Equal("peace", (await AllAsync(rooms.ListMutes(new ListMutesRequest { Room = _room }))).Single().Reason);
        await rooms.UnmuteAsync(new UnmuteRequest { Room = _room, Jid = "romeo@example.org" });
        await FailsAsync(StatusCode.NotFound, async () => await rooms.UnmuteAsync(new UnmuteRequest { Room = _room, Jid = "romeo@example.org" }));
        await FailsAsync(StatusCode.FailedPrecondition, async () => await rooms.MuteAsync(new MuteRequest { Room = _room, Jid = "juliet@example.org" }));

        await rooms.AnnounceAsync(new AnnounceRequest { Text = "Good night, good night!" });
        await Xmpp.ReceiveAsync(e => e["to"] == Romeo && e["from"] == _room && e.Child("body")?.Text == "Good night, good night!");

        await rooms.KickOccupantAsync(new KickOccupantRequest { Room = _room, Nick = "romeo", Reason = "banished" });
        await Xmpp.ReceiveAsync(e => e["to"] == Romeo && e.ToString().Contains("code='307'", StringComparison.Ordinal));
        await FailsAsync(StatusCode.NotFound, async () => await rooms.KickOccupantAsync(new KickOccupantRequest { Room = _room, Nick = "romeo" }));
        await rooms.BanFromRoomAsync(new BanFromRoomRequest { Room = _room, Jid = "romeo@example.org", Reason = "Mantua" });
        await Xmpp.SendAsync($"<presence from='{Romeo}' to='{_room}/romeo'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        await Xmpp.ReceiveAsync(e => e["to"] == Romeo && e["type"] == "error");

        var audit = await AllAsync(rooms.ListAudit(new ListAuditRequest { Room = _room }));
        Assert.Equal(["ban", "kick", "unmute", "mute", "create"], audit.Select(a => a.Action));
        Assert.All(audit, line => Assert.Equal("operator", line.Actor));
        Assert.Equal(("romeo@example.org", "Mantua"), (audit[0].Target, audit[0].Reason));
        Assert.Equal("kick", Assert.Single(await AllAsync(rooms.ListAudit(new ListAuditRequest { Room = _room, Action = "kick" }))).Action);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_are_found_and_taken_back_one_by_one_and_all_of_a_person_encrypted_ones_too(bool inProcess)
    {
        var rooms = Rooms(inProcess);
        await MakeAsync(rooms);
        await Xmpp.JoinAsync(Romeo, _room, "romeo");
        await Xmpp.JoinAsync(Juliet, _room, "juliet");
        var first = await Xmpp.SayAsync(Romeo, _room, "But soft, what light");
        await Xmpp.SayAsync(Romeo, _room, "secret", "<encrypted xmlns='eu.siacs.conversations.axolotl'><payload>AAEC</payload></encrypted>");
        await Xmpp.SayAsync(Juliet, _room, "Ay me");
        Assert.Equal(first, (await AllAsync(rooms.SearchArchive(new SearchArchiveRequest { Room = _room, Text = "light" }))).Single().StanzaId);

        await rooms.ModerateMessageAsync(new ModerateMessageRequest { Room = _room, StanzaId = first, Reason = "too bright" });
        var told = await Xmpp.ReceiveAsync(e => e["to"] == Juliet && e.Child("retract", "urn:xmpp:message-retract:1")?["id"] == first);
        Assert.Equal(_room, told["from"]);
        await FailsAsync(StatusCode.NotFound, async () => await rooms.ModerateMessageAsync(
            new ModerateMessageRequest { Room = _room, StanzaId = Guid.NewGuid().ToString() }));

        var count = await rooms.RetractMessagesAsync(new RetractMessagesRequest { Room = _room, Jid = "romeo@example.org" });
        Assert.Equal(1, count.MessagesRetracted);
        var left = await AllAsync(rooms.SearchArchive(new SearchArchiveRequest { Room = _room, With = "romeo@example.org" }));
        Assert.Equal(2, left.Count);
        Assert.All(left, m => Assert.Contains("<retracted", m.Xml, StringComparison.Ordinal));
        Assert.All(left, m => Assert.DoesNotContain("<encrypted", m.Xml, StringComparison.Ordinal));
        Assert.Equal(0, (await rooms.RetractMessagesAsync(new RetractMessagesRequest { Room = _room, Jid = "romeo@example.org" })).MessagesRetracted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_wide_ban_removes_refuses_is_watched_and_is_lifted(bool inProcess)
    {
        var bans = new BanList.BanListClient(Calls(inProcess));
        await MakeAsync(Rooms(inProcess));
        var paris = $"paris{_rooms}@example.org";
        await Xmpp.JoinAsync($"{paris}/x", _room, "paris");
        using var watch = bans.WatchBans(new WatchBansRequest());
        Assert.True((await NextAsync(watch, c => c.EndOfCurrent)).EndOfCurrent);

        await bans.AddBanAsync(new AddBanRequest { Subject = paris, Reason = "A brawl." });
        var gone = await Xmpp.ReceiveAsync(e => e["to"] == $"{paris}/x" && e["type"] == "unavailable");
        Assert.Contains("code='301'", gone.ToString(), StringComparison.Ordinal);
        Assert.Equal(paris, (await NextAsync(watch, c => c.Ban?.Subject == paris && !c.IsLifted)).Ban.Subject);
        await Xmpp.SendAsync($"<presence from='{paris}/x' to='{_room}/paris'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        var refusal = await Xmpp.ReceiveAsync(e => e["to"] == $"{paris}/x" && e["type"] == "error");
        Assert.Equal("A brawl.", refusal.Child("error")!.Child("text", "urn:ietf:params:xml:ns:xmpp-stanzas")!.Text);
        var (answer, _) = await Xmpp.QueryAsync($"{paris}/x", _room);
        Assert.Equal("error", answer["type"]);
        Assert.Equal("operator", (await AllAsync(bans.ListBans(new ListBansRequest { Subject = paris }))).Single().AddedBy);
        await FailsAsync(StatusCode.FailedPrecondition, async () => await bans.AddBanAsync(new AddBanRequest { Subject = "prince@example.org" }));
        await FailsAsync(StatusCode.FailedPrecondition, async () => await bans.AddBanAsync(new AddBanRequest { Subject = "example.org" }));

        await bans.RemoveBanAsync(new RemoveBanRequest { Subject = paris });
        await NextAsync(watch, c => c.Ban?.Subject == paris && c.IsLifted);
        await Xmpp.JoinAsync($"{paris}/x", _room, "paris");
        await FailsAsync(StatusCode.NotFound, async () => await bans.RemoveBanAsync(new RemoveBanRequest { Subject = paris }));

        await bans.AddBanAsync(new AddBanRequest { Subject = paris, Until = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddSeconds(1)) });
        await NextAsync(watch, c => c.Ban?.Subject == paris && c.IsLifted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_erased_account_leaves_no_name_behind(bool inProcess)
    {
        var rooms = Rooms(inProcess);
        var accounts = new AccountErasure.AccountErasureClient(Calls(inProcess));
        var rosaline = $"rosaline{_rooms}@example.org";
        await rooms.CreateRoomAsync(new CreateRoomRequest { Room = _room, Owners = { rosaline } });
        await rooms.CreateRoomAsync(new CreateRoomRequest { Room = "own" + _room, Owners = { rosaline } });
        await rooms.SetAffiliationsAsync(new SetAffiliationsRequest
        {
            Room = _room,
            Affiliations = { new RoomAffiliation { Jid = "nurse@example.org", Affiliation = Affiliation.Admin } },
        });
        await Xmpp.JoinAsync($"{rosaline}/x", _room, "rosaline");
        // The event of an erasure comes a moment later: who is erased here appears in no other test.
        var viola = $"viola{_rooms}@example.org";
        await Xmpp.JoinAsync($"{viola}/x", _room, "viola");
        await Xmpp.SayAsync($"{rosaline}/x", _room, "I will not");
        await Xmpp.SayAsync($"{viola}/x", _room, "Ay me");
        Assert.Contains(rosaline, (await AllAsync(accounts.ListAccounts(new ListAccountsRequest { Domain = "example.org" }))).Select(a => a.Jid));

        var erased = await accounts.EraseAccountAsync(new EraseAccountRequest { Jid = rosaline });
        Assert.Equal((2, 1, 1), (erased.AffiliationsRemoved, erased.MessagesAnonymised, erased.RoomsDestroyed));
        await Xmpp.ReceiveAsync(e => e["to"] == $"{rosaline}/x" && e["type"] == "unavailable");
        Assert.Equal(["nurse@example.org"], (await AllAsync(rooms.ListAffiliations(new ListAffiliationsRequest
        {
            Room = _room,
            Affiliation = Affiliation.Owner,
        }))).Select(a => a.Jid));
        await FailsAsync(StatusCode.NotFound, async () => await rooms.GetRoomAsync(new GetRoomRequest { Room = "own" + _room }));
        var (_, results) = await Xmpp.QueryAsync($"{viola}/x", _room);
        Assert.Equal(2, results.Count);
        Assert.DoesNotContain("rosaline", results[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("I will not", results[0].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(rosaline, (await AllAsync(accounts.ListAccounts(new ListAccountsRequest { Domain = "example.org" }))).Select(a => a.Jid));
        Assert.DoesNotContain(await AllAsync(rooms.ListAudit(new ListAuditRequest())), line => line.ToString().Contains(rosaline, StringComparison.Ordinal));
        await Xmpp.SendAsync($"<presence from='late@example.org/x' to='{_room}/late'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        var history = await Xmpp.ReceiveAsync(e => e["to"] == "late@example.org/x" && e.Child("delay", "urn:xmpp:delay") is not null);
        Assert.DoesNotContain("rosaline", history.ToString(), StringComparison.Ordinal);

        var again = await accounts.EraseAccountAsync(new EraseAccountRequest { Jid = rosaline });
        Assert.Equal(0, again.AffiliationsRemoved + again.MessagesAnonymised);
        await accounts.EraseAccountAsync(new EraseAccountRequest { Jid = viola, WithMessages = true });
        var (_, after) = await Xmpp.QueryAsync("nurse@example.org/x", _room);
        Assert.DoesNotContain("Ay me", string.Concat(after), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_past_its_deadline_ends()
    {
        await FailsAsync(StatusCode.DeadlineExceeded, async () => await Rooms(false).GetRoomAsync(new GetRoomRequest { Room = _room },
            deadline: DateTime.UtcNow.AddSeconds(-1)));
    }

    [Fact]
    public async Task A_server_tells_of_its_own_removed_accounts_and_of_no_others()
    {
        await MakeAsync(Rooms(true));
        await Rooms(true).SetAffiliationsAsync(new SetAffiliationsRequest
        {
            Room = _room,
            Affiliations = { new RoomAffiliation { Jid = "balthasar@example.org", Affiliation = Affiliation.Member } },
        });
        const string Removed = "<removed xmlns='urn:annex:accounts:0' jid='balthasar@example.org'/>";
        foreach (var stranger in (string[])["elsewhere.org", "romeo@example.org/orchard", "example.org/x"])
            Assert.Equal("error", (await Xmpp.AskAsync(stranger, HostedMuc.Component, "set", Removed))["type"]);
        Assert.Equal("error", (await Xmpp.AskAsync("example.org", HostedMuc.Component, "set",
            "<removed xmlns='urn:annex:accounts:0' jid='x@elsewhere.org'/>"))["type"]);
        Assert.Equal("result", (await Xmpp.AskAsync("example.org", HostedMuc.Component, "set", Removed))["type"]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await AllAsync(Rooms(true).ListAffiliations(new ListAffiliationsRequest { Room = _room }))).Count > 1)
            await Task.Delay(50, limit.Token);
    }

    /// <summary>The id is the one that a Prosody 0.12.3 with this salt gave.</summary>
    [Fact]
    public async Task A_room_that_comes_from_Prosody_keeps_its_occupant_ids()
    {
        await Rooms(true).CreateRoomAsync(new CreateRoomRequest
        {
            Room = _room,
            Owners = { "romeo@example.org" },
            OccupantIdSalt = "3f0c6d1e-8a5b-4c1d-9a50-0d6d7d4a2c11",
        });
        await Rooms(true).ConfigureRoomAsync(new ConfigureRoomRequest { Room = _room, Configuration = { Value("roomname", "Verona") } });
        await Xmpp.SendAsync($"<presence from='{Juliet}' to='{_room}/juliet'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        var seen = await Xmpp.ReceiveAsync(e => e.Name == "presence" && e["from"] == $"{_room}/juliet");
        Assert.Equal("Zmp5QD7d++eK8xHaWhvxqoXQOvJxxZszOdfetMUfJUo=", seen.Child("occupant-id", "urn:xmpp:occupant-id:0")!["id"]);
    }

    // Other tests of the class change rooms of their own in the meantime.
    private async Task HearsAsync(AsyncServerStreamingCall<RoomNews> watch, long version)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        do
            Assert.True(await watch.ResponseStream.MoveNext(patience.Token));
        while (watch.ResponseStream.Current is var news && (news.Room != _room || news.Version < version));
    }

    private async Task MakeAsync(RoomDirectory.RoomDirectoryClient rooms) =>
        await rooms.CreateRoomAsync(new CreateRoomRequest { Room = _room, Owners = { "juliet@example.org" } });

    private static ConfigurationValue Value(string field, string value) => new() { Field = field, Values = { value } };

    private static async Task<List<T>> AllAsync<T>(AsyncServerStreamingCall<T> call)
    {
        using (call)
        {
            var all = new List<T>();
            await foreach (var item in call.ResponseStream.ReadAllAsync())
                all.Add(item);
            return all;
        }
    }

    private static async Task<BanChange> NextAsync(AsyncServerStreamingCall<BanChange> watch, Predicate<BanChange> fits)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await watch.ResponseStream.MoveNext(limit.Token))
        {
            if (fits(watch.ResponseStream.Current))
                return watch.ResponseStream.Current;
        }
        throw new InvalidOperationException("The watch ended.");
    }

    private static async Task FailsAsync(StatusCode status, Func<Task> call) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

    public sealed class Host : IAsyncLifetime
    {
        internal HostedMuc Muc { get; private set; } = null!;

        public async Task InitializeAsync() => Muc = await HostedMuc.StartAsync();

        public Task DisposeAsync() => Muc.DisposeAsync().AsTask();
    }
}
