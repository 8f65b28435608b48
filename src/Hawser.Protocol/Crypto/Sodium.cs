using System.Runtime.InteropServices;

namespace Hawser.Protocol.Crypto;

/// <summary>
/// The only native calls of this project: libsodium, in whose terms the protocol is defined (Ed25519, X25519,
/// XSalsa20-Poly1305). See docs/adr/0003.
/// </summary>
public static unsafe partial class Sodium
{
    /// <summary>Length of an Ed25519 seed.</summary>
    public const int SeedLength = 32;

    /// <summary>Length of an Ed25519 or X25519 public key.</summary>
    public const int PublicKeyLength = 32;

    /// <summary>Length of an Ed25519 secret key: seed, then public key.</summary>
    public const int SecretKeyLength = 64;

    /// <summary>Length of an Ed25519 signature.</summary>
    public const int SignatureLength = 64;

    /// <summary>Length of a secretbox key and of an X25519 secret.</summary>
    public const int KeyLength = 32;

    /// <summary>Length of an XSalsa20 nonce.</summary>
    public const int NonceLength = 24;

    /// <summary>Length of the Poly1305 tag in front of a ciphertext.</summary>
    public const int TagLength = 16;

    /// <summary>Room for a password hash as text, its final zero included.</summary>
    private const int PasswordTextLength = 128;

    private const string Library = "libsodium";

    static Sodium()
    {
        NativeLibrary.SetDllImportResolver(typeof(Sodium).Assembly, Resolve);
        if (sodium_init() < 0) throw new InvalidOperationException("libsodium could not be initialised");
    }

    /// <summary>Fills with random bytes.</summary>
    /// <param name="destination">What to fill.</param>
    public static void RandomBytes(Span<byte> destination)
    {
        fixed (byte* d = destination) randombytes_buf(d, (nuint)destination.Length);
    }

    /// <summary>Makes the Ed25519 secret key of a seed.</summary>
    /// <param name="seed">32 bytes.</param>
    /// <param name="secretKey">64 bytes to write: seed, then public key.</param>
    public static void SignKeyPair(ReadOnlySpan<byte> seed, Span<byte> secretKey)
    {
        Check(seed.Length == SeedLength && secretKey.Length == SecretKeyLength);
        var publicKey = stackalloc byte[PublicKeyLength];
        fixed (byte* s = seed, k = secretKey) Ok(crypto_sign_seed_keypair(publicKey, k, s));
    }

    /// <summary>Signs; combined form.</summary>
    /// <param name="message">The message.</param>
    /// <param name="secretKey">64 bytes.</param>
    /// <returns>Signature, then message.</returns>
    public static byte[] Sign(ReadOnlySpan<byte> message, ReadOnlySpan<byte> secretKey)
    {
        Check(secretKey.Length == SecretKeyLength);
        var signed = new byte[SignatureLength + message.Length];
        fixed (byte* o = signed, m = message, k = secretKey) Ok(crypto_sign(o, null, m, (ulong)message.Length, k));
        return signed;
    }

    /// <summary>Checks a combined signature.</summary>
    /// <param name="signed">Signature, then message.</param>
    /// <param name="publicKey">32 bytes.</param>
    /// <param name="message">The message, when the signature holds.</param>
    /// <returns>Whether it holds.</returns>
    public static bool TryOpenSigned(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> publicKey, out byte[] message)
    {
        message = [];
        if (signed.Length < SignatureLength || publicKey.Length != PublicKeyLength) return false;
        var body = signed[SignatureLength..];
        fixed (byte* s = signed, k = publicKey)
        {
            if (crypto_sign_verify_detached(s, s + SignatureLength, (ulong)body.Length, k) != 0) return false;
        }

        message = body.ToArray();
        return true;
    }

    /// <summary>The X25519 public key of a secret.</summary>
    /// <param name="secret">32 bytes.</param>
    /// <param name="publicKey">32 bytes to write.</param>
    public static void BoxPublicKey(ReadOnlySpan<byte> secret, Span<byte> publicKey)
    {
        Check(secret.Length == KeyLength && publicKey.Length == PublicKeyLength);
        fixed (byte* s = secret, p = publicKey) Ok(crypto_scalarmult_base(p, s));
    }

