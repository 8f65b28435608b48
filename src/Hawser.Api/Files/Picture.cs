using System.Buffers.Binary;

namespace Hawser.Api.Files;

/// <summary>What a picture is by its bytes; what somebody calls it does not matter.</summary>
/// <param name="Extension">For its name.</param>
/// <param name="MediaType">For whoever shows it.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
internal sealed record Picture(string Extension, string MediaType, int Width, int Height)
{
    private static ReadOnlySpan<byte> Png => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Recognises PNG, JPEG, GIF and WebP; SVG is a program and is none of them.</summary>
    public static Picture? Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Png)) return OfPng(bytes);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return OfJpeg(bytes);
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8)) return OfGif(bytes);
        var isWebP = bytes.StartsWith("RIFF"u8) && bytes.Length > 12 && bytes[8..].StartsWith("WEBP"u8);
        return isWebP ? OfWebP(bytes) : null;
    }

    private static Picture? OfPng(ReadOnlySpan<byte> bytes) =>
        bytes.Length < 33 || !bytes[12..].StartsWith("IHDR"u8) ? null : Make(
            "png", BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]));

    private static Picture? OfGif(ReadOnlySpan<byte> bytes) => bytes.Length < 13 ? null : Make(
        "gif", BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]));

    private static Picture? OfWebP(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 30) return null;
        var kind = bytes[12..16];
        if (kind.SequenceEqual("VP8X"u8))
        {
            return Make("webp", 1 + ReadInt24(bytes[24..]), 1 + ReadInt24(bytes[27..]));
        }

        if (kind.SequenceEqual("VP8L"u8) && bytes[20] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(bytes[21..]);
            return Make("webp", 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF));
        }

        if (!kind.SequenceEqual("VP8 "u8) || bytes[23] != 0x9D || bytes[24] != 0x01 || bytes[25] != 0x2A) return null;
        return Make(
            "webp", BinaryPrimitives.ReadUInt16LittleEndian(bytes[26..]) & 0x3FFFu,
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]) & 0x3FFFu);
    }

    private static Picture? OfJpeg(ReadOnlySpan<byte> bytes)
    {
        var at = 2;
        while (at + 9 < bytes.Length)
        {
            if (bytes[at] != 0xFF) return null;
            var marker = bytes[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            // The frame's header has the size; its kinds are C0 to CF but for three other tables.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return Make(
                    "jpg", BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 7)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 5)..]));
            }

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        }

        return null;
    }

    private static uint ReadInt24(ReadOnlySpan<byte> bytes) => (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16));

    private static Picture? Make(string extension, uint width, uint height) =>
        width is 0 or > int.MaxValue || height is 0 or > int.MaxValue ? null
            : new Picture(extension, MediaTypeOf(extension), (int)width, (int)height);

    /// <summary>The media type of an extension that this class gives.</summary>
    public static string MediaTypeOf(string extension) => extension == "jpg" ? "image/jpeg" : "image/" + extension;
}
