namespace Annex.Upload.Http;

/// <summary>One satisfiable range of bytes, both ends included (RFC 9110 §14.1.2).</summary>
public readonly record struct ByteRange(long First, long Last)
{
    public long Length => Last - First + 1;
}