    /// <summary>Seals for an X25519 key (crypto_box_easy).</summary>
    /// <param name="plain">The plaintext.</param>
    /// <param name="nonce">24 bytes.</param>
    /// <param name="theirPublic">32 bytes.</param>
    /// <param name="ownSecret">32 bytes.</param>
    /// <returns>Tag and ciphertext.</returns>
    public static byte[] BoxSeal(
        ReadOnlySpan<byte> plain, ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> theirPublic, ReadOnlySpan<byte> ownSecret)
    {
        Check(nonce.Length == NonceLength && theirPublic.Length == PublicKeyLength && ownSecret.Length == KeyLength);
        var sealed_ = new byte[TagLength + plain.Length];
        fixed (byte* o = sealed_, m = plain, n = nonce, p = theirPublic, s = ownSecret)
        {
            if (crypto_box_easy(o, m, (ulong)plain.Length, n, p, s) != 0)
            {
                throw new ProtocolViolation("weak public key");
            }
        }

        return sealed_;
    }

    /// <summary>Opens what was sealed for an X25519 key (crypto_box_open_easy).</summary>
    /// <param name="sealedBytes">Tag and ciphertext.</param>
    /// <param name="nonce">24 bytes.</param>
    /// <param name="theirPublic">32 bytes.</param>
    /// <param name="ownSecret">32 bytes.</param>
    /// <param name="plain">The plaintext, when it is genuine.</param>
    /// <returns>Whether it is genuine.</returns>
    public static bool TryBoxOpen(
        ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> theirPublic,
        ReadOnlySpan<byte> ownSecret, out byte[] plain)
    {
        plain = [];
        if (sealedBytes.Length < TagLength || theirPublic.Length != PublicKeyLength) return false;
        Check(nonce.Length == NonceLength && ownSecret.Length == KeyLength);
        var opened = new byte[sealedBytes.Length - TagLength];
        fixed (byte* o = opened, c = sealedBytes, n = nonce, p = theirPublic, s = ownSecret)
        {
            if (crypto_box_open_easy(o, c, (ulong)sealedBytes.Length, n, p, s) != 0) return false;
        }

        plain = opened;
        return true;
    }

    /// <summary>Seals with a shared key, in place: the plaintext starts <see cref="TagLength"/> bytes into the
    /// buffer.</summary>
    /// <param name="buffer">Room for the tag, then the plaintext; holds tag and ciphertext afterwards.</param>
    /// <param name="nonce">24 bytes.</param>
    /// <param name="key">32 bytes.</param>
    public static void SecretBoxSealInPlace(Span<byte> buffer, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        Check(buffer.Length >= TagLength && nonce.Length == NonceLength && key.Length == KeyLength);
        fixed (byte* b = buffer, n = nonce, k = key)
        {
            // libsodium allows the message to overlap the output.
            Ok(crypto_secretbox_easy(b, b + TagLength, (ulong)(buffer.Length - TagLength), n, k));
        }
    }

    /// <summary>Opens in place: on success the plaintext stands at <see cref="TagLength"/>.</summary>
    /// <param name="buffer">Tag and ciphertext.</param>
    /// <param name="nonce">24 bytes.</param>
    /// <param name="key">32 bytes.</param>
    /// <returns>Whether it is genuine; the buffer is unchanged when it is not.</returns>
    public static bool TrySecretBoxOpenInPlace(Span<byte> buffer, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        if (buffer.Length < TagLength) return false;
        Check(nonce.Length == NonceLength && key.Length == KeyLength);
        fixed (byte* b = buffer, n = nonce, k = key)
        {
            return crypto_secretbox_open_detached(
                b + TagLength, b + TagLength, b, (ulong)(buffer.Length - TagLength), n, k) == 0;
        }
    }

    /// <summary>
    /// Hashes a password with Argon2id; the text holds salt and costs. Takes the memory for its duration.
    /// </summary>
    /// <param name="password">The password in UTF-8.</param>
    /// <param name="passes">How often the memory is gone over.</param>
    /// <param name="memory">Bytes; at least 8192.</param>
    /// <returns>The text to store, at most 127 characters.</returns>
    /// <exception cref="InvalidOperationException">The memory can't be had.</exception>
    public static string HashPassword(ReadOnlySpan<byte> password, int passes, int memory)
    {
        var text = stackalloc byte[PasswordTextLength];
        fixed (byte* p = password)
        {
            if (crypto_pwhash_str(text, p, (ulong)password.Length, (ulong)passes, (nuint)memory) != 0)
            {
                throw new InvalidOperationException("no memory for a password hash");
            }
        }

        return Marshal.PtrToStringUTF8((nint)text)!;
    }

