using System.Security.Cryptography;
using System.Text;

namespace Annex.Xmpp.Streams;

/// <summary>What XEP-0114 §3 writes around a stream.</summary>
internal static class Handshake
{
    public static readonly byte[] StreamEnd = "</stream:stream>"u8.ToArray();

    /// <summary>Component to server: the address of the component, not of the server, stands in to.</summary>
    public static byte[] Header(ReadOnlySpan<byte> escapedJid) =>
    [
        .. "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "u8,
        .. "xmlns:stream='http://etherx.jabber.org/streams' to='"u8, .. escapedJid, .. "'>"u8,
    ];

    /// <summary>SHA-1 over stream id and secret in lower-case hexadecimal; the algorithm is the protocol's, not a choice.</summary>
    public static byte[] Proof(string streamId, string secret)
    {
#pragma warning disable CA5350 // XEP-0114 §3 names SHA-1
        var hash = SHA1.HashData(Encoding.UTF8.GetBytes(streamId + secret));
#pragma warning restore CA5350
        return Encoding.ASCII.GetBytes($"<handshake>{Convert.ToHexStringLower(hash)}</handshake>");
    }

    /// <summary>A stream error and the end of the stream (RFC 6120 §4.9.1).</summary>
    public static byte[] Error(string condition) => Encoding.ASCII.GetBytes(
        $"<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>");
}
