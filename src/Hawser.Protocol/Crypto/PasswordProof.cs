using System.Security.Cryptography;
using System.Text;

namespace Hawser.Protocol.Crypto;

/// <summary>
/// How a controller proves a password without sending it (session reference §5.3): what a host stores is the hash of
/// password and salt, what crosses the wire is the hash of that and the connection's challenge.
/// </summary>
public static class PasswordProof
{
    /// <summary>Length of both hashes.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>Length of a connection's challenge.</summary>
    public const int ChallengeLength = 6;

    /// <summary>Length of a host's salt.</summary>
    public const int SaltLength = 32;

    /// <summary>The 32 symbols of challenges, salts and one-time passwords: none that people confuse.</summary>
    public const string Alphabet = "23456789abcdefghijkmnpqrstuvwxyz";

    /// <summary>What is stored for a password.</summary>
    /// <param name="password">The password.</param>
    /// <param name="salt">The host's salt.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] Store(string password, string salt) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(password + salt));

    /// <summary>What a controller answers to a challenge.</summary>
    /// <param name="stored">What <see cref="Store"/> made.</param>
    /// <param name="challenge">The connection's challenge.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] Answer(ReadOnlySpan<byte> stored, string challenge)
    {
        var text = Encoding.UTF8.GetBytes(challenge);
        byte[] both = [.. stored, .. text];
        return SHA256.HashData(both);
    }

    /// <summary>Whether an answer proves a stored password; takes as long for a wrong one.</summary>
    /// <param name="answer">What came over the wire.</param>
    /// <param name="stored">What is stored; nothing never fits.</param>
    /// <param name="challenge">The connection's challenge.</param>
    /// <returns>Whether it does.</returns>
    public static bool Fits(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> stored, string challenge) =>
        stored.Length == Length && CryptographicOperations.FixedTimeEquals(answer, Answer(stored, challenge));

    /// <summary>Random text of the alphabet.</summary>
    /// <param name="length">How many symbols.</param>
    /// <param name="symbols">Which; null for <see cref="Alphabet"/>.</param>
    /// <returns>The text.</returns>
    public static string RandomText(int length, string? symbols = null) =>
        RandomNumberGenerator.GetString(symbols ?? Alphabet, length);
}
