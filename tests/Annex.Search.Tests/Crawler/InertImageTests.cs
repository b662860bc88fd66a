using System.Buffers.Binary;
using System.Text;
using Annex.Search.Crawler;
using Xunit;

namespace Annex.Search.Tests.Crawler;

public sealed class InertImageTests
{
    private static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    // One grey pixel.
    private static readonly byte[] Png = MakePng(1, 1);

    [Fact]
    public void A_picture_stays_as_it_is_and_all_beside_it_goes()
    {
        Assert.Equal(Png, InertImage.From(Png));
        byte[] dressed =
        [
            .. Signature, .. Png[8..33], .. Chunk("tEXt", Encoding.ASCII.GetBytes("Author\0somebody")), .. Chunk("eXIf", new byte[50]),
            .. Png[33..], .. "<script>alert(1)</script>"u8,
        ];
        Assert.Equal(Png, InertImage.From(dressed));
        Assert.Equal("image/png", InertImage.TypeOf(Png));
    }

    [Theory]
    [InlineData(1024, 1024, true)]
    [InlineData(1025, 1, false)]
    [InlineData(1, 30_000, false)]
    [InlineData(30_000, 30_000, false)]
    [InlineData(0, 1, false)]
    [InlineData(int.MinValue, 1, false)]
    public void A_picture_that_would_unpack_to_too_much_is_none(int width, int height, bool isGood) =>
        Assert.Equal(isGood, InertImage.From(MakePng(width, height)) is not null);

    [Fact]
    public void What_is_broken_or_of_another_kind_is_none()
    {
        var badSum = (byte[])Png.Clone();
        badSum[^14] ^= 1;
        byte[] endless = [.. Png[..33], 0x7F, 0xFF, 0xFF, 0xFF, .. "IDAT"u8, 1, 2, 3, 4];
        byte[] twoHeaders = [.. Png[..33], .. Png[8..33], .. Png[33..]];
        byte[][] bad =
        [
            [], Signature, Png[..20], Png[..^4], badSum, endless, twoHeaders, [.. Signature, .. Png[33..]],
            "GIF89a"u8.ToArray(), "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), "RIFF....WEBP"u8.ToArray(),
            new byte[InertImage.MaxBytes + 1], [0xFF, 0xD8], [0xFF, 0xD8, 0xFF, 0xD9],
        ];
        Assert.All(bad, b => Assert.Null(InertImage.From(b)));
        // Cut anywhere: none, or not longer than what came.
        for (var n = 0; n < Png.Length; n++)
            Assert.Null(InertImage.From(Png.AsSpan(0, n)));
    }

    [Fact]
    public void Of_a_JPEG_the_camera_s_notes_go_and_the_picture_stays()
    {
        var image = MakeJpeg(16, 16);
        byte[] dressed = [.. image[..2], 0xFF, 0xE1, 0, 8, .. "Exif\0\0"u8, 0xFF, 0xFE, 0, 9, .. "comment"u8, .. image[2..], .. "PK\x03\x04"u8];
        Assert.Equal(image, InertImage.From(dressed));
        Assert.Equal("image/jpeg", InertImage.TypeOf(image));
        Assert.Null(InertImage.From(MakeJpeg(1025, 16)));
        Assert.Null(InertImage.From(MakeJpeg(16, 65_535)));
        Assert.Null(InertImage.From(image.AsSpan()[..^2]));
    }

    [Fact]
    public void Noise_never_breaks_it()
    {
        var random = new Random(11);
        foreach (var original in new[] { Png, MakeJpeg(16, 16) })
        {
            for (var i = 0; i < 3000; i++)
            {
                var bytes = (byte[])original.Clone();
                for (var n = random.Next(1, 5); n > 0; n--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                Assert.True((InertImage.From(bytes)?.Length ?? 0) <= bytes.Length + 2);
            }
        }
    }

    private static byte[] MakePng(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        return [.. Signature, .. Chunk("IHDR", header), .. Chunk("IDAT", [0x78, 0x01, 0x63, 0x60, 0, 0, 0, 2, 0, 1]), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        var chunk = new byte[body.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        body.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(body.Length + 4), Crc(body));
        return chunk;
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }
        return ~crc;
    }

    // Frame, scan, some data with an escaped 0xFF, end.
    private static byte[] MakeJpeg(ushort width, ushort height) =>
    [
        0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0,
        0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD9,
    ];
}
