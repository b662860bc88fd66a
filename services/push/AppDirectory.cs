namespace Annex.Push;

/// <summary>The operator's apps at APNs and FCM by their pushModule.</summary>
public sealed class AppDirectory(PushOptions options)
{
    private readonly Dictionary<string, App> _apps = options.Apns
        .Select(pair => new App("apns", pair.Key, pair.Value.ClientName))
        .Concat(options.Fcm.Select(pair => new App("fcm", pair.Key, pair.Value.ClientName)))
        .DistinctBy(app => app.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(app => app.Name, StringComparer.OrdinalIgnoreCase);

    public App? Find(string name) => _apps.GetValueOrDefault(name);

    /// <summary>The one app of a provider, or null where there is none or more than one to choose from.</summary>
    public App? OnlyOf(string provider) =>
        _apps.Values.Where(app => app.Provider == provider).Take(2).ToArray() is [var only] ? only : null;

    /// <summary>By what the command register-device calls it: an app's own ClientName, or where it has none the network or
    /// the app.</summary>
    public App? ByClientName(string? name) => name is not { Length: > 0 } ? null
        : _apps.Values.FirstOrDefault(app => app.ClientName == name) ?? Find(name) ?? OnlyOf(name);

    /// <summary>The names that apps have for register-device, which their clients look for in disco.</summary>
    public IEnumerable<string> ClientNames =>
        _apps.Values.Select(app => app.ClientName).Where(name => name.Length > 0).Distinct();

    public bool Has(string provider) => _apps.Values.Any(app => app.Provider == provider);

    /// <param name="Provider">apns or fcm.</param>
    /// <param name="Name">Its key in the configuration.</param>
    /// <param name="ClientName">What register-device calls it, or "".</param>
    public sealed record App(string Provider, string Name, string ClientName);
}
