using Annex.Contracts.Events;
using Annex.Contracts.Muc.V1;
using Annex.Hosting;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Muc.Archive;
using Annex.Muc.Consumers;
using Annex.Muc.Rpc;
using Annex.Muc.Storage;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Muc.Handlers;

/// <summary>How the moderation desk and the administration stand in the container.</summary>
internal static class DeskServices
{
    public static void Add(AnnexServiceBuilder builder, MucOptions options)
    {
        var (services, name) = (builder.Services, builder.Name);
        services.AddSingleton(s => new AuditLog(s.GetRequiredKeyedService<NpgsqlDataSource>(name), options, Time(s)));
        services.AddSingleton(s => new MessagesOfAuthor(s.GetRequiredKeyedService<NpgsqlDataSource>(name)));
        services.AddSingleton(s => new BanTable(s.GetRequiredKeyedService<NpgsqlDataSource>(name),
            s.GetRequiredKeyedService<Lease>(name), s.GetRequiredKeyedService<EventOutbox>(name)));
        services.AddSingleton(s => new BanDesk(s.GetRequiredService<BanTable>(), s.GetRequiredService<Rooms.RoomDirectory>(), Time(s)));
        services.AddSingleton<RoomDesk>();
        services.AddSingleton(s => new AuthorEraser(s.GetRequiredKeyedService<NpgsqlDataSource>(name),
            s.GetRequiredKeyedService<Lease>(name), s.GetRequiredService<Rooms.RoomDirectory>(), s.GetRequiredService<RoomEvents>(), Time(s)));
        services.AddSingleton(s => new AccountEraser(s.GetRequiredKeyedService<NpgsqlDataSource>(name),
            s.GetRequiredKeyedService<Lease>(name), s.GetRequiredKeyedService<EventOutbox>(name),
            s.GetRequiredService<Rooms.RoomDirectory>(), s.GetRequiredService<AuthorEraser>(), Time(s))
        {
            Erased = s.GetRequiredService<BanDesk>().TellRemoved,
        });
        services.AddSingleton(s =>
        {
            var table = new CommandTable(Time(s));
            new RoomCommands(s.GetRequiredService<RoomDesk>(), s.GetRequiredService<AuditLog>()).AddTo(table);
            new ServiceCommands(s.GetRequiredService<RoomDesk>(), s.GetRequiredService<RoomCatalog>(), s.GetRequiredService<BanDesk>(),
                s.GetRequiredService<AuditLog>(), s.GetRequiredService<AccountEraser>()).AddTo(table);
            return table;
        });
        services.AddSingleton(s => new BlockListService(s.GetRequiredService<Rooms.RoomDirectory>(),
            s.GetRequiredKeyedService<ComponentConnection>(name), s.GetRequiredService<BanDesk>(), Time(s),
            s.GetRequiredService<ILogger<BlockListService>>()));
        services.AddHostedService(s => s.GetRequiredService<BlockListService>());
        services.AddHostedService(s => new DeskService(s.GetRequiredService<BanDesk>(), s.GetRequiredService<AuditLog>(),
            s.GetRequiredKeyedService<Lease>(name), Time(s), s.GetRequiredService<StoreLog>()));
        builder.AddConsumer<AccountRemovedConsumer, AccountRemoved>();
        builder.AddRpc((s, map) => map
            .Add(RoomDirectory.BindService(new RoomDirectoryRpc(s.GetRequiredService<RoomDesk>(), s.GetRequiredService<RoomCatalog>(),
                s.GetRequiredService<ArchiveReader>(), s.GetRequiredService<AuditLog>(), s.GetRequiredService<CommittedRooms>(),
                s.GetRequiredKeyedService<Lease>(name))))
            .Add(BanList.BindService(new BanListRpc(s.GetRequiredService<BanDesk>(), s.GetRequiredService<Rooms.RoomDirectory>())))
            .Add(AccountErasure.BindService(new AccountErasureRpc(s.GetRequiredService<AccountEraser>(), options))));
    }

    private static TimeProvider Time(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;
}
