using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Annex.TurnDiscovery.Health;

/// <summary>
/// One STUN message (RFC 8489 §5), as much as checks need: written attribute by attribute, read with bounds. Integers are in
/// network order.
/// </summary>
public sealed class StunMessage
{
    public const int HeaderBytes = 20;
    public const int MaxBytes = 4096;

    /// <summary>RFC 8489 §5.</summary>
    private const uint Cookie = 0x2112A442;
    private const int IntegrityBytes = 20;
    private const int TransactionIdAt = 8;
    private const int TransactionIdBytes = 12;

    private readonly byte[] _bytes;
    private int _length;

    private StunMessage(byte[] bytes, int length)
    {
        _bytes = bytes;
        _length = length;
    }

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Method and class: see <see cref="StunType"/>.</summary>
    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>A new request with a random transaction id.</summary>
    public static StunMessage Request(ushort type)
    {
        var bytes = new byte[MaxBytes];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, type);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Cookie);
        RandomNumberGenerator.Fill(bytes.AsSpan(TransactionIdAt, TransactionIdBytes));
        return new StunMessage(bytes, HeaderBytes);
    }

    /// <summary>Null where the bytes are no whole STUN message.</summary>
    public static StunMessage? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || bytes.Length > MaxBytes || (bytes[0] & 0xC0) != 0
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) != Cookie)
            return null;
        var length = HeaderBytes + BodyLength(bytes);
        return length > bytes.Length || length % 4 != 0 ? null : new StunMessage(bytes[..length].ToArray(), length);
    }

    /// <summary>The body's length out of a header.</summary>
    public static int BodyLength(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16BigEndian(header[2..]);

    /// <summary>Whether this answers that request.</summary>
    public bool Answers(StunMessage request) =>
        _bytes.AsSpan(TransactionIdAt, TransactionIdBytes).SequenceEqual(request._bytes.AsSpan(TransactionIdAt, TransactionIdBytes))
        && (Type & 0x3EEF) == (request.Type & 0x3EEF) && (Type & 0x0100) != 0;

    /// <summary>Class success (RFC 8489 §5: C1 set, C0 not).</summary>
    public bool IsSuccess => (Type & 0x0110) == 0x0100;

    public StunMessage Add(StunAttribute type, ReadOnlySpan<byte> value)
    {
        var padded = (value.Length + 3) & ~3;
        if (_length + 4 + padded > MaxBytes)
            throw new ArgumentException("The message is too long.", nameof(value));
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(_length), (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(_length + 2), (ushort)value.Length);
        value.CopyTo(_bytes.AsSpan(_length + 4));
        _length += 4 + padded;
        WriteLength(_length);
        return this;
    }

    public StunMessage Add(StunAttribute type, string value) => Add(type, Encoding.UTF8.GetBytes(value));

    public StunMessage Add(StunAttribute type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Add(type, bytes);
    }

    /// <summary>MESSAGE-INTEGRITY over all that stands before it (RFC 8489 §14.5); the last attribute to be added.</summary>
    public StunMessage Sign(byte[] key)
    {
        // The length that is hashed counts the attribute itself.
        WriteLength(_length + 4 + IntegrityBytes);
        return Add(StunAttribute.MessageIntegrity, Hash(_bytes.AsSpan(0, _length), key));
    }

    /// <summary>Whether MESSAGE-INTEGRITY is there and right: then the server knows the key.</summary>
    public bool IsSignedBy(byte[] key)
    {
        if (!TryFind(StunAttribute.MessageIntegrity, out var start, out var length) || length != IntegrityBytes)
            return false;
        var signed = _bytes.AsSpan(0, start - 4).ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(signed.AsSpan(2), (ushort)(start + IntegrityBytes - HeaderBytes));
        return CryptographicOperations.FixedTimeEquals(_bytes.AsSpan(start, length), Hash(signed, key));
    }

    /// <summary>The key of long-term credentials (RFC 8489 §9.2.2); MD5 is the protocol's.</summary>
    public static byte[] LongTermKey(string username, string realm, string password)
    {
#pragma warning disable CA5351 // RFC 8489 §9.2.2 names MD5
        return MD5.HashData(Encoding.UTF8.GetBytes($"{username}:{realm}:{password}"));
#pragma warning restore CA5351
    }

    public string? Text(StunAttribute type) =>
        TryFind(type, out var start, out var length) ? Encoding.UTF8.GetString(_bytes, start, length) : null;

    /// <summary>ERROR-CODE (RFC 8489 §14.8): 300 to 699; 0 where there is none.</summary>
    public int ErrorCode =>
        TryFind(StunAttribute.ErrorCode, out var start, out var length) && length >= 4
            ? (_bytes[start + 2] & 7) * 100 + _bytes[start + 3] : 0;

    public string? ErrorReason =>
        TryFind(StunAttribute.ErrorCode, out var start, out var length) && length > 4
            ? Encoding.UTF8.GetString(_bytes, start + 4, Math.Min(length - 4, 100)) : null;

    /// <summary>XOR-MAPPED-ADDRESS and its like (RFC 8489 §14.2); null where absent or malformed.</summary>
    public IPEndPoint? Address(StunAttribute type)
    {
        if (!TryFind(type, out var start, out var length) || length is not (8 or 20))
            return null;
        var port = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(start + 2)) ^ (int)(Cookie >> 16);
        var address = _bytes.AsSpan(start + 4, length - 4).ToArray();
        // XORed with the cookie, and for IPv6 with the transaction id behind it.
        for (var i = 0; i < address.Length; i++)
            address[i] ^= _bytes[4 + i];
        return new IPEndPoint(new IPAddress(address), port);
    }

    private bool TryFind(StunAttribute type, out int start, out int length)
    {
        for (var at = HeaderBytes; at + 4 <= _length;)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at + 2));
            start = at + 4;
            if (start + length > _length)
                break;
            if (BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at)) == (ushort)type)
                return true;
            at = start + ((length + 3) & ~3);
        }
        start = length = 0;
        return false;
    }

    private void WriteLength(int total) => BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(2), (ushort)(total - HeaderBytes));

#pragma warning disable CA5350 // RFC 8489 §14.5 names HMAC-SHA1
    private static byte[] Hash(ReadOnlySpan<byte> bytes, byte[] key) => HMACSHA1.HashData(key, bytes);
#pragma warning restore CA5350
}
