using Annex.Xmpp.Extensions.Forms;

namespace Annex.Xmpp.Extensions.Contact;

/// <summary>Who is behind a service (XEP-0157): URIs (mailto:, xmpp:, https:) by purpose, told in disco#info.</summary>
public sealed class ContactAddresses
{
    public const string FormTypeName = "http://jabber.org/network/serverinfo";

    // The registered purposes (XEP-0157 §3), and the field that each travels in.
    private static readonly string[] Registered =
        ["abuse", "admin", "feedback", "sales", "security", "status", "support"];

    private readonly SortedDictionary<string, IReadOnlyList<string>> _uris = new(StringComparer.Ordinal);

    public bool IsEmpty => _uris.Count == 0;

    public static IReadOnlyList<string> Purposes => Registered;

    public IReadOnlyList<string> this[string purpose] => _uris.GetValueOrDefault(purpose) ?? [];

    /// <summary>Sets the URIs of one registered purpose; returns this.</summary>
    /// <exception cref="ArgumentException">The purpose is not registered.</exception>
    public ContactAddresses Set(string purpose, params IEnumerable<string> uris)
    {
        if (!Registered.Contains(purpose))
            throw new ArgumentException($"{purpose} is none of {string.Join(", ", Registered)}.", nameof(purpose));

        var list = uris.ToList();
        if (list.Count > 0)
            _uris[purpose] = list;
        return this;
    }

    /// <summary>The form for disco#info (XEP-0128).</summary>
    public DataForm ToForm() => new(FormType.Result, FormTypeName, _uris.Select(
        pair => new Field($"{pair.Key}-addresses", FieldType.ListMulti, pair.Value)));
}
