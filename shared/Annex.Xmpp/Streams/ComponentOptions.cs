namespace Annex.Xmpp.Streams;

/// <summary>How a component reaches its XMPP server (XEP-0114).</summary>
public sealed class ComponentOptions
{
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>5347 is the port that both Prosody and ejabberd document for components.</summary>
    public int Port { get; set; } = 5347;

    /// <summary>The component's own address, a domain.</summary>
    public string Jid { get; set; } = "";

    /// <summary>The secret shared with the server. From the environment or <see cref="SecretFile"/>; never logged.</summary>
    public string? Secret { get; set; }

    /// <summary>A file whose first line is the secret.</summary>
    public string? SecretFile { get; set; }
}
