using System.Globalization;
using Annex.Interop.Muc;
using Annex.Testing.Servers;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Faults;

/// <summary>The service in a network of its own, whose one cable leads to the XMPP server and to the database.</summary>
public sealed class NetworkTests(ITestOutputHelper output)
{
    /// <summary>How long the cable is out; FAULT_CUT_SECONDS makes it longer than the lease, and the process ends and is started
    /// again as by systemd.</summary>
    private static readonly TimeSpan Out = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("FAULT_CUT_SECONDS") ?? "2.5", CultureInfo.InvariantCulture));

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("FAULT_ROUNDS") ?? "1", CultureInfo.InvariantCulture);

    [RootFact]
    public async Task A_cable_that_is_pulled_and_put_back_loses_nothing_and_nobody_is_seen_to_leave()
    {
        using var network = new PrivateNetwork();
        await using var scene = await Scene.StartAsync(network);
        for (var round = 0; round < Rounds; round++)
        {
            await RoomCount.DuringTalkAsync(scene.World, async () =>
            {
                await Task.Delay(200);
                network.Cut();
                await Task.Delay(Out);
                network.Mend();
                await Task.Delay(500);
                scene.StartAgainIfEnded();
            });
            Assert.True(await scene.World.ReachesAllAsync(), $"Round {round}: the room does not come back.");
        }
        await RoomCount.AssertNothingLostAsync(scene.World, scene.Database, output);
    }

    [RootFact]
    public async Task A_slow_network_makes_a_slow_room_and_no_broken_one()
    {
        using var network = new PrivateNetwork();
        await using var scene = await Scene.StartAsync(network);
        await RoomCount.DuringTalkAsync(scene.World, async () =>
        {
            scene.ToServer.Delay = scene.ToDatabase.Delay = TimeSpan.FromMilliseconds(150);
            await Task.Delay(3000);
            scene.ToServer.Delay = scene.ToDatabase.Delay = TimeSpan.Zero;
        });
        await RoomCount.AssertNothingLostAsync(scene.World, scene.Database, output);
        Assert.Equal(0, scene.World.RefusedCount);
    }

    [RootFact]
    public async Task A_cable_that_loses_packets_loses_no_message()
    {
        using var network = new PrivateNetwork(isLossy: true);
        await using var scene = await Scene.StartAsync(network);
        await RoomCount.DuringTalkAsync(scene.World, async () =>
        {
            network.Lossy!.LossPercent = 4;
            scene.ToServer.Delay = scene.ToDatabase.Delay = TimeSpan.FromMilliseconds(10);
            await Task.Delay(Out * 2);
            network.Lossy.LossPercent = 0;
            scene.ToServer.Delay = scene.ToDatabase.Delay = TimeSpan.Zero;
        });
        output.WriteLine($"{network.Lossy!.LostCount} packets lost");
        Assert.True(network.Lossy.LostCount > 0, "Nothing was tried.");
        await RoomCount.AssertNothingLostAsync(scene.World, scene.Database, output);
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly PrivateNetwork _network;
        private readonly ComponentServer _server = new();
        private readonly string _reached;
        private ServiceProcess _muc;

        private Scene(PrivateNetwork network, string database, int databasePort)
        {
            _network = network;
            Database = database;
            ToServer = new Relay(network.Here, _server.Port);
            ToDatabase = new Relay(network.Here, databasePort);
            _reached = new NpgsqlConnectionStringBuilder(database) { Host = network.Here.ToString(), Port = ToDatabase.Port }.ConnectionString;
            World = new CrashWorld(_server, users: 6);
            _muc = StartMuc();
        }

        public CrashWorld World { get; }

        public string Database { get; }

        public Relay ToServer { get; }

        public Relay ToDatabase { get; }

        public static async Task<Scene> StartAsync(PrivateNetwork network)
        {
            var postgres = await PostgresServer.SharedAsync();
            var scene = new Scene(network, await postgres.CreateDatabaseAsync(), postgres.Port);
            try
            {
                await scene.World.JoinAsync();
                Assert.True(await scene.World.ReachesAllAsync());
                return scene;
            }
            catch
            {
                await scene.DisposeAsync();
                throw;
            }
        }

        public void StartAgainIfEnded()
        {
            if (!_muc.HasExited)
                return;
            _muc.Dispose();
            _muc = StartMuc();
        }

        public async ValueTask DisposeAsync()
        {
            _muc.Dispose();
            await World.DisposeAsync();
            await _server.DisposeAsync();
            await ToServer.DisposeAsync();
            await ToDatabase.DisposeAsync();
        }

        private ServiceProcess StartMuc() => ServiceProcess.StartMucBy(_network.Launcher, _reached, ToServer.Port,
            ("Muc__Component__Host", _network.Here.ToString()), ("Muc__Component__PingAfter", "2s"), ("Muc__Component__PingTimeout", "2s"));
    }
}
