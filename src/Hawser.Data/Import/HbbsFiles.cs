using System.Text;
using Hawser.Protocol.Identity;

namespace Hawser.Data.Import;

/// <summary>The files beside hbbs' database: the key pair that every client trusts, and hbbr's lists.</summary>
/// <remarks>Wire fact: rendezvous reference §9.2, §9.3.</remarks>
internal static class HbbsFiles
{
    private const string SecretName = "id_ed25519";
    private const string PublicName = "id_ed25519.pub";

    private static readonly string[] Lists = ["blacklist.txt", "blocklist.txt"];

    /// <summary>Whether there is anything to take over in a folder.</summary>
    internal static bool Any(string from) =>
        Lists.Append(SecretName).Any(name => File.Exists(Path.Combine(from, name)));

    /// <summary>Refuses a key that can't sign, before anything is written.</summary>
    internal static void Check(string from, string option)
    {
        var path = Path.Combine(from, SecretName);
        if (!File.Exists(path)) return;
        if (!ServerKey.TryParse(File.ReadAllText(path), out _, out var error))
        {
            throw new StoreException(StoreFault.Unusable,
                $"The key file {path} can't be taken over: {error}; "
                + $"put the right one there, or take it away ({option}).");
        }
    }

    /// <summary>Copies what the data folder does not have yet.</summary>
    internal static void Copy(string from, string dataFolder, ImportReport report)
    {
        CopyKey(from, dataFolder, report);
        foreach (var name in Lists)
        {
            var source = Path.Combine(from, name);
            var target = Path.Combine(dataFolder, name);
            if (!File.Exists(source)) continue;
            if (File.Exists(target))
            {
                if (!Same(source, target)) report.Warn($"The file {target} exists and was kept.");
                continue;
            }

            Write(target, File.ReadAllBytes(source), report);
        }
    }

    private static void CopyKey(string from, string dataFolder, ImportReport report)
    {
        var source = Path.Combine(from, SecretName);
        var target = Path.Combine(dataFolder, SecretName);
        if (!File.Exists(source))
        {
            if (!File.Exists(target))
            {
                report.Warn($"There is no {SecretName} in {from}. If the old server was started with a key of 64 bytes "
                    + "(-k), put that text into this file before the first start, or every client needs a new key.");
            }

            return;
        }

        if (File.Exists(target))
        {
            if (!Same(source, target))
            {
                report.Warn($"The data folder has another key in {target}; it was kept, so clients of the old server "
                    + "do not trust this one.");
            }

            return;
        }

        var secret = File.ReadAllBytes(source);
        if (!ServerKey.TryParse(Encoding.UTF8.GetString(secret), out var key, out _)) return;
        var publicSource = Path.Combine(from, PublicName);
        var publicBytes = File.Exists(publicSource) ? File.ReadAllBytes(publicSource) : [];
        if (!string.Equals(Encoding.UTF8.GetString(publicBytes).Trim(), key!.PublicText, StringComparison.Ordinal))
        {
            if (publicBytes.Length > 0)
            {
                report.Warn($"The file {publicSource} does not belong to {SecretName}; "
                    + $"the right public key is {key.PublicText}.");
            }

            publicBytes = Encoding.UTF8.GetBytes(key.PublicText);
        }

        // The secret last: it is what the server looks for, so half a pair is never taken for a whole one.
        Write(Path.Combine(dataFolder, PublicName), publicBytes, report);
        Write(target, secret, report);
    }

    private static bool Same(string a, string b) => File.ReadAllBytes(a).AsSpan().SequenceEqual(File.ReadAllBytes(b));

    private static void Write(string target, byte[] content, ImportReport report)
    {
        var draft = target + ".new";
        File.Delete(draft);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, target, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }

        report.Copied(Path.GetFileName(target));
    }
}
