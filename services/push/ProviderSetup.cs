using System.Security.Cryptography;
using System.Text.Json;
using Annex.Hosting;
using Annex.Push.Providers;
using Annex.Push.Providers.Apns;
using Annex.Push.Providers.Fcm;
using Annex.Push.Providers.UnifiedPush;
using Annex.Push.Providers.WebPush;

namespace Annex.Push;

/// <summary>The push networks as the configuration has them.</summary>
internal static class ProviderSetup
{
    /// <summary>Registers them; what is wrong with them stops the start with the key's name.</summary>
    public static void Add(AnnexServiceBuilder service, PushOptions options)
    {
        var services = service.Services;
        var policy = new EndpointPolicy(options.AllowedEndpointHosts, options.AllowLoopbackEndpoints);
        services.AddSingleton(policy);
        services.AddSingleton(provider => Vapid(options, ContactOf(options, service), provider));
        if (options.WebPush.Enabled)
        {
            services.AddSingleton<IPushProvider>(provider =>
                new WebPushProvider(provider.GetRequiredService<VapidKeys>().All, policy,
                provider.GetRequiredService<TimeProvider>(), options.Delivery.SendTimeout));
        }
        services.AddSingleton<IPushProvider>(provider =>
            new UnifiedPushProvider(policy, provider.GetRequiredService<TimeProvider>(), options.Delivery.SendTimeout));
        var apns = options.Apns.Select(pair =>
            Try(service, $"Apns:{pair.Key}", () => Apns(pair.Key, pair.Value))).OfType<ApnsApp>().ToList();
        var fcm = options.Fcm.Select(pair =>
            Try(service, $"Fcm:{pair.Key}", () => Fcm(pair.Key, pair.Value))).OfType<FcmApp>().ToList();
        if (apns.Count > 0)
        {
            services.AddSingleton<IPushProvider>(provider =>
                new ApnsProvider(apns, provider.GetRequiredService<TimeProvider>(), options.Delivery.SendTimeout));
        }
        if (fcm.Count > 0)
        {
            services.AddSingleton<IPushProvider>(provider =>
                new FcmProvider(fcm, provider.GetRequiredService<TimeProvider>(), options.Delivery.SendTimeout));
        }
    }

    private static VapidKeys Vapid(PushOptions options, string contact, IServiceProvider provider)
    {
        var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Annex.Push");
        var time = provider.GetRequiredService<TimeProvider>();
        return new VapidKeys([.. options.WebPush.KeyFiles.Select((path, i) =>
            new VapidKey(KeyFiles.Vapid(path, isMade: i == 0, logger), contact, time))]);
    }

    // RFC 8292 §2.1: whom a push service may write to; some refuse a token without it.
    private static string ContactOf(PushOptions options, AnnexServiceBuilder service) =>
        options.WebPush.Contact ?? $"mailto:admin@{service.LocalDomains.FirstOrDefault() ?? "localhost"}";

    private static ApnsApp Apns(string name, ApnsAppOptions app) => new(name, app.BundleId, app.TeamId, app.KeyId,
        KeyFiles.ReadP256(app.KeyFile, "KeyFile"), new Uri(app.Server));

    private static FcmApp Fcm(string name, FcmAppOptions app)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(app.ServiceAccountFile));
        string Text(string property) => json.RootElement.GetProperty(property).GetString()
            ?? throw new KeyNotFoundException(property);
        var key = RSA.Create();
        key.ImportFromPem(Text("private_key"));
        return new FcmApp(name, Text("project_id"), Text("client_email"), key, new Uri(Text("token_uri")),
            new Uri(app.Server));
    }

    private static T? Try<T>(AnnexServiceBuilder service, string key, Func<T> make) where T : class
    {
        try
        {
            return make();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException
            or JsonException or KeyNotFoundException or ArgumentException or CryptographicException
            or UriFormatException or InvalidOperationException)
        {
            service.AddError(key, e.Message);
            return null;
        }
    }
}
