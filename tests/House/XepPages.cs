using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Annex.House;

/// <summary>docs/xeps.md and docs/doap.xml, from <see cref="Xep.All"/>, the sources that have a specification's mark, and the
/// scenarios and tests with real servers that have it: no row without both.</summary>
internal static partial class XepPages
{
    public const string Table = "docs/xeps.md";
    public const string Doap = "docs/doap.xml";

    /// <summary>Scenarios named in a row; the rest is counted.</summary>
    private const int Named = 3;

    private static readonly Lazy<IReadOnlyList<(string File, string Text)>> Sources = new(() => Texts("shared", "services"));

    private static readonly Lazy<IReadOnlyList<(string File, string Text)>> Tests = new(() =>
        [.. Texts("tests/Scenarios", "tests/Interop").Where(t => FactOrTheory().IsMatch(t.Text))]);

    /// <summary>Services that have it on the wire themselves, or by what they use of the shared extensions.</summary>
    public static IReadOnlyList<string> ServicesOf(Xep xep)
    {
        var files = Sources.Value.Where(s => s.Text.Contains(xep.Mark, StringComparison.Ordinal)).Select(s => s.File).ToList();
        var services = files.SelectMany(UsersOfFile).Distinct().Order(StringComparer.Ordinal).ToList();
        return services.Count == AllServices.Count ? ["all"] : services;
    }

    private static IReadOnlyList<string> AllServices { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "services")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> UsersOfFile(string file) => file.Split('/') switch
    {
        ["services", var service, ..] => [service],
        ["shared", "Annex.Xmpp.Extensions", var folder, ..] => UsersOf(folder),
        _ => AllServices,
    };

    // What every service's basics use, every service has.
    private static IEnumerable<string> UsersOf(string folder)
    {
        var users = Sources.Value.Where(s => s.Text.Contains($"using Annex.Xmpp.Extensions.{folder};", StringComparison.Ordinal)).Select(s => s.File).ToList();
        return folder == "Services" || users.Exists(u => u.StartsWith("shared/Annex.Xmpp.Extensions/Services/", StringComparison.Ordinal)) ? AllServices
            : users.Where(u => u.StartsWith("services/", StringComparison.Ordinal)).Select(u => u.Split('/')[1]);
    }

    /// <summary>Files with tests that have its mark or name it, those that name it first.</summary>
    public static IReadOnlyList<string> ProofsOf(Xep xep) =>
    [
        .. Tests.Value.Where(t => t.Text.Contains(xep.Mark, StringComparison.Ordinal) || t.Text.Contains(xep.Name, StringComparison.Ordinal))
            .OrderBy(t => !t.Text.Contains(xep.Name, StringComparison.Ordinal)).ThenBy(t => t.File, StringComparer.Ordinal).Select(t => t.File),
    ];

    /// <summary>Numbers that the code of a service names and that no row has, with a file of each.</summary>
    public static IEnumerable<string> FindMissing() =>
        from source in Sources.Value
        where source.File.Contains("/Features/", StringComparison.Ordinal)
        from Match summary in TypeComment().Matches(source.Text)
        from Match name in Number().Matches(summary.Value)
        let number = int.Parse(name.Groups[1].Value, CultureInfo.InvariantCulture)
        where Xep.All.All(x => x.Number != number)
        select $"XEP-{number:D4} ({source.File})";

    public static string WriteTable()
    {
        var page = new StringBuilder("""
            # Specifications

            Generated (`ANNEX_WRITE_DOCS=1 dotnet test tests/House`) from the wire namespaces in the sources and the tests that have them: a
            specification that no scenario proves has no row. "Version" is that of the text which was implemented.
            [doap.xml](doap.xml) says the same to programs; [compliance.md](compliance.md) has the compliance suites.

            | Specification | Version | Services | Support | Proven by |
            |---|---|---|---|---|

            """.Replace("\r", "", StringComparison.Ordinal));
        foreach (var xep in Xep.All)
        {
            var proofs = ProofsOf(xep);
            var names = string.Join(", ", proofs.Take(Named).Select(p => $"[{Path.GetFileNameWithoutExtension(p)}](../{p})"));
            page.Append(CultureInfo.InvariantCulture, $"| [{xep.Name}](https://xmpp.org/extensions/{xep.Name.ToLowerInvariant()}.html) {xep.Title} | {xep.Version} ")
                .Append(CultureInfo.InvariantCulture, $"| {string.Join(", ", ServicesOf(xep))} | {(xep.Part.Length == 0 ? "supported" : $"partly: {xep.Part}")} ")
                .Append(CultureInfo.InvariantCulture, $"| {names}{(proofs.Count > Named ? $" and {proofs.Count - Named} more" : "")} |\n");
        }
        return page.ToString();
    }

    public static string WriteDoap()
    {
        XNamespace rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", doap = "http://usefulinc.com/ns/doap#", xmpp = "https://linkmauve.fr/ns/xmpp-doap#";
        var project = new XElement(doap + "Project",
            new XElement(doap + "name", "Annex"),
            new XElement(doap + "shortdesc", new XAttribute(XNamespace.Xml + "lang", "en"), "Group chat, file upload, push, TURN discovery and channel search for any XMPP server"),
            new XElement(doap + "programming-language", "C#"),
            new XElement(doap + "os", "Linux"),
            new XElement(doap + "license", new XAttribute(rdf + "resource", "https://spdx.org/licenses/MIT")),
            Xep.All.Select(xep => new XElement(doap + "implements", new XElement(xmpp + "SupportedXep",
                new XElement(xmpp + "xep", new XAttribute(rdf + "resource", $"https://xmpp.org/extensions/{xep.Name.ToLowerInvariant()}.html")),
                new XElement(xmpp + "status", xep.Status),
                new XElement(xmpp + "version", xep.Version),
                xep.Part.Length == 0 ? null : new XElement(xmpp + "note", new XAttribute(XNamespace.Xml + "lang", "en"), xep.Part)))));
        var root = new XElement(rdf + "RDF", new XAttribute(XNamespace.Xmlns + "rdf", rdf.NamespaceName), new XAttribute("xmlns", doap.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "xmpp", xmpp.NamespaceName), project);
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root.ToString().ReplaceLineEndings("\n") + "\n";
    }

    private static List<(string File, string Text)> Texts(params string[] folders) =>
        [.. Repository.Sources(folders).Select(f => (f, Repository.Read(f)))];

    [GeneratedRegex(@"\[(Fact|Theory)")]
    private static partial Regex FactOrTheory();

    [GeneratedRegex(@"XEP-(\d{4})")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?:^///.*\n)+(?=^(?:internal|public) )", RegexOptions.Multiline)]
    private static partial Regex TypeComment();
}
