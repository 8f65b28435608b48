using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Hawser.Session.Host;

/// <summary>
/// Time-based codes of the second factor: SHA-1, six digits, half a minute, one step of tolerance (§5.7).
/// </summary>
public static class TimeCode
{
    private const int Step = 30;
    private const int Digits = 6;

    /// <summary>The code of a moment.</summary>
    /// <param name="secret">The shared secret.</param>
    /// <param name="moment">When.</param>
    /// <returns>Six digits.</returns>
    public static string At(ReadOnlySpan<byte> secret, DateTimeOffset moment)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, moment.ToUnixTimeSeconds() / Step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // What authenticator apps and the field's clients compute.
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var at = hash[^1] & 15;
        var number = (BinaryPrimitives.ReadUInt32BigEndian(hash[at..]) & 0x7FFFFFFF) % 1_000_000;
        return number.ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a code is right now, half a minute early or late.</summary>
    /// <param name="secret">The shared secret.</param>
    /// <param name="code">What was typed.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether it is.</returns>
    public static bool Fits(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (code.Length != Digits) return false;
        var fits = false;
        for (var step = -1; step <= 1; step++)
        {
            var right = Encoding.UTF8.GetBytes(At(secret, now.AddSeconds(step * Step)));
            fits |= CryptographicOperations.FixedTimeEquals(right, Encoding.UTF8.GetBytes(code));
        }

        return fits;
    }
}
