using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Annex.Testing.Scripted;

/// <summary>
/// A stanza as an example writes it, against a stanza as it came.
/// <list type="bullet">
/// <item>The order of attributes and of child elements does not matter, nor does white space between elements.</item>
/// <item><c>'...'</c> as an attribute's value: any value. <c>...</c> as text inside an element: whatever else it holds.</item>
/// <item><c>{name}</c> as a value: bound where it comes first, the same afterwards (also in what is sent).</item>
/// <item>id, to and xml:lang of the stanza itself are compared only where the pattern has them.</item>
/// </list>
/// </summary>
public static partial class XmlPattern
{
    private const string Anything = "...";
    private static readonly HashSet<XName> Optional = ["id", "to", XNamespace.Xml + "lang"];

    /// <summary>Reads a piece of the component's stream, whose default namespace is jabber:component:accept.</summary>
    public static XElement Parse(string xml)
    {
        var whole = XElement.Parse(
            "<s xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>" + xml + "</s>",
            LoadOptions.PreserveWhitespace);
        var element = whole.Elements().Single();
        element.Remove();
        return element;
    }

    /// <summary>Puts bound names into what is sent.</summary>
    public static string Fill(string xml, IReadOnlyDictionary<string, string> bound) =>
        Variable().Replace(xml, m => bound.TryGetValue(m.Groups[1].Value, out var value) ? value : m.Value);

    /// <summary>Compares; binds names only on success.</summary>
    public static bool Matches(XElement pattern, XElement actual, IDictionary<string, string> bound,
        [NotNullWhen(false)] out string? difference)
    {
        var attempt = new Dictionary<string, string>(bound);
        difference = Compare(pattern, actual, attempt, isStanza: true);
        if (difference is not null)
            return false;
        foreach (var (name, value) in attempt)
            bound[name] = value;
        return true;
    }

    private static string? Compare(XElement pattern, XElement actual, Dictionary<string, string> bound, bool isStanza)
    {
        if (pattern.Name != actual.Name)
            return $"<{actual.Name}/> where <{pattern.Name}/> is expected";
        return CompareAttributes(pattern, actual, bound, isStanza) ?? CompareContent(pattern, actual, bound);
    }

    private static string? CompareAttributes(XElement pattern, XElement actual, Dictionary<string, string> bound, bool isStanza)
    {
        foreach (var attribute in pattern.Attributes().Where(a => !a.IsNamespaceDeclaration))
        {
            var value = actual.Attribute(attribute.Name)?.Value;
            if (value is null)
                return $"<{actual.Name.LocalName}/> has no {attribute.Name}";
            if (!SameText(attribute.Value, value, bound))
                return $"{attribute.Name}='{value}' where '{attribute.Value}' is expected";
        }
        var more = actual.Attributes().FirstOrDefault(a => !a.IsNamespaceDeclaration && pattern.Attribute(a.Name) is null
            && !(isStanza && Optional.Contains(a.Name)));
        return more is null ? null : $"<{actual.Name.LocalName}/> has {more} as well";
    }

    private static string? CompareContent(XElement pattern, XElement actual, Dictionary<string, string> bound)
    {
        var text = string.Concat(pattern.Nodes().OfType<XText>().Select(t => t.Value)).Trim();
        var allowsMore = text == Anything;
        var left = actual.Elements().ToList();
        foreach (var child in pattern.Elements())
        {
            string? reason = null;
            var found = left.Find(candidate =>
            {
                var attempt = new Dictionary<string, string>(bound);
                var difference = Compare(child, candidate, attempt, isStanza: false);
                if (candidate.Name == child.Name)
                    reason ??= difference;
                if (difference is null)
                    Take(attempt, bound);
                return difference is null;
            });
            if (found is null)
                return reason ?? $"<{actual.Name.LocalName}/> lacks <{child.Name.LocalName} xmlns='{child.Name.NamespaceName}'/>";
            left.Remove(found);
        }
        if (allowsMore)
            return null;
        if (left.Count > 0)
            return $"<{actual.Name.LocalName}/> also holds {left[0].ToString(SaveOptions.DisableFormatting)}";
        var actualText = string.Concat(actual.Nodes().OfType<XText>().Select(t => t.Value));
        return SameText(text, actualText, bound) || SameText(text, actualText.Trim(), bound)
            ? null : $"<{actual.Name.LocalName}/> says \"{actualText}\" where \"{text}\" is expected";
    }

    private static bool SameText(string pattern, string actual, Dictionary<string, string> bound)
    {
        if (pattern == Anything || pattern == actual)
            return true;
        if (Variable().Match(pattern) is not { Success: true } match || match.Length != pattern.Length)
            return Fill(pattern, bound) == actual;
        var name = match.Groups[1].Value;
        if (bound.TryGetValue(name, out var known))
            return known == actual;
        bound[name] = actual;
        return true;
    }

    private static void Take(Dictionary<string, string> from, Dictionary<string, string> to)
    {
        foreach (var (name, value) in from)
            to[name] = value;
    }

    [GeneratedRegex(@"\{([a-z][a-z0-9-]*)\}", RegexOptions.IgnoreCase)]
    private static partial Regex Variable();
}
