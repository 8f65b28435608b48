using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Controller.Calling;

/// <summary>A server that is used often.</summary>
internal sealed record Profile(string Server, string Key, string Relay)
{
    /// <summary>The API server's address; empty for the ID server's host, two ports below.</summary>
    public string Api { get; init => field = value ?? ""; } = "";
}

/// <summary>Somebody who is logged in at a server.</summary>
/// <param name="Api">The API server that gave the token.</param>
/// <param name="User">The login name.</param>
/// <param name="Token">The token.</param>
internal sealed record Login(string Api, string User, string Token);

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(SortedDictionary<string, Profile>))]
[JsonSerializable(typeof(SortedDictionary<string, Login>))]
internal sealed partial class ProfileJson : JsonSerializerContext;

/// <summary>
/// Servers by name, and who is logged in there, in the user's configuration folder and for nobody else.
/// </summary>
internal sealed class Profiles(string folder)
{
    public const string Default = "default";
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The name that is used when none is given.</summary>
    public string Current
    {
        get => File.Exists(PathOf("current")) ? File.ReadAllText(PathOf("current")).Trim() : Default;
        set => Write("current", System.Text.Encoding.UTF8.GetBytes(value));
    }

    public static Profiles OfUser() => new(Path.Combine(
        Environment.GetFolderPath(
            Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "hawser-connect"));

    public SortedDictionary<string, Profile> Read() =>
        Read("profiles.json", ProfileJson.Default.SortedDictionaryStringProfile) ?? [];

    public void Write(SortedDictionary<string, Profile> profiles) => Write(
        "profiles.json",
        JsonSerializer.SerializeToUtf8Bytes(profiles, ProfileJson.Default.SortedDictionaryStringProfile));

    /// <summary>Who is logged in, by profile.</summary>
    public SortedDictionary<string, Login> Logins() =>
        Read("logins.json", ProfileJson.Default.SortedDictionaryStringLogin) ?? [];

    public void Keep(string profile, Login? login)
    {
        var all = Logins();
        if (login is null) all.Remove(profile);
        else all[profile] = login;
        Write("logins.json", JsonSerializer.SerializeToUtf8Bytes(all, ProfileJson.Default.SortedDictionaryStringLogin));
    }

    /// <summary>This installation's uuid, as servers keep it with a login.</summary>
    public string Uuid()
    {
        if (!File.Exists(PathOf("uuid"))) Write("uuid", System.Text.Encoding.ASCII.GetBytes(Guid.NewGuid().ToString()));
        return Convert.ToBase64String(File.ReadAllBytes(PathOf("uuid")));
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private T? Read<T>(string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return File.Exists(PathOf(name)) ? JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(name)), type) : null;
        }
        catch (JsonException e)
        {
            throw new Failure(Exit.Usage, $"{PathOf(name)} is broken ({e.Message}); mend or remove it.");
        }
    }

    // Whole or not at all, and never readable for others, not even for a moment.
    private void Write(string name, byte[] content)
    {
        Directory.CreateDirectory(folder);
        var fresh = PathOf(name) + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnFile;
        File.Delete(fresh);
        using (var file = new FileStream(fresh, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, PathOf(name), overwrite: true);
    }
}
