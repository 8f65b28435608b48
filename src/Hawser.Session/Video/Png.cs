using System.Buffers.Binary;
using System.IO.Compression;

namespace Hawser.Session.Video;

/// <summary>Pictures as PNG files (W3C recommendation): eight bits, red, green, blue.</summary>
public static class Png
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>Writes a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <returns>The file.</returns>
    public static byte[] Write(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        using var file = new MemoryStream();
        Begin(file, picture.Width, picture.Height, colours: 2);
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) Rows(picture, zip);
        return End(file, packed);
    }

    /// <summary>Writes bare pixels.</summary>
    /// <param name="pixels">Red, green, blue, opacity; rows from the top.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <returns>The file, with its opacity.</returns>
    public static byte[] Write(ReadOnlySpan<byte> pixels, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, (long)width * height * 4);
        using var file = new MemoryStream();
        Begin(file, width, height, colours: 6);
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var line = new byte[1 + width * 4];
            line[0] = 2;
            for (var y = 0; y < height; y++)
            {
                var row = pixels.Slice(y * width * 4, width * 4);
                var above = y > 0 ? pixels.Slice((y - 1) * width * 4, width * 4) : default;
                for (var i = 0; i < row.Length; i++) line[1 + i] = (byte)(row[i] - (above.IsEmpty ? 0 : above[i]));
                zip.Write(line);
            }
        }

        return End(file, packed);
    }

    private static void Begin(Stream file, int width, int height, byte colours)
    {
        file.Write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, colours);
        Chunk(file, "IHDR"u8, header);
    }

    private static byte[] End(MemoryStream file, MemoryStream packed)
    {
        Chunk(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    // Each row as its difference from the one above: desktops are made of equal rows.
    private static void Rows(Picture picture, Stream to)
    {
        var line = new byte[1 + picture.Width * 3];
        for (var y = 0; y < picture.Height; y++)
        {
            var row = picture.Row(y);
            var above = y > 0 ? picture.Row(y - 1) : default;
            line[0] = 2;
            for (var x = 0; x < picture.Width; x++)
            {
                for (var c = 0; c < 3; c++)
                {
                    var at = x * 4 + 2 - c;
                    line[1 + x * 3 + c] = (byte)(row[at] - (above.IsEmpty ? 0 : above[at]));
                }
            }

            to.Write(line);
        }
    }

    private static void Chunk(Stream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(name);
        file.Write(data);
        var crc = Add(Add(uint.MaxValue, name), data) ^ uint.MaxValue;
        BinaryPrimitives.WriteUInt32BigEndian(number, crc);
        file.Write(number);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var one in data) crc = Table[(crc ^ one) & 0xff] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var n = 0u; n < 256; n++)
        {
            var c = n;
            for (var bit = 0; bit < 8; bit++) c = (c & 1) != 0 ? 0xedb88320 ^ (c >> 1) : c >> 1;
            table[n] = c;
        }

        return table;
    }
}
