using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Hawser.Api.Http;

/// <summary>
/// Encrypts what must be read again (passwords of address books, authenticators' secrets, settings that hold
/// passwords) before it is stored, with ASP.NET Core data protection; its keys are in the data folder, apart from the
/// database.
/// </summary>
internal sealed class Secrets(IDataProtectionProvider provider)
{
    private readonly IDataProtector _protector = provider.CreateProtector("Hawser.Secrets.v1");

    /// <summary>Encrypts a text; an empty one stays empty.</summary>
    public string Protect(string text) => text.Length == 0 ? "" : _protector.Protect(text);

    /// <summary>Decrypts; null when it can't be (another key ring, damaged).</summary>
    public string? Unprotect(string stored)
    {
        if (stored.Length == 0) return "";
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>SHA-256 of a random handle, as it is stored.</summary>
    public static byte[] Hash(string handle) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(handle));

    /// <summary>A new handle of 256 random bits in URL-safe base64.</summary>
    public static string NewHandle() =>
        System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
