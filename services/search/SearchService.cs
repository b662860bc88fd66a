using Annex.Contracts.Events;
using Annex.Contracts.Search.V1;
using Annex.Hosting;
using Annex.Rpc;
using Annex.Search.Consumers;
using Annex.Search.Crawler;
using Annex.Search.Handlers;
using Annex.Search.Http;
using Annex.Search.Rpc;
using Annex.Search.Storage;
using Annex.Search.Web;
using Annex.Xmpp.Extensions.Contact;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Services;
using Annex.Xmpp.Extensions.Version;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Streams;
using Npgsql;

namespace Annex.Search;

/// <summary>What the process is made of.</summary>
public static class SearchService
{
    private const string Name = "Search";

    public static AnnexService Definition { get; } = new(Name, Configure);

    private static void Configure(AnnexServiceBuilder service)
    {
        var options = service.AddOptions<SearchOptions>();
        var (localDomains, admins) = (service.LocalDomains, service.Admins);
        service.AddDatabase<SearchDbContext>(SearchDbContext.Schema);
        service.Services.AddSingleton(p => new RoomMirror(p.GetRequiredKeyedService<NpgsqlDataSource>(Name), p.GetRequiredService<Stemmer>(), options,
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<RoomMirror>>()));
        service.Services.AddHostedService(p => p.GetRequiredService<RoomMirror>());
        service.Services.AddSingleton(p => new Stemmer(p.GetRequiredKeyedService<NpgsqlDataSource>(Name)));
        service.Services.AddSingleton(p => new RoomFinder(p.GetRequiredKeyedService<NpgsqlDataSource>(Name),
            p.GetRequiredService<RoomMirror>(), p.GetRequiredService<Stemmer>()));
        service.Services.AddSingleton<RoomStore>();
        service.Services.AddSingleton<RoomIntake>();
        service.Services.AddSingleton<SearchMetrics>();
        service.Services.AddSingleton<Reconciler>();
        service.Services.AddSingleton(p => new QueryLimiter(p.GetRequiredService<TimeProvider>(), options, localDomains));
        service.Services.AddSingleton(p => new BanStore(
            p.GetRequiredKeyedService<NpgsqlDataSource>(Name), p.GetRequiredService<TimeProvider>()));
        service.Services.AddSingleton<SearchHandler>();
        service.Services.AddHostedService(RoomComparison.CreateLoop);
        service.Services.AddSingleton<RoomWatcher>();
        service.Services.AddHostedService(p => p.GetRequiredService<RoomWatcher>());
        AddPages(service, options);
        service.Services.AddSingleton(p => new DomainStore(p.GetRequiredKeyedService<NpgsqlDataSource>(Name),
            p.GetRequiredService<RoomStore>(), p.GetRequiredService<TimeProvider>()));
        service.Services.AddSingleton(p => new DelistingStore(
            p.GetRequiredKeyedService<NpgsqlDataSource>(Name), p.GetRequiredService<TimeProvider>()));
        service.Services.AddSingleton(p => new SearchCommands(p.GetRequiredService<DelistingStore>(),
            p.GetRequiredService<DomainStore>(), p.GetRequiredService<RpcPeers>(),
            () => p.GetRequiredKeyedService<ComponentConnection>(Name), options, admins, p.GetRequiredService<TimeProvider>()));
        service.Services.AddSingleton<IndexOverview>();
        service.Services.AddSingleton<SearchIndexRpc>();
        service.AddFigure("rooms", p => p.GetRequiredService<RoomMirror>().Index?.Count ?? 0, "{room}", "Rooms in the index.");
        service.AddRpc((p, map) => map.Add(SearchIndex.BindService(p.GetRequiredService<SearchIndexRpc>())));
        service.Services.AddSingleton<InvitationHandler>();
        service.Services.AddSingleton<CrawlLoop>();
        service.Services.AddSingleton<AvatarLoop>();
        service.Services.AddHostedService(p => p.GetRequiredService<CrawlLoop>());
        service.Services.AddHostedService(p => p.GetRequiredService<AvatarLoop>());
        service.AddConsumer<RoomCreatedConsumer, RoomCreated>();
        service.AddConsumer<RoomChangedConsumer, RoomChanged>();
        service.AddConsumer<RoomDestroyedConsumer, RoomDestroyed>();
        service.AddConsumer<RoomOccupancyChangedConsumer, RoomOccupancyChanged>();
        service.AddConsumer<UserBannedConsumer, UserBanned>();
        service.AddConsumer<UserUnbannedConsumer, UserUnbanned>();
        service.AddConsumer<AccountRemovedConsumer, AccountRemoved>();
        service.AddBanReconciler();
        service.AddComponent(Route);
    }

    private static void AddPages(AnnexServiceBuilder service, SearchOptions options)
    {
        options.Address = service.Section["Component:Jid"] ?? "";
        service.Services.AddSingleton(new Links(service.PublicUrl));
        service.Services.AddSingleton(p => new IndexStatistics(
            p.GetRequiredKeyedService<NpgsqlDataSource>(Name), p.GetRequiredService<TimeProvider>()));
        service.Services.AddSingleton(p => new AvatarStore(
            p.GetRequiredKeyedService<NpgsqlDataSource>(Name), p.GetRequiredService<TimeProvider>()));
        service.Services.AddSingleton<PageParts>();
        service.Services.AddSingleton<Pages>();
        service.Services.AddSingleton<Feeds>();
        service.Services.AddSingleton<Assets>();
        service.Services.AddSingleton<Api>();
        service.Services.AddSingleton<SearchEndpoints>();
        service.AddHttp(endpoints => endpoints.ServiceProvider.GetRequiredService<SearchEndpoints>().Map(endpoints));
    }

    private static void Route(IServiceProvider services, StanzaRouter router)
    {
        var basics = new ServiceBasics(services.GetRequiredService<TimeProvider>(), new SoftwareVersion("Annex Search",
            typeof(SearchService).Assembly.GetName().Version?.ToString(3) ?? ""))
        {
            // Clients ask at api@…: any localpart is the service.
            IsSelf = to => to.IsBare,
            Commands = services.GetRequiredService<SearchCommands>().CreateTable(),
            Contact = ContactOf(services.GetRequiredService<SearchOptions>()),
        };
        // XEP-0433 registers no identity; "directory" is the registry's word for what lists chat rooms.
        basics.Identities.Add(new Identity("directory", "chatroom", "Room directory"));
        basics.Register(router);
        services.GetRequiredService<SearchHandler>().Register(router);
        services.GetRequiredService<InvitationHandler>().Register(router);
    }

    // XEP-0157: whoever is asked by the crawler finds here whom to write to.
    private static ContactAddresses ContactOf(SearchOptions options) =>
        options.AbuseContact is { } abuse ? new ContactAddresses().Set("abuse", abuse) : new ContactAddresses();
}
