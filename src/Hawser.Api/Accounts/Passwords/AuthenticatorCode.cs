using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Hawser.Api.Accounts.Passwords;

/// <summary>
/// The codes of authenticator apps (RFC 6238: SHA-1, 30 seconds, six digits), as ASP.NET Core Identity counts them:
/// two steps of clock difference either way. Unlike there, the step is told, so that a code works once.
/// </summary>
internal static class AuthenticatorCode
{
    private const int Slack = 2;
    private const int SecretLength = 20;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    /// <summary>A new secret in base32, the form that apps take.</summary>
    public static string NewSecret()
    {
        Span<byte> bytes = stackalloc byte[SecretLength];
        RandomNumberGenerator.Fill(bytes);
        return Encode(bytes);
    }

    /// <summary>The code of a moment.</summary>
    public static string At(string secret, DateTimeOffset time) => Compute(Decode(secret), StepAt(time));

    /// <summary>The step whose code this is, near a moment and newer than the last one; null: it is none.</summary>
    public static long? FindStep(string secret, string code, DateTimeOffset time, long last)
    {
        if (code.Length != 6 || secret.Length == 0) return null;
        var key = Decode(secret);
        var now = StepAt(time);
        long? found = null;
        for (var step = now - Slack; step <= now + Slack; step++)
        {
            var same = CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Compute(key, step)), Encoding.UTF8.GetBytes(code));
            if (same && step > last) found ??= step;
        }

        return found;
    }

    /// <summary>What is shown to an app as a QR code.</summary>
    public static string Uri(string issuer, string name, string secret)
    {
        var label = System.Uri.EscapeDataString(issuer) + ":" + System.Uri.EscapeDataString(name);
        var from = System.Uri.EscapeDataString(issuer);
        return $"otpauth://totp/{label}?secret={secret}&issuer={from}&digits=6&period=30";
    }

    private static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / (long)Step.TotalSeconds;

    private static string Compute(byte[] key, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The algorithm that authenticator apps use; a keyed hash is not hurt by collisions.
        HMACSHA1.HashData(key, counter, hash);
#pragma warning restore CA5350
        var binary = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xF)..]) & 0x7FFF_FFFF;
        return (binary % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var b in bytes)
        {
            buffer = (buffer << 8) | b;
            for (bits += 8; bits >= 5; bits -= 5) text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
            buffer &= (1 << bits) - 1;
        }

        return text.ToString();
    }

    private static byte[] Decode(string text)
    {
        var bytes = new List<byte>(SecretLength);
        var (buffer, bits) = (0, 0);
        foreach (var value in text.Select(c => Alphabet.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal)))
        {
            if (value < 0) continue;
            buffer = ((buffer << 5) | value) & 0xFFF;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes.Add((byte)(buffer >> bits));
        }

        return [.. bytes];
    }
}
