using Annex.Hosting.Configuration;
using Annex.Hosting.Messaging;
using Annex.Hosting.Observability;
using Annex.Hosting.Operations;
using Annex.Hosting.Storage;
using Annex.Hosting.Web;
using Annex.Xmpp.Addressing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Annex.Hosting;

/// <summary>A process with any set of the suite's services: one container, one web application.</summary>
public static class AnnexApplication
{
    /// <summary>Runs until it is told to stop. The exit code is 0, or 1 when the configuration is wrong (one line per wrong key
    /// on standard error), the start failed or a lease was lost.</summary>
    public static async Task<int> RunAsync(string[] args, params AnnexService[] services)
    {
        var isStopping = CancellationToken.None;
        try
        {
            await using var app = Build(args, settings: null, services);
            isStopping = app.Lifetime.ApplicationStopping;
            var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Annex");
            var listeners = app.Services.GetRequiredService<Listeners>();
            Log.Starting(logger, Telemetry.Version, string.Join(", ",
                listeners.All.Where(l => l.Kind == ListenerKind.Ops).SelectMany(l => l.Services)));
            await app.StartAsync();
            listeners.LogAddresses(logger);
            await app.WaitForShutdownAsync();
            return Environment.ExitCode;
        }
        catch (ConfigurationException e)
        {
            foreach (var line in e.Lines)
                await Console.Error.WriteLineAsync(line);
            return 1;
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException) when (isStopping.IsCancellationRequested)
        {
            // Told to stop while it still waited for the database.
            return Environment.ExitCode;
        }
        catch (IOException e) when (e.Message.Contains("bind", StringComparison.OrdinalIgnoreCase))
        {
            await Console.Error.WriteLineAsync($"{e.Message} Another process listens there: change a Listen key.");
            return 1;
        }
    }

    /// <summary>For tests: the application, validated and not started. With <paramref name="settings"/> neither a file nor the
    /// environment counts.</summary>
    /// <exception cref="ConfigurationException">Something is wrong; one line per key.</exception>
    public static WebApplication Build(string[] args, IEnumerable<KeyValuePair<string, string?>>? settings,
        params AnnexService[] services)
    {
        EnsureGlobalization();
        var errors = new ConfigurationErrors();
        var web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Annex.Hosting" });
        // Not the web application's own: that one holds keys of the web host's.
        var configuration = new ConfigurationManager();
        ConfigurationSources.Add(configuration, args, settings, errors);
        ThrowIfWrong(errors);
        var process = Configure(web, configuration, services, errors);
        ThrowIfWrong(errors);
        var app = web.Build();
        process.Listeners.Map(app);
        // From now on, not from the first look at /metrics.
        app.Services.GetRequiredService<MetricStore>();
        HostingMetrics.Touch();
        RequestFailures.Touch();
        app.Services.GetServices<ServiceFigure>();
        // Counts the time since the start.
        app.Services.GetRequiredService<StatusReporter>();
        return app;
    }

    /// <summary>Where a service listens, once the application has started; null where it has no such listener.</summary>
    public static Uri? AddressOf(WebApplication app, string service, ListenerKind kind)
    {
        var listener = app.Services.GetRequiredService<Listeners>().Find(kind, service);
        return listener?.Bound is { } bound ? new Uri($"{(listener.IsTls ? "https" : "http")}://{bound.IPEndPoint}") : null;
    }

