using Annex.Contracts.Events;
using Annex.Contracts.Push.V1;
using Annex.Hosting;
using Annex.Push.Consumers;
using Annex.Push.Delivery;
using Annex.Push.Handlers;
using Annex.Push.Http;
using Annex.Push.Providers;
using Annex.Push.Rpc;
using Annex.Push.Storage;
using Annex.Push.UnifiedPush;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Services;
using Annex.Xmpp.Extensions.Version;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Annex.Push;

/// <summary>What the process is made of.</summary>
public static class PushService
{
    public const string Name = "Push";

    /// <summary>Publishes that wait for their provider's word at once; the others are answered as taken.</summary>
    private const int MaxOutcomeWaits = 5_000;

    public static AnnexService Definition { get; } = new(Name, Configure);

    private static void Configure(AnnexServiceBuilder service)
    {
        var options = service.AddOptions<PushOptions>();
        service.AddDatabase<PushDbContext>(PushDbContext.Schema);
        ProviderSetup.Add(service, options);
        AddDomain(service, options);
        service.AddComponent((services, router) => AddRoutes(services, router, options));
        service.AddHttp(endpoints => AddPages(endpoints, options));
        service.AddRpc((provider, map) =>
            map.Add(PushNotifications.BindService(provider.GetRequiredService<PushNotificationsRpc>())));
        service.ShareEvents();
        service.AddConsumer<RoomMessagePostedConsumer, RoomMessagePosted>();
        service.AddConsumer<AccountRemovedConsumer, AccountRemoved>();
        service.AddConsumer<UserBannedConsumer, UserBanned>();
        service.AddConsumer<UserUnbannedConsumer, UserUnbanned>();
        service.ReconcileBans();
    }

    private static void AddDomain(AnnexServiceBuilder service, PushOptions options)
    {
        var services = service.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider =>
            KeyFiles.Vault(options.EncryptionKeyFile,
                provider.GetRequiredService<ILoggerFactory>().CreateLogger("Annex.Push")));
        services.AddSingleton(options.Delivery).AddSingleton(new AppDirectory(options));
        services.AddSingleton<PushMetrics>().AddSingleton<RegistrationStore>().AddSingleton<BanTable>();
        services.AddSingleton<DeliveryObserver>().AddSingleton<IDeliveryObserver>(p =>
            p.GetRequiredService<DeliveryObserver>());
        services.AddSingleton(p => new PushQueue(
            p.GetRequiredKeyedService<NpgsqlDataSource>(Name), options.Delivery, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IPushQueue>(p => p.GetRequiredService<PushQueue>());
        services.AddSingleton<IRegistrationSource>(p => p.GetRequiredService<RegistrationStore>());
        services.AddSingleton(p => new OutcomeWaits(MaxOutcomeWaits, options.Delivery.AnswerWithin,
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DeliveryWorker>().AddSingleton<PublishIntake>();
        services.AddSingleton(p => new ServiceAddress(p.GetRequiredKeyedService<ComponentConnection>(Name).Jid));
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<Registrar>(p, service.LocalDomains));
        services.AddSingleton<PublishDesk>().AddSingleton<PublishHandlers>().AddSingleton<DeviceCommands>();
        services.AddSingleton<DialectCommands>().AddSingleton<UnregisterHandler>();
        var publicUrl = service.PublicUrl;
        services.AddSingleton(_ => new EndpointUrls(publicUrl));
        services.AddSingleton<EndpointStore>().AddSingleton<EndpointHandler>().AddSingleton<PageHandler>();
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<ClientDelivery>(p,
            p.GetRequiredKeyedService<ComponentConnection>(Name)));
        services.AddSingleton<UnifiedPushHandlers>().AddSingleton<PushNotificationsRpc>().AddSingleton<UserRemoval>();
        services.AddSingleton<UserData>().AddSingleton<QueueReport>().AddSingleton<DeviceTest>();
        services.AddHostedService<PushWork>();
    }

    private static void AddRoutes(IServiceProvider services, StanzaRouter router, PushOptions options)
    {
        // Publishes wait a moment for their provider's word; as many as may be taken may wait.
        router.MaxAsyncHandlers = options.Delivery.MaxIntake + MaxOutcomeWaits;
        var connection = services.GetRequiredKeyedService<ComponentConnection>(Name);
        services.GetRequiredService<RegistrationStore>().Gone += registration =>
            PublishHandlers.TellGone(connection, registration);
        services.GetRequiredService<PublishHandlers>().Register(router);
        if (options.UnifiedPush.Enabled) services.GetRequiredService<UnifiedPushHandlers>().Register(router);
        var worker = services.GetRequiredService<DeliveryWorker>();
        services.GetRequiredService<PushMetrics>().Watch(() => worker.InFlight);

        var time = services.GetRequiredService<TimeProvider>();
        var commands = new CommandTable(time);
        services.GetRequiredService<DeviceCommands>().AddTo(commands, connection.Jid);
        services.GetRequiredService<DialectCommands>().AddTo(commands, connection.Jid);
        foreach (var name in services.GetRequiredService<AppDirectory>().ClientNames) router.Advertise(name);
        var version = typeof(PushService).Assembly.GetName().Version?.ToString(3) ?? "0";
        var basics = new ServiceBasics(time, new SoftwareVersion("Annex Push", version)) { Commands = commands };
        // XEP-0357 §4: Converse and Siskin find the service by this.
        basics.Identities.Add(new Identity("pubsub", "push", options.Name));
        basics.Register(router);
    }

    private static void AddPages(IEndpointRouteBuilder endpoints, PushOptions options)
    {
        var services = endpoints.ServiceProvider;
        var basePath = services.GetRequiredService<EndpointUrls>().BasePath;
        foreach (var prefix in new[] { "", basePath }.Distinct(StringComparer.Ordinal))
        {
            var group = prefix.Length == 0 ? endpoints : endpoints.MapGroup(prefix);
            if (options.WebPush.Enabled) services.GetRequiredService<PageHandler>().Map(group);
            if (options.Apns.Count + options.Fcm.Count > 0)
                services.GetRequiredService<UnregisterHandler>().Map(group);
            if (!options.UnifiedPush.Enabled) continue;
            var handler = services.GetRequiredService<EndpointHandler>();
            group.MapPost(EndpointUrls.Prefix + "{token}", (HttpContext http, string token) =>
                handler.PostAsync(http, token));
            group.MapGet(EndpointUrls.Prefix + "{token}", (HttpContext http) => EndpointHandler.GetAsync(http));
        }
    }
}
