using System.Text.RegularExpressions;
using Annex.Testing.Documents;
using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Documents;

/// <summary>A real Prosody starts with it, and complains of nothing.</summary>
internal static partial class ProsodyBlocks
{
    public static async Task RunAsync(FencedBlock block)
    {
        // What stands above the first host is global; a VirtualHost of the name of the ground's is the ground's.
        var host = HostLine().Match(block.Text);
        var component = ComponentLine().Match(block.Text);
        var end = host.Success ? host.Index : component.Success ? component.Index : block.Text.Length;
        var hostLines = host.Success
            ? block.Text[(host.Index + host.Length)..(component.Success && component.Index > host.Index ? component.Index : block.Text.Length)] : "";
        // Lines that stand alone may be a host's or everybody's: Prosody reads them in both places.
        var options = new XmppServerOptions
        {
            Domain = host.Success ? host.Groups[1].Value : "example.org",
            GlobalLines = block.Text[..end],
            HostLines = hostLines,
            ComponentLines = component.Success ? block.Text[component.Index..] : null,
        };
        await using var server = await ProsodyServer.StartAsync(options);
        var complaints = server.Log.Split('\n').Where(l => Complaint().IsMatch(l)).ToList();
        Assert.True(complaints.Count == 0, $"{block.Place}:\n{string.Join('\n', complaints)}");
    }

    [GeneratedRegex("""^VirtualHost "([^"]+)".*\n""", RegexOptions.Multiline)]
    private static partial Regex HostLine();

    [GeneratedRegex("""^Component """, RegexOptions.Multiline)]
    private static partial Regex ComponentLine();

    [GeneratedRegex(@"\berror\b.*|Unable to load|unknown option", RegexOptions.IgnoreCase)]
    private static partial Regex Complaint();
}
