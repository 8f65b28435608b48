using Hawser.Protocol.Identity;

namespace Hawser.Server.Keys;

/// <summary>What follows from <c>--key</c>: what clients must present, and what signs.</summary>
/// <param name="Signing">The pair that signs; null only for a relay on its own, which signs nothing.</param>
/// <param name="Required">The text that clients must present; empty: none.</param>
/// <param name="Created">The pair was made now.</param>
/// <param name="Warning">What the operator should know; empty: nothing.</param>
internal sealed record KeyPolicy(ServerKey? Signing, string Required, bool Created, string Warning)
{
    private const string OpenWarning =
        "--key is empty: anyone may use this server. Signing goes on, so peers are still authenticated.";

    /// <summary>
    /// Applies the table of the reference's §5.3, with its hole closed: no value ever turns signing off.
    /// </summary>
    /// <exception cref="StartupException">Signing would be lost, or a key is malformed.</exception>
    public static KeyPolicy Resolve(HawserOptions options)
    {
        var text = options.Key.Trim();
        if (TryReadSecret(text, out var given)) return new KeyPolicy(given, given!.PublicText, false, "");
        var roles = Roles.Of(options);
        if (roles.Rendezvous) return ForRendezvous(options, text);
        // A recorder on its own shows no key to anybody and asks for none.
        return roles is { Relay: false, Api: false } ? new KeyPolicy(KeyFiles.Read(options.Data), "", false, "")
            : ForRelay(options, text);
    }

    private static KeyPolicy ForRendezvous(HawserOptions options, string text)
    {
        var makes = text is "-" or "_" or "";
        if (makes)
        {
            var (key, created) = KeyFiles.ReadOrCreate(options.Data, Initial(options));
            return text.Length > 0 ? new KeyPolicy(key, key.PublicText, created, "")
                : new KeyPolicy(key, "", created, OpenWarning);
        }

        var stored = KeyFiles.Read(options.Data)
            ?? (options.InitialKey.Length > 0 ? KeyFiles.ReadOrCreate(options.Data, Initial(options)).Key : null);
        if (stored is null)
        {
            throw new StartupException(
                $"--key is a text, but {options.Data} holds no {KeyFiles.SecretName} to sign with, so signing would be "
                + "lost: peers would go on unencrypted. Put the key files there, use --key _, or run "
                + "hawser key generate --data first.");
        }

        if (text == stored.PublicText) return new KeyPolicy(stored, text, false, "");
        if (IsPublicKey(text))
        {
            throw new StartupException(
                $"--key is a public key, but not that of {KeyFiles.SecretName} in {options.Data} "
                + $"({stored.PublicText}), so signing would be lost: clients with that key could not verify anything. "
                + "Use --key _, or put the "
                + "pair of that key into the data folder.");
        }

        return new KeyPolicy(stored, text, false,
            "--key is a pass phrase: clients that have it as their key can't verify what "
            + $"{KeyFiles.SecretName} signs, and stock clients then connect unencrypted. Prefer --key _.");
    }

    private static KeyPolicy ForRelay(HawserOptions options, string text)
    {
        if (text.Length == 0) return new KeyPolicy(null, "", false,
            "--key is empty: anyone may relay through this server.");
        if (text is not ("-" or "_")) return new KeyPolicy(null, text, false, "");
        if (KeyFiles.Read(options.Data) is { } stored) return new KeyPolicy(stored, stored.PublicText, false, "");
        throw new StartupException(
            "--key must be given for a relay on its own: the public key that the rendezvous node prints at its start "
            + $"(or put its {KeyFiles.SecretName} into {options.Data}, or use --key \"\" to let anyone in).");
    }

    private static ServerKey? Initial(HawserOptions options)
    {
        if (options.InitialKey.Length == 0) return null;
        if (ServerKey.TryParse(options.InitialKey, out var key, out var error)) return key;
        throw new StartupException($"--initial-key: {error}.");
    }

    /// <summary>64 bytes of base64 are meant as a pair; a broken one must not become a pass phrase.</summary>
    private static bool TryReadSecret(string text, out ServerKey? key)
    {
        key = null;
        Span<byte> bytes = stackalloc byte[96];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length != 64) return false;
        if (ServerKey.TryParse(text, out key, out var error)) return true;
        throw new StartupException($"--key: {error}.");
    }

    private static bool IsPublicKey(string text)
    {
        Span<byte> bytes = stackalloc byte[96];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == 32;
    }
}
