using Hawser.Protocol.Identity;

namespace Hawser.Server.Keys;

/// <summary>The server's pair as two files in the data folder, in the form that RustDesk's servers use.</summary>
internal static class KeyFiles
{
    public const string SecretName = "id_ed25519";
    public const string PublicName = "id_ed25519.pub";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the pair.</summary>
    /// <param name="folder">The data folder.</param>
    /// <returns>The pair; null when there is no secret key file.</returns>
    /// <exception cref="StartupException">The file is there but is not a pair that can sign.</exception>
    public static ServerKey? Read(string folder)
    {
        var path = Path.Combine(folder, SecretName);
        string text;
        try
        {
            if (!File.Exists(path)) return null;
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--data: the key file {path} can't be read: {e.Message}", e);
        }

        if (ServerKey.TryParse(text, out var key, out var error)) return key;
        throw new StartupException(
            $"Fatal error: malformed private key in {SecretName} (folder {folder} of --data): {error}.");
    }

    /// <summary>Reads the pair or makes one.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="initial">The pair that is written when there is none; null: a new one.</param>
    /// <returns>The pair, and whether it was made now.</returns>
    public static (ServerKey Key, bool Created) ReadOrCreate(string folder, ServerKey? initial)
    {
        if (Read(folder) is { } known) return (known, false);
        var key = initial ?? ServerKey.Generate();
        Write(folder, key);
        return (key, true);
    }

    /// <summary>
    /// Writes both files, the public one first, each whole or not at all. Never over an existing secret key.
    /// </summary>
    public static void Write(string folder, ServerKey key)
    {
        try
        {
            WritePublic(folder, key);
            WriteWhole(Path.Combine(folder, SecretName), key.ToSecretText(), OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--data: the key files can't be written to {folder}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Writes another pair; the one before is kept under a name that says until when it counted. There is a secret key
    /// at every moment, or a crash would make the next start invent one.
    /// </summary>
    /// <returns>The name that the secret key before is kept as.</returns>
    public static string Replace(string folder, ServerKey next, DateTime now)
    {
        var kept = string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{SecretName}.until-{now:yyyyMMdd'T'HHmmss'Z'}");
        var path = Path.Combine(folder, SecretName);
        try
        {
            WriteWhole(Path.Combine(folder, kept), File.ReadAllText(path), OwnerOnly);
            WriteWhole(path, next.ToSecretText(), OwnerOnly, over: true);
            WritePublic(folder, next);
            return kept;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--data: the key files can't be written to {folder}: {e.Message}", e);
        }
    }

    private static void WritePublic(string folder, ServerKey key) => WriteWhole(
        Path.Combine(folder, PublicName), key.PublicText,
        OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead, over: true);

    private static void WriteWhole(string path, string text, UnixFileMode mode, bool over = false)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write,
            Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: over);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
