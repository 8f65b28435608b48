using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Controller.Calling;

/// <summary>A server that is used often.</summary>
internal sealed record Profile(string Server, string Key, string Relay);

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(SortedDictionary<string, Profile>))]
internal sealed partial class ProfileJson : JsonSerializerContext;

/// <summary>Servers by name, in the user's configuration folder; "default" is used when none is named.</summary>
internal sealed class Profiles(string folder)
{
    public const string Default = "default";

    private string Location => Path.Combine(folder, "profiles.json");

    public static Profiles OfUser() => new(Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "hawser-connect"));

    public SortedDictionary<string, Profile> Read()
    {
        try
        {
            return File.Exists(Location)
                ? JsonSerializer.Deserialize(
                    File.ReadAllBytes(Location), ProfileJson.Default.SortedDictionaryStringProfile)!
                : [];
        }
        catch (JsonException e)
        {
            throw new Failure(Exit.Usage, $"{Location} is broken ({e.Message}); mend or remove it.");
        }
    }

    public void Write(SortedDictionary<string, Profile> profiles)
    {
        Directory.CreateDirectory(folder);
        var fresh = Location + ".new";
        File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(
            profiles, ProfileJson.Default.SortedDictionaryStringProfile));
        File.Move(fresh, Location, overwrite: true);
    }
}
