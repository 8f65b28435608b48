using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Protocol.Crypto;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;
using Hawser.Session.Host;

namespace Hawser.Agent.Serving;

/// <summary>Which server, and how it is reached.</summary>
internal sealed record AgentConfig
{
    public string Server { get; init; } = "";

    public string Key { get; init; } = "";

    public string Relay { get; init; } = "";

    /// <summary>The API server's address; empty for the ID server's host, two ports below.</summary>
    public string Api { get; init; } = "";

    public ServerTransport Transport { get; init; }

    /// <summary>The proxy for all connections, perhaps with a login; empty for none.</summary>
    public string Proxy { get; init; } = "";

    /// <summary>
    /// The X server; empty for the environment's or the first that lets us in, <c>none</c> for no desktop,
    /// <c>test-card</c> for a drawn one.
    /// </summary>
    public string Display { get; init; } = "";

    /// <summary>The file that opens the X server; empty for the environment's.</summary>
    public string Authority { get; init; } = "";

    /// <summary>
    /// The PulseAudio server; empty for the environment's, <c>none</c> for no sound, <c>test-tone</c> for a tone.
    /// </summary>
    public string Sound { get; init => field = value ?? ""; } = "";

    /// <summary>
    /// The program that asks and tells whoever sits at the desktop: <c>zenity</c>, <c>xmessage</c>, <c>none</c>;
    /// empty for the first that is there.
    /// </summary>
    public string Dialog { get; init => field = value ?? ""; } = "";

    /// <summary>What recordings that wait for the API server may take, in MiB.</summary>
    public int RecordingsLimit { get; init => field = value > 0 ? value : 2048; } = 2048;
}

/// <summary>Who this machine is.</summary>
internal sealed record AgentIdentity(string Id, string Uuid, byte[] Seed);

/// <summary>The field's options, and the time stamp of the strategy that came last.</summary>
internal sealed record AgentOptions(SortedDictionary<string, string> Values, long ModifiedAt);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AgentConfig))]
[JsonSerializable(typeof(AgentIdentity))]
[JsonSerializable(typeof(AgentOptions))]
[JsonSerializable(typeof(StoredSecrets))]
internal sealed partial class AgentJson : JsonSerializerContext;

/// <summary>What an agent keeps: one folder, for its user only, each file whole or not at all.</summary>
internal sealed class AgentFolder
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly Lock _gate = new();

    public AgentFolder(string path)
    {
        Location = path;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, Own);
        // It holds the machine's secret key, and who may open its socket may set the password.
        if ((File.GetUnixFileMode(path) & ~Own) != UnixFileMode.None)
        {
            throw new AgentFailure(2, $"{path} is open to other users: chmod 700 {path}, or another --data.");
        }
    }

    public string Location { get; }

    public string Socket => Path.Combine(Location, "control");

    /// <summary>Where the folder is when nobody says.</summary>
    public static string Default => Environment.UserName == "root"
        ? "/var/lib/hawser-agent"
        : Path.Combine(
            Environment.GetFolderPath(
                Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "hawser-agent");

    public AgentConfig Config
    {
        get => Read("agent.json", AgentJson.Default.AgentConfig) ?? new AgentConfig();
        set => Write("agent.json", JsonSerializer.SerializeToUtf8Bytes(value, AgentJson.Default.AgentConfig));
    }

    public AgentOptions Options
    {
        get => Read("options.json", AgentJson.Default.AgentOptions)
            ?? new AgentOptions(new SortedDictionary<string, string>(StringComparer.Ordinal), 0);
        set => Write("options.json", JsonSerializer.SerializeToUtf8Bytes(value, AgentJson.Default.AgentOptions));
    }

    public StoredSecrets? Secrets => Read("secrets.json", AgentJson.Default.StoredSecrets);

    public void Save(StoredSecrets secrets) =>
        Write("secrets.json", JsonSerializer.SerializeToUtf8Bytes(secrets, AgentJson.Default.StoredSecrets));

    /// <summary>Who this machine is; made at the first call.</summary>
    public AgentIdentity Identity
    {
        get
        {
            lock (_gate)
            {
                if (Read("identity.json", AgentJson.Default.AgentIdentity) is { } known) return known;
                var seed = new byte[Sodium.SeedLength];
                Sodium.RandomBytes(seed);
                var id = PasswordProof.RandomText(1, "123456789") + PasswordProof.RandomText(8, "0123456789");
                var made = new AgentIdentity(id, Guid.NewGuid().ToString(), seed);
                Keep(made);
                return made;
            }
        }
    }

    public void Keep(AgentIdentity identity) =>
        Write("identity.json", JsonSerializer.SerializeToUtf8Bytes(identity, AgentJson.Default.AgentIdentity));

    public static PeerIdentity ToPeer(AgentIdentity identity) =>
        new(identity.Id, System.Text.Encoding.UTF8.GetBytes(identity.Uuid), identity.Seed);

    private T? Read<T>(string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        var path = Path.Combine(Location, name);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;
        }
        catch (JsonException e)
        {
            throw new AgentFailure(2, $"{path} is broken ({e.Message}); mend it, or remove it to start anew.");
        }
    }

    private void Write(string name, byte[] content)
    {
        lock (_gate)
        {
            var path = Path.Combine(Location, name);
            var fresh = path + ".new";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(fresh, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
    }
}

/// <summary>Ends the program with a sentence for its user.</summary>
/// <param name="code">The exit code.</param>
/// <param name="message">The sentence.</param>
internal sealed class AgentFailure(int code, string message) : Exception(message)
{
    public int Code => code;
}
