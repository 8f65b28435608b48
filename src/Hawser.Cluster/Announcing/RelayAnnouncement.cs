using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Cluster.Announcing;

/// <summary>
/// What a relay on another machine says of itself to the rendezvous server, under a signature that only holders of the
/// join key can make. It is small, ages within 90 seconds, and counts once.
/// </summary>
/// <param name="Address"><c>host</c> or <c>host:port</c>, the text that clients shall receive.</param>
/// <param name="Pairs">Pairs that it carries.</param>
/// <param name="BytesPerSecond">What it moves.</param>
/// <param name="Draining">It takes no new pairs.</param>
/// <param name="UnixSeconds">When it was made, UTC.</param>
/// <param name="Nonce">32 hexadecimal digits, random, so that no announcement counts twice.</param>
/// <param name="Signature">HMAC-SHA256 of the canonical text under the join key, 64 lower-case hexadecimal
/// digits.</param>
public sealed record RelayAnnouncement(
    string Address, int Pairs, long BytesPerSecond, bool Draining, long UnixSeconds, string Nonce, string Signature)
{
    /// <summary>The longest body that is worth reading, in bytes.</summary>
    public const int MaxBodyLength = 1024;

    /// <summary>The longest address text.</summary>
    public const int MaxAddressLength = 262;

    /// <summary>A join key shorter than this could be guessed from one announcement.</summary>
    public const int MinKeyLength = 16;

    /// <summary>Makes and signs an announcement.</summary>
    /// <param name="status">The relay's state.</param>
    /// <param name="joinKey">The shared key.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The announcement, for <see cref="ToJson"/>.</returns>
    public static RelayAnnouncement Sign(RelayStatus status, string joinKey, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(time);
        if (!IsUsableKey(joinKey))
        {
            throw new ArgumentException($"A join key needs at least {MinKeyLength} characters.", nameof(joinKey));
        }
        if (!IsAddress(status.Address))
        {
            throw new ArgumentException("The relay's address must be host or host:port.", nameof(status));
        }
        var unsigned = new RelayAnnouncement(
            status.Address, status.Pairs, status.BytesPerSecond, status.Draining,
            time.GetUtcNow().ToUnixTimeSeconds(), RandomNumberGenerator.GetHexString(32, lowercase: true), "");
        return unsigned with { Signature = Convert.ToHexStringLower(Mac(unsigned, joinKey)) };
    }

    /// <summary>Whether a text can serve as join key.</summary>
    /// <param name="joinKey">The text.</param>
    /// <returns>True when it is long enough.</returns>
    public static bool IsUsableKey(string? joinKey) => joinKey is not null && joinKey.Trim().Length >= MinKeyLength;

    /// <summary>Reads a body; says nothing about the signature.</summary>
    /// <param name="json">At most <see cref="MaxBodyLength"/> bytes.</param>
    /// <param name="announcement">The announcement, when its form is right.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out RelayAnnouncement? announcement)
    {
        announcement = null;
        if (json.Length > MaxBodyLength) return false;
        try
        {
            var read = JsonSerializer.Deserialize(json, AnnouncementJson.Default.RelayAnnouncement);
            if (read is null || !read.IsWellFormed) return false;
            announcement = read;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The body to send.</summary>
    /// <returns>UTF-8 JSON.</returns>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AnnouncementJson.Default.RelayAnnouncement);

    /// <summary>What the roster is told of it; the relay spoke, so it is healthy.</summary>
    /// <returns>The status.</returns>
    public RelayStatus ToStatus() => new(Address, Healthy: true, Pairs, BytesPerSecond, Draining);

    private static readonly SearchValues<char> AddressCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");

    private static readonly SearchValues<char> HexCharacters = SearchValues.Create("0123456789abcdef");

    internal bool IsWellFormed =>
        IsAddress(Address) && Pairs >= 0 && BytesPerSecond >= 0 && IsHex(Nonce, 32) && IsHex(Signature, 64);

    /// <summary>The canonical text: a fixed order, one field a line, no field can hold a line break.</summary>
    internal string CanonicalText => string.Create(CultureInfo.InvariantCulture,
        $"hawser relay announcement 1\n{Address}\n{Pairs}\n{BytesPerSecond}\n")
        + string.Create(CultureInfo.InvariantCulture, $"{(Draining ? 1 : 0)}\n{UnixSeconds}\n{Nonce}\n");

    internal static byte[] Mac(RelayAnnouncement announcement, string joinKey) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(joinKey.Trim()), Encoding.UTF8.GetBytes(announcement.CanonicalText));

    private static bool IsAddress(string? address) =>
        address is { Length: > 0 and <= MaxAddressLength }
        && !address.AsSpan().ContainsAnyExcept(AddressCharacters);

    private static bool IsHex(string? text, int length) =>
        text?.Length == length && !text.AsSpan().ContainsAnyExcept(HexCharacters);
}

/// <summary>The body's form, generated, so that announcing needs no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RelayAnnouncement))]
internal sealed partial class AnnouncementJson : JsonSerializerContext;
