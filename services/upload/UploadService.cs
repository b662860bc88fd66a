using System.Globalization;
using Annex.Contracts.Events;
using Annex.Contracts.Upload.V1;
using Annex.Hosting;
using Annex.Upload.Blobs;
using Annex.Upload.Blobs.FileSystem;
using Annex.Upload.Blobs.S3;
using Annex.Upload.Consumers;
using Annex.Upload.Handlers;
using Annex.Upload.Http;
using Annex.Upload.Intake;
using Annex.Upload.Life;
using Annex.Upload.Rpc;
using Annex.Upload.Scanning;
using Annex.Upload.Slots;
using Annex.Upload.Storage;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Extensions.Services;
using Annex.Xmpp.Extensions.Version;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Annex.Upload;

/// <summary>What the process is made of.</summary>
public static class UploadService
{
    public const string Name = "Upload";

    public static AnnexService Definition { get; } = new(Name, Configure);

    private static void Configure(AnnexServiceBuilder service)
    {
        var options = service.AddOptions<UploadOptions>();
        options.Http.PublicUrl ??= service.PublicUrl;
        if (HttpOptions.ProblemWith(options.Http.PublicUrl) is { } problem) service.AddError("Http:PublicUrl", problem);
        service.AddDatabase<UploadDb>(UploadDb.Schema);
        AddDomain(service, options);
        service.AddComponent(AddRoutes);
        service.AddHttp(endpoints =>
        {
            var endpoint = endpoints.ServiceProvider.GetRequiredService<UploadEndpoint>();
            endpoints.Map("/{**path}", endpoint.HandleAsync);
        });
        service.AddRpc((provider, map) => map.Add(
            UploadAdministration.BindService(provider.GetRequiredService<UploadAdministrationRpc>())));
        service.ShareEvents();
        service.AddConsumer<RoomMessageRetractedConsumer, RoomMessageRetracted>();
        service.AddConsumer<AccountRemovedConsumer, AccountRemoved>();
        service.AddConsumer<UserBannedConsumer, UserBanned>();
        service.AddConsumer<UserUnbannedConsumer, UserUnbanned>();
        service.ReconcileBans();
        service.AddConsumer<ContentBlockedConsumer, ContentBlocked>();
        service.AddConsumer<ContentUnblockedConsumer, ContentUnblocked>();
    }

    private static void AddDomain(AnnexServiceBuilder service, UploadOptions options)
    {
        var services = service.Services;
        services.TryAddSingleton(TimeProvider.System);
        AddStore(services, options);
        services.AddSingleton(_ => new SlotUrls(options.Http.PublicUrl!));
        services.AddSingleton(new Admission(service.LocalDomains, options)).AddSingleton(new AdminList(service.Admins));
        services.AddSingleton<SlotTable>().AddSingleton<SlotReservations>().AddSingleton<FileTable>().AddSingleton<UsageTable>().AddSingleton<BlobTable>().AddSingleton<BlockList>();
        services.AddSingleton<SharedKey>().AddSingleton<TotalUsage>();
        services.AddSingleton(_ => new ClamdScanner(options.Scanner));
        services.AddSingleton<Publisher>().AddSingleton<UploadMetrics>();
        services.AddSingleton(provider =>
        {
            var active = new ActiveUploads(options.Http.MaxUploads, options.Http.MaxUploadsPerSlot);
            provider.GetRequiredService<UploadMetrics>().Watch(() => active.Count);
            return active;
        });
        services.AddSingleton<Sweeper>().AddSingleton<OrphanMender>().AddSingleton<Blocking>().AddSingleton<FileExport>();
        services.AddSingleton<SlotDesk>().AddSingleton<SlotHandler>().AddSingleton<UserCommands>().AddSingleton<AdminCommands>();
        services.AddSingleton<ResponseHeaders>().AddSingleton<UploadAccess>();
        services.AddSingleton<PutHandler>().AddSingleton<GetHandler>().AddSingleton<ServiceUrlHandler>();
        services.AddSingleton<UploadEndpoint>().AddSingleton<UploadAdministrationRpc>();
        var hasTls = !string.IsNullOrEmpty(service.Http.Certificate) || service.Http.TrustedProxies.Count > 0;
        services.AddHostedService(provider =>
            new StartNotice(options, hasTls, provider.GetRequiredService<ILogger<StartNotice>>()));
        services.AddHostedService<LeaseKeeper>().AddHostedService<Housekeeping>();
    }

    private static void AddStore(IServiceCollection services, UploadOptions options)
    {
        if (options.Store != "S3")
        {
            services.AddSingleton<IBlobStore>(_ => new FileSystemBlobStore(options.Directory));
            return;
        }
        services.AddSingleton(_ => new S3Clients(options.S3));
        services.AddSingleton<S3BlobStore>();
        services.AddSingleton<IBlobStore>(provider => provider.GetRequiredService<S3BlobStore>());
        if (options.S3.PreSigned) services.AddSingleton<S3Staging>().AddSingleton<StagedIntake>();
    }

    private static ServiceBasics Basics(IServiceProvider services, UploadOptions options)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var commands = new CommandTable(time);
        services.GetRequiredService<UserCommands>().AddTo(commands);
        services.GetRequiredService<AdminCommands>().AddTo(commands);
        var version = typeof(UploadService).Assembly.GetName().Version?.ToString(3) ?? "0";
        var basics = new ServiceBasics(time, new SoftwareVersion("Annex Upload", version)) { Commands = commands };
        basics.Identities.Add(new Identity("store", "file", options.Name)); // XEP-0363 §3
        foreach (var ns in new[] { UploadNamespaces.Upload, UploadNamespaces.Legacy })
        {
            basics.Forms.Add(new DataForm(FormType.Result, ns, Field.TextSingle("max-file-size",
                options.MaxSize(Purpose.Message).ToString(CultureInfo.InvariantCulture))));
        }
        return basics;
    }

    private static void AddRoutes(IServiceProvider services, StanzaRouter router)
    {
        var slots = services.GetRequiredService<SlotHandler>();
        router.OnIq(StanzaType.Get, UploadNamespaces.Upload, "request", slots.HandleAsync, UploadNamespaces.Upload);
        router.OnIq(StanzaType.Get, UploadNamespaces.Legacy, "request", slots.HandleAsync, UploadNamespaces.Legacy);
        var options = services.GetRequiredService<UploadOptions>();
        foreach (var purpose in Enum.GetValues<Purpose>())
        {
            // XEP-0363 §5: exactly the purposes that are served.
            if (options.Policy(purpose).Enabled) router.Advertise(UploadNamespaces.Feature(purpose));
        }
        Basics(services, options).Register(router);
    }
}
