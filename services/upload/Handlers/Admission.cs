using Annex.Xmpp.Addressing;

namespace Annex.Upload.Handlers;

/// <summary>Who may upload at all: users of our domains, and whom the operator named.</summary>
public sealed class Admission
{
    private readonly IReadOnlySet<string> _localDomains;
    private readonly HashSet<string> _domains;
    private readonly HashSet<Jid> _jids;

    public Admission(IReadOnlySet<string> localDomains, UploadOptions options)
    {
        _localDomains = localDomains;
        _domains = options.AllowDomains.Select(domain => Jid.Parse(domain).Domain).ToHashSet(StringComparer.Ordinal);
        _jids = options.AllowJids.Select(jid => Jid.Parse(jid).Bare).ToHashSet();
    }

    /// <summary>A domain without a localpart is a server or a component: only by name.</summary>
    public bool IsAllowed(Jid from) => _jids.Contains(from.Bare)
        || (from.HasLocal && (_localDomains.Contains(from.Domain) || _domains.Contains(from.Domain)));
}
