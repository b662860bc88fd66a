namespace Annex.Push;

/// <summary>The operator's apps at APNs and FCM by their pushModule.</summary>
public sealed class AppDirectory(PushOptions options)
{
    private readonly Dictionary<string, App> _apps = options.Apns.Keys.Select(name => new App("apns", name))
        .Concat(options.Fcm.Keys.Select(name => new App("fcm", name)))
        .DistinctBy(app => app.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(app => app.Name, StringComparer.OrdinalIgnoreCase);

    public App? Find(string name) => _apps.GetValueOrDefault(name);

    /// <summary>The one app of a provider, or null where there is none or more than one to choose from.</summary>
    public App? OnlyOf(string provider) =>
        _apps.Values.Where(app => app.Provider == provider).Take(2).ToArray() is [var only] ? only : null;

    public bool Has(string provider) => _apps.Values.Any(app => app.Provider == provider);

    /// <param name="Provider">apns or fcm.</param>
    /// <param name="Name">Its key in the configuration.</param>
    public sealed record App(string Provider, string Name);
}