    /// <summary>For the options page: each section with its options class, whether or not the configuration is complete.</summary>
    internal static IReadOnlyList<(string Path, object Options)> Describe(
        IEnumerable<KeyValuePair<string, string?>> settings, params AnnexService[] services)
    {
        var web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Annex.Hosting" });
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings);
        return [.. Configure(web, configuration, services, new ConfigurationErrors()).ReadSections.Select(s => (s.Section.Path, s.Options))];
    }

    private static ProcessBuilder Configure(
        WebApplicationBuilder web, ConfigurationManager configuration, AnnexService[] services, ConfigurationErrors errors)
    {
        var reader = new OptionsReader(errors);
        var options = new AnnexOptions();
        reader.Read(new RootSection(configuration), options);
        var running = Enabled(configuration, services, errors);
        var process = new ProcessBuilder(web, configuration, options, errors, reader, running.Select(s => s.Name));
        AddShared(web, process, running);
        web.Services.AddHostedService<DatabaseStarter>();
        foreach (var service in running)
        {
            var common = process.ReadServiceOptions(service.Name);
            var ops = process.AddOps(service.Name, common.Ops);
            if (ops.Services.Count == 1)
                ProcessBuilder.MapEndpoints(ops, process.OpsMaps);
            service.Configure(new AnnexServiceBuilder(service.Name, process, common));
        }
        web.Services.AddSingleton<EventBus>();
        web.Services.AddHostedService(provider => provider.GetRequiredService<EventBus>());
        CheckKeys(configuration, services, process, errors);
        return process;
    }

    private static void AddShared(WebApplicationBuilder web, ProcessBuilder process, List<AnnexService> running)
    {
        var services = web.Services;
        services.AddSingleton(process.Options);
        services.AddSingleton(process.EventTypes);
        services.AddSingleton(process.Listeners);
        services.AddSingleton(process.CreatePeers);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MetricStore>();
        services.AddSingleton<StatusReporter>();
        services.AddSingleton<TrafficHistory>();
        services.AddHostedService(provider => provider.GetRequiredService<TrafficHistory>());
        services.AddSingleton<RecentTrouble>();
        services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<RecentTrouble>());
        services.AddRoutingCore();
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "bus", provider => provider.GetRequiredService<EventBus>(), failureStatus: null, tags: ["ready"]));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        AddLogging(web.Logging, process.Options.Logging);
        Telemetry.Add(services, web.Logging, process.Options.Observability,
            running.Count == 1 ? $"annex-{running[0].Name.ToLowerInvariant()}" : "annex");
        web.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        services.AddOptions<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>()
            .Configure<IServiceProvider>((kestrel, provider) => process.Listeners.Listen(kestrel, provider));
    }

    private static void AddLogging(ILoggingBuilder logging, LogOptions options)
    {
        logging.SetMinimumLevel(options.Level);
        // Their Information is our Debug: an operator reads about components, not about statements and requests.
        foreach (var category in (string[])["Microsoft", "System", "Npgsql", "MassTransit", "RabbitMQ"])
            logging.AddFilter(category, options.Level > LogLevel.Debug ? LogLevel.Warning : options.Level);
        // It writes whole URLs: what people search for, and the tokens of uploads. Not even at Debug.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        // The health service says again what /health/ready says, with a stack.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // What fails comes as an exception to us, who say it in a line with the key to correct.
        logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        // Why a start failed is said by RunAsync, and why a background service did once more as Critical.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.AddFilter("MassTransit", LogLevel.Error);
        foreach (var (category, level) in options.Levels)
            logging.AddFilter(category, level);
        if (options.Format == LogFormat.Json)
            AddJsonConsole(logging);
        else
            logging.AddSimpleConsole(line =>
            {
                line.SingleLine = true;
                line.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
                line.UseUtcTimestamp = true;
            });
    }

    private static void AddJsonConsole(ILoggingBuilder logging) => logging.AddJsonConsole(json =>
    {
        json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        json.UseUtcTimestamp = true;
    });

    private static List<AnnexService> Enabled(
        ConfigurationManager configuration, AnnexService[] services, ConfigurationErrors errors)
    {
        var running = services.Where(s => configuration.GetSection(s.Name)["Enabled"] is { Length: > 0 } enabled
            ? !bool.TryParse(enabled, out var isEnabled) || isEnabled
            : services.Length == 1 || !string.IsNullOrEmpty(configuration.GetSection(s.Name)["Component:Jid"])).ToList();
        if (running.Count == 0)
        {
            errors.Add(string.Join(", ", services.Select(s => $"{s.Name}:Enabled")),
                services.Length == 1 ? "it is false, so there is nothing to run"
                    : "none is true and no Component:Jid is given, so there is nothing to run");
        }
        return running;
    }

    private static void CheckKeys(
        ConfigurationManager configuration, AnnexService[] services, ProcessBuilder process, ConfigurationErrors errors)
    {
        var keys = new UnknownKeys(errors);
        keys.Add("", typeof(AnnexOptions));
        keys.AddOpen(ConfigurationSources.FileKey);
        // Sections of services in other processes: one file serves all.
        foreach (var name in DefaultPorts.Services.Concat(services.Select(s => s.Name)))
        {
            if (!process.IsInProcess(name))
                keys.AddOpen(name);
        }
        foreach (var (section, options) in process.ReadSections)
            keys.Add(section.Path, options.GetType());
        keys.Check(configuration);
        process.CheckPeers();
    }

    // Before the first address is read from the configuration.
    private static void EnsureGlobalization()
    {
        try
        {
            Globalization.EnsureUsable();
        }
        catch (InvalidOperationException e)
        {
            throw new StartException(e.Message);
        }
    }

    private static void ThrowIfWrong(ConfigurationErrors errors)
    {
        if (!errors.IsEmpty)
            throw new ConfigurationException(errors.Lines);
    }
}
