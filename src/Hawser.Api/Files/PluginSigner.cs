using Hawser.Protocol.Identity;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Files;

/// <summary>
/// Signs what plugin builds of clients up to 1.4.9 ask for (reference §14.5), with a pair of its own: whoever asks
/// gets anything signed, so the server's own pair must never do it. Off unless an option switches it on.
/// </summary>
internal sealed partial class PluginSigner(ApiParts parts, ApiOptions options, ILogger<PluginSigner> log)
{
    /// <summary>The pair's file in the data folder; its public half is printed to the log.</summary>
    internal const string FileName = "plugin_ed25519";

    private readonly Lock _gate = new();
    private ServerKey? _key;

    /// <summary>Whether it is switched on.</summary>
    public bool IsOn => options.PluginSigning;

    /// <summary>The message with its signature before it.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message) => Key().Sign(message);

    /// <summary>The pair, made when it is first needed.</summary>
    internal ServerKey Key()
    {
        lock (_gate)
        {
            return _key ??= ReadOrMake();
        }
    }

    private ServerKey ReadOrMake()
    {
        var path = Path.Combine(parts.DataFolder, FileName);
        if (File.Exists(path))
        {
            return ServerKey.TryParse(File.ReadAllText(path), out var known, out var error) ? known!
                : throw new InvalidOperationException($"{path} is not a pair that can sign: {error}");
        }

        var key = ServerKey.Generate();
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new StreamWriter(path, how)) file.Write(key.ToSecretText());
        Log.Made(log, key.PublicText);
        return key;
    }

    private static partial class Log
    {
        [LoggerMessage(6450, LogLevel.Information, "Made a pair that signs plugins; its public key is {PublicKey}")]
        public static partial void Made(ILogger logger, string publicKey);
    }
}
