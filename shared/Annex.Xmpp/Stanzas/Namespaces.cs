namespace Annex.Xmpp.Stanzas;

/// <summary>Namespaces that every service needs. Those of one extension stand beside its code.</summary>
public static class Namespaces
{
    /// <summary>Default namespace of a component's stream (XEP-0114).</summary>
    public const string Component = "jabber:component:accept";
    public const string Client = "jabber:client";
    public const string Stream = "http://etherx.jabber.org/streams";
    public const string StanzaErrors = "urn:ietf:params:xml:ns:xmpp-stanzas";
    public const string StreamErrors = "urn:ietf:params:xml:ns:xmpp-streams";
    public const string Xml = "http://www.w3.org/XML/1998/namespace";
}
