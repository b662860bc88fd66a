using Annex.Hosting;
using Annex.Muc.Archive;
using Annex.Muc.Handlers;
using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Annex.Muc;

/// <summary>Multi-user chat (XEP-0045) as one of the suite's services.</summary>
public static class MucService
{
    public const string Name = "Muc";

    public static AnnexService Definition { get; } = new(Name, Configure);

    private static void Configure(AnnexServiceBuilder builder)
    {
        var options = builder.AddOptions<MucOptions>();
        MucStorage.Add(builder, options);
        var admins = builder.Admins;
        var domains = builder.LocalDomains;
        builder.Services.AddSingleton(services =>
        {
            var connection = services.GetRequiredKeyedService<ComponentConnection>(Name);
            var store = services.GetService<IRoomStore>();
            var service = new ChatService(connection.Jid, options,
                services.GetService<TimeProvider>() ?? TimeProvider.System)
            {
                Admins = admins,
                LocalDomains = domains,
                IsDurable = store is not null,
            };
            var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Annex.Muc");
            return new RoomDirectory(service, connection, store, logger);
        });
        builder.Services.AddSingleton<MucMetrics>();
        builder.Services.AddHostedService(services => new GhostChecks(services.GetRequiredService<RoomDirectory>(),
            services.GetRequiredKeyedService<ComponentConnection>(Name),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<ILogger<GhostChecks>>(), services.GetRequiredService<MucMetrics>()));
        builder.Services.AddHostedService(services => new MulticastDiscovery(services.GetRequiredService<RoomDirectory>(),
            services.GetRequiredKeyedService<ComponentConnection>(Name), domains,
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<ILogger<MulticastDiscovery>>()));
        builder.Services.AddSingleton(services => new ArchiveHandlers(services.GetRequiredService<RoomDirectory>(),
            services.GetRequiredService<ArchiveReader>(), options));
        builder.AddComponent(
            (services, router) =>
            {
                var directory = services.GetRequiredService<RoomDirectory>();
                var handlers = new StanzaHandlers(directory, services.GetRequiredService<CommandTable>());
                handlers.Register(router);
                services.GetRequiredService<BlockListService>().Register(router, handlers.ToRoom);
                new AccountHandlers(directory, services.GetRequiredService<AccountEraser>()).Register(router);
                new ReportHandlers(directory).Register(router, handlers.ToRoom);
                new SubscriptionListing(directory, services.GetRequiredService<RoomStore>()).Register(router);
                new ModerationHandlers(directory, services.GetRequiredService<ArchiveReader>()).Register(router);
                services.GetRequiredService<ArchiveHandlers>().Register(router);
            },
            MucStorage.PrepareAsync);
        builder.AddFigure("rooms", services => services.GetRequiredService<RoomDirectory>().Service.Census.Rooms);
        builder.AddFigure("sessions", services => services.GetRequiredService<RoomDirectory>().Service.Census.Sessions);
        DeskServices.Add(builder, options);
    }
}
