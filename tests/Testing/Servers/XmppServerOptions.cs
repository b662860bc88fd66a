namespace Annex.Testing.Servers;

/// <summary>What a real XMPP server of a test is to know beside the plain ground configuration.</summary>
public sealed record XmppServerOptions
{
    public string Domain { get; init; } = "annex.test";

    /// <summary>Accounts: user name and password.</summary>
    public IReadOnlyDictionary<string, string> Users { get; init; } = new Dictionary<string, string>();

    /// <summary>Plain components: address and secret.</summary>
    public IReadOnlyDictionary<string, string> Components { get; init; } = new Dictionary<string, string>();

    /// <summary>The operators' own snippet of <c>deploy/prosody</c> or <c>deploy/ejabberd</c>: all five services, as
    /// subdomains (muc., upload., push., turn., search.), each with this secret. Null leaves it out.</summary>
    public string? SnippetSecret { get; init; }

    /// <summary>Configuration lines at the top level (Lua or YAML).</summary>
    public string? GlobalLines { get; init; }

    /// <summary>Prosody: lines inside the VirtualHost.</summary>
    public string? HostLines { get; init; }

    /// <summary>Prosody: whole Component blocks.</summary>
    public string? ComponentLines { get; init; }

    /// <summary>ejabberd: lines inside <c>modules:</c>, indented by two.</summary>
    public string? ModuleLines { get; init; }

    internal IEnumerable<KeyValuePair<string, string?>> Settings()
    {
        yield return new("domain", Domain);
        yield return new("users", Pairs(Users));
        yield return new("components", Pairs(Components));
        yield return new("global_lines", GlobalLines);
        yield return new("host_lines", HostLines);
        yield return new("component_lines", ComponentLines);
        yield return new("module_lines", ModuleLines);
        if (SnippetSecret is not null)
        {
            yield return new("snippet", "yes");
            foreach (var service in (string[])["muc", "upload", "push", "turn", "search"])
            {
                yield return new($"{service}_secret", SnippetSecret);
            }
        }
    }

    private static string? Pairs(IReadOnlyDictionary<string, string> pairs) =>
        pairs.Count == 0 ? null : string.Join(' ', pairs.Select(pair => $"{pair.Key}:{pair.Value}"));
}
