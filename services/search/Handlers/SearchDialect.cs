using Annex.Search.Index;
using Annex.Xmpp.Extensions.Forms;

namespace Annex.Search.Handlers;

/// <summary>
/// The two ways to ask over XMPP. They differ in names alone: Extended Channel Search (XEP-0433), and its predecessor, which
/// Converse.js, muclumbus and Prosody's mod_muc_search speak.
/// </summary>
internal sealed class SearchDialect
{
    public static readonly SearchDialect ChannelSearch = new(
        "urn:xmpp:channel-search:0:search", "urn:xmpp:channel-search:0:search-params", "{urn:xmpp:channel-search:0:order}",
        addressVar: "sinaddress", nonAnonymous: "{urn:xmpp:channel-search:0:anonymity}none", semiAnonymous: "muc_semianonymous",
        hasTypes: true);

    public static readonly SearchDialect Muclumbus = new(
        "https://xmlns.zombofant.net/muclumbus/search/1.0", "https://xmlns.zombofant.net/muclumbus/search/1.0#params", "",
        addressVar: "sinaddr", nonAnonymous: "none", semiAnonymous: "semi", hasTypes: false);

    private readonly (string Key, SortKey Sort)[] _keys;

    private SearchDialect(string ns, string formType, string keyPrefix, string addressVar, string nonAnonymous,
        string semiAnonymous, bool hasTypes)
    {
        Namespace = ns;
        FormType = formType;
        AddressVar = addressVar;
        NonAnonymous = nonAnonymous;
        SemiAnonymous = semiAnonymous;
        HasTypes = hasTypes;
        _keys =
        [
            (keyPrefix + "nusers", SortKey.Occupants),
            (keyPrefix + "address", SortKey.Address),
            // XEP-0433 §6.1.1: keys of one's own in Clark notation.
            (RelevanceKey, SortKey.Relevance),
        ];
    }

    /// <summary>Our own: the order of the web pages.</summary>
    public const string RelevanceKey = "{urn:annex:search:0}relevance";

    public string Namespace { get; }

    public string FormType { get; }

    /// <summary>XEP-0433's table says sinaddress, its example and the older dialect sinaddr: both are read, this one is told.</summary>
    public string AddressVar { get; }

    public string NonAnonymous { get; }

    public string SemiAnonymous { get; }

    public bool HasTypes { get; }

    public SortKey? ReadSort(string? key)
    {
        foreach (var (name, sort) in _keys)
        {
            if (name == key)
                return sort;
        }
        return null;
    }

    /// <summary>The empty form (XEP-0433 §4.2.1): every field that is understood, with its default.</summary>
    public DataForm CreateForm()
    {
        var form = new DataForm(Xmpp.Extensions.Forms.FormType.Form, FormType)
        {
            Title = "Search for rooms",
        };
        form.Add(Field.TextSingle("q", null, "Search for"))
            .Add(Field.Bool("all", false, "Return all entries (ignore search terms)"))
            .Add(Field.Bool("sinname", true, "Search in name"))
            .Add(Field.Bool("sindescription", true, "Search in description"))
            .Add(Field.Bool(AddressVar, true, "Search in address"))
            .Add(Field.TextSingle("min_users", "0", "Minimum number of users"));
        if (HasTypes)
        {
            form.Add(Field.ListMulti("types", ["xep-0045"], "Service types",
                new FieldOption("xep-0045", "XEP-0045 Multi-User Chat")));
        }
        form.Add(Field.TextSingle(SearchForm.LanguageVar, null, "Only in this language (en, de, …)"));
        form.Add(Field.TextSingle(SearchForm.TagVar, null, "Only with this tag"));
        return form.Add(Field.ListSingle("key", _keys[0].Key, "Sort results by",
            new FieldOption(_keys[0].Key, "Number of online users"),
            new FieldOption(_keys[1].Key, "Address"),
            new FieldOption(_keys[2].Key, "Relevance")));
    }
}
