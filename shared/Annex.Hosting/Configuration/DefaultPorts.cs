namespace Annex.Hosting.Configuration;

/// <summary>Listeners where the configuration names none: on loopback, and none like another's.</summary>
internal static class DefaultPorts
{
    private static readonly string[] Names = ["Muc", "Upload", "Push", "TurnDiscovery", "Search"];

    public static IReadOnlyList<string> Services => Names;

    public static string Rpc(string service) => Address(5400, service);

    public static string Http(string service) => Address(5410, service);

    public static string Ops(string service) => Address(5420, service);

    // A service of a test has no number: it takes a free port.
    private static string Address(int first, string service) =>
        Array.IndexOf(Names, service) is >= 0 and var index ? $"127.0.0.1:{first + 1 + index}" : "127.0.0.1:0";
}
