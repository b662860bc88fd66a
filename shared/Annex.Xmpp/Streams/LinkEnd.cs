namespace Annex.Xmpp.Streams;

/// <summary>How one attempt to have a link ended.</summary>
internal sealed record LinkEnd(LinkFault Fault, string? Detail = null)
{
    public Exception? Exception { get; init; }

    /// <summary>The stream error to send, where the server broke a rule.</summary>
    public string? Violation { get; init; }

    /// <summary>The handshake had succeeded.</summary>
    public bool WasUp { get; init; }

    public IReadOnlyList<string> Options => Fault switch
    {
        LinkFault.Unreachable => [nameof(ComponentOptions.Host), nameof(ComponentOptions.Port)],
        LinkFault.NotAComponentPort => [nameof(ComponentOptions.Port)],
        LinkFault.WrongSecret => [nameof(ComponentOptions.Secret)],
        LinkFault.UnknownHost => [nameof(ComponentOptions.Jid)],
        _ => [],
    };

    /// <summary>A stream error of the server's, told apart (RFC 6120 §4.9.3; the differences between Prosody and ejabberd are
    /// those of XEP-0114 in practice).</summary>
    public static LinkEnd FromStreamError(StreamErrorException error, bool isUp)
    {
        var detail = error.Text is null ? error.Condition : $"{error.Condition}: {error.Text}";
        var fault = error.Condition switch
        {
            "not-authorized" => LinkFault.WrongSecret,
            "host-unknown" or "host-gone" or "improper-addressing" when !isUp => LinkFault.UnknownHost,
            "conflict" => LinkFault.Conflict,
            "invalid-namespace" or "unsupported-version" or "bad-format" when !isUp => LinkFault.NotAComponentPort,
            "system-shutdown" or "reset" or "connection-timeout" or "remote-connection-failed"
                or "resource-constraint" or "internal-server-error" or "host-gone" => LinkFault.Lost,
            _ => LinkFault.Rejected,
        };
        return new LinkEnd(fault, detail);
    }
}
