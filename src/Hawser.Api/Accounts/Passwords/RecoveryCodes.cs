using System.Security.Cryptography;
using Hawser.Api.Http;

namespace Hawser.Api.Accounts.Passwords;

/// <summary>Codes on paper for who lost the authenticator. Each works once; only hashes are kept.</summary>
internal static class RecoveryCodes
{
    internal const int Count = 10;

    // 60 random bits: what people can type, and more than can be tried.
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>New codes, for people.</summary>
    public static string[] Make() => [.. Enumerable.Range(0, Count).Select(_ =>
        string.Join('-', Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetString(Alphabet, 4))))];

    /// <summary>How they are stored.</summary>
    public static string Store(IEnumerable<string> codes) => string.Join(';', codes.Select(Hash));

    /// <summary>How many are left.</summary>
    public static int Left(string stored) =>
        stored.Split(';', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>What is left after a code was used; null when it is none of them.</summary>
    public static string? Without(string stored, string code)
    {
        var hashes = stored.Split(';', StringSplitOptions.RemoveEmptyEntries);
        var wanted = Hash(code);
        return hashes.Contains(wanted, StringComparer.Ordinal)
            ? string.Join(';', hashes.Where(h => h != wanted)) : null;
    }

    private static string Hash(string code) => Convert.ToHexString(Secrets.Hash(
        string.Concat(code.Where(char.IsLetterOrDigit)).ToUpperInvariant()));
}
