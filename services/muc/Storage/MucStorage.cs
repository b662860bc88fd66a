using Annex.Hosting;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Muc.Archive;
using Annex.Muc.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>How the rooms' storage stands in the container, and what is read before the first handshake.</summary>
internal static class MucStorage
{
    public static void Add(AnnexServiceBuilder builder, MucOptions options)
    {
        builder.AddDatabase<MucDbContext>(MucDbContext.Schema);
        builder.AddLease();
        var services = builder.Services;
        services.AddSingleton<StoreLog>();
        services.AddSingleton<ArchiveNumbers>();
        services.AddSingleton<CommittedRooms>();
        services.AddSingleton(s => new RoomEvents(s.GetRequiredKeyedService<EventOutbox>(builder.Name), s.GetRequiredService<CommittedRooms>(), Time(s)));
        services.AddSingleton(s => new BatchWriter(s.GetRequiredKeyedService<Lease>(builder.Name),
            s.GetRequiredService<ArchiveNumbers>(), s.GetRequiredService<RoomEvents>(), s.GetRequiredService<TextIndexer>(), Time(s)));
        services.AddSingleton(s => new GroupCommitter(s.GetRequiredKeyedService<NpgsqlDataSource>(builder.Name),
            s.GetRequiredKeyedService<Lease>(builder.Name), s.GetRequiredService<BatchWriter>(),
            s.GetRequiredService<ArchiveNumbers>(), options, Time(s), s.GetRequiredService<StoreLog>()));
        services.AddSingleton(s => new RoomStore(s.GetRequiredKeyedService<NpgsqlDataSource>(builder.Name),
            s.GetRequiredService<GroupCommitter>(), s.GetRequiredService<CommittedRooms>(), options, Time(s)));
        services.AddSingleton<IRoomStore>(s => s.GetRequiredService<RoomStore>());
        services.AddSingleton(s => new TextIndexer(s.GetRequiredKeyedService<NpgsqlDataSource>(builder.Name),
            s.GetRequiredKeyedService<Lease>(builder.Name), options, Time(s), s.GetRequiredService<StoreLog>()));
        services.AddHostedService(s => s.GetRequiredService<TextIndexer>());
        services.AddSingleton(s => new ArchiveReader(s.GetRequiredKeyedService<NpgsqlDataSource>(builder.Name))
        {
            BringIndexUpToDate = (archive, cancellationToken) =>
                s.GetRequiredService<TextIndexer>().IndexAsync(archive, ArchiveReader.MaxIndexedAtOnce, cancellationToken),
        });
        services.AddSingleton(s => new RoomCatalog(s.GetRequiredKeyedService<NpgsqlDataSource>(builder.Name), s.GetRequiredService<RoomEvents>()));
        services.AddHostedService<StoreService>();
        services.AddHostedService(s => new OccupancyService(s.GetRequiredKeyedService<NpgsqlDataSource>(builder.Name),
            s.GetRequiredKeyedService<Lease>(builder.Name), s.GetRequiredKeyedService<EventOutbox>(builder.Name),
            s.GetRequiredService<RoomEvents>(), s.GetRequiredService<RoomDirectory>(), Time(s), s.GetRequiredService<StoreLog>()));
        services.AddHostedService(s => new ArchiveSweep(s.GetRequiredKeyedService<NpgsqlDataSource>(builder.Name),
            s.GetRequiredKeyedService<Lease>(builder.Name), options, Time(s),
            s.GetRequiredService<StoreLog>()));
    }

    /// <summary>With the lease and before the handshake: what the rooms need from the start. Everything else comes with the first
    /// stanza to a room, so that many rooms cost nothing here.</summary>
    public static async Task PrepareAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<RoomStore>();
        var directory = services.GetRequiredService<RoomDirectory>();
        services.GetRequiredService<RoomEvents>().OccupantsOf = room =>
            directory.TryGet(room, out var mailbox) ? mailbox.Room?.OccupantCount ?? 0 : 0;
        services.GetRequiredService<BatchWriter>().Undelivered = directory.Undelivered;
        directory.Service.StoredSecret = await store.OccupantIdSecretAsync(cancellationToken);
        await services.GetRequiredService<Handlers.BanDesk>().LoadAsync(cancellationToken);
        await foreach (var (creator, rooms) in store.CountByCreatorAsync(cancellationToken))
        {
            for (var i = 0; i < rooms; i++) directory.Service.Census.AddRoom(creator);
        }
        var restored = 0;
        var database = services.GetRequiredKeyedService<Npgsql.NpgsqlDataSource>(MucService.Name);
        // Read before the first commit of ours, which writes its own in that place.
        var missed = await CommitMarker.UndeliveredAsync(database, cancellationToken) is { } since
            ? await store.ArchivedSinceAsync(since, cancellationToken) : null;
        await foreach (var room in store.RoomsWithOccupantsAsync(cancellationToken))
        {
            directory.Wake(room);
            if (missed is not null && missed.TryGetValue(room, out var messages)) directory.Repeat(room, messages);
            restored++;
        }
        if (restored == 0)
            return;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Annex.Muc");
        Log.RoomsRestored(logger, restored);
    }

    private static TimeProvider Time(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;
}
