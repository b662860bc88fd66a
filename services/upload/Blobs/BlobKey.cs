using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Annex.Upload.Blobs;

/// <summary>
/// Name of one blob in the store: 32 lower-case hexadecimal digits, drawn anew for every attempt to upload. Nothing that a
/// client says ever becomes part of it, so there is nothing to traverse, and two uploads can never write the same blob.
/// </summary>
public readonly record struct BlobKey
{
    public const int Length = 32;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private BlobKey(string value) => Value = value;

    public string Value { get; }

    public static BlobKey Create() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Length / 2)));

    public static bool TryParse([NotNullWhen(true)] string? text, out BlobKey key)
    {
        key = default;
        if (text is not { Length: Length } || text.AsSpan().IndexOfAnyExcept(Digits) >= 0) return false;
        key = new BlobKey(text);
        return true;
    }

    /// <exception cref="FormatException">Not the name of a blob.</exception>
    public static BlobKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException("This is not the name of a blob.");

    public override string ToString() => Value;
}