    /// <summary>Whether a password is the one of a hash; false also for what is no hash.</summary>
    /// <param name="hash">What <see cref="HashPassword"/> made.</param>
    /// <param name="password">The password in UTF-8.</param>
    /// <returns>True when it is.</returns>
    public static bool VerifyPassword(string hash, ReadOnlySpan<byte> password)
    {
        var text = stackalloc byte[PasswordTextLength];
        if (!TryCopy(hash, text)) return false;
        fixed (byte* p = password) return crypto_pwhash_str_verify(text, p, (ulong)password.Length) == 0;
    }

    /// <summary>Whether a hash was made with other costs than these, or is none.</summary>
    /// <param name="hash">What <see cref="HashPassword"/> made.</param>
    /// <param name="passes">The passes of today.</param>
    /// <param name="memory">The memory of today, in bytes.</param>
    /// <returns>True when the password should be hashed again.</returns>
    public static bool NeedsRehash(string hash, int passes, int memory)
    {
        var text = stackalloc byte[PasswordTextLength];
        return !TryCopy(hash, text) || crypto_pwhash_str_needs_rehash(text, (ulong)passes, (nuint)memory) != 0;
    }

    // libsodium reads up to the zero, which must be within the buffer.
    private static bool TryCopy(string hash, byte* text)
    {
        ArgumentNullException.ThrowIfNull(hash);
        var span = new Span<byte>(text, PasswordTextLength);
        span.Clear();
        return System.Text.Encoding.UTF8.TryGetBytes(hash, span[..^1], out _);
    }

    private static void Check(bool lengths)
    {
        if (!lengths) throw new ArgumentException("a key, nonce or buffer has the wrong length");
    }

    private static void Ok(int result)
    {
        if (result != 0) throw new InvalidOperationException("libsodium refused the call");
    }

    private static nint Resolve(string name, System.Reflection.Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        // The unversioned name exists only where development files are installed.
        string[] names = OperatingSystem.IsWindows() ? ["libsodium.dll"]
            : OperatingSystem.IsMacOS() ? ["libsodium.dylib", "/opt/homebrew/lib/libsodium.dylib"]
            : ["libsodium.so.23", "libsodium.so.26", "libsodium.so"];
        foreach (var candidate in names)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var handle)) return handle;
        }

        throw new DllNotFoundException("libsodium is missing: install it (Debian: apt-get install libsodium23)");
    }

    [LibraryImport(Library)] private static partial int sodium_init();
    [LibraryImport(Library)] private static partial void randombytes_buf(byte* buffer, nuint size);
    [LibraryImport(Library)] private static partial int crypto_sign_seed_keypair(byte* pk, byte* sk, byte* seed);
    [LibraryImport(Library)] private static partial int crypto_sign(byte* o, ulong* ol, byte* m, ulong ml, byte* sk);
    [LibraryImport(Library)]
    private static partial int crypto_sign_verify_detached(byte* sig, byte* m, ulong ml, byte* pk);
    [LibraryImport(Library)] private static partial int crypto_scalarmult_base(byte* q, byte* n);
    [LibraryImport(Library)]
    private static partial int crypto_box_easy(byte* c, byte* m, ulong ml, byte* n, byte* pk, byte* sk);
    [LibraryImport(Library)]
    private static partial int crypto_box_open_easy(byte* m, byte* c, ulong cl, byte* n, byte* pk, byte* sk);
    [LibraryImport(Library)]
    private static partial int crypto_secretbox_easy(byte* c, byte* m, ulong ml, byte* n, byte* k);
    [LibraryImport(Library)]
    private static partial int crypto_secretbox_open_detached(byte* m, byte* c, byte* mac, ulong cl, byte* n, byte* k);
    [LibraryImport(Library)]
    private static partial int crypto_pwhash_str(byte* text, byte* password, ulong length, ulong passes, nuint memory);
    [LibraryImport(Library)]
    private static partial int crypto_pwhash_str_verify(byte* text, byte* password, ulong length);
    [LibraryImport(Library)]
    private static partial int crypto_pwhash_str_needs_rehash(byte* text, ulong passes, nuint memory);
}
