using System.ComponentModel.DataAnnotations;

namespace Hawser.Api;

/// <summary>
/// Options of the API that are needed before anybody can change settings. What an administrator changes while the
/// server runs is a setting in the database (<see cref="Settings.SettingsStore"/>).
/// </summary>
public sealed class ApiOptions
{
    /// <summary>
    /// The path under which a reverse proxy publishes this server, for instance <c>/rd</c>; empty: the root.
    /// </summary>
    [RegularExpression("^(/[A-Za-z0-9._~-]+)*$")]
    public string PathBase { get; set; } = "";

    /// <summary>Days after its last use at which a login of a client ends.</summary>
    [Range(1, 3650)]
    public int LoginDays { get; set; } = 90;

    /// <summary>Hours after its last use at which a sign-in to the console ends.</summary>
    [Range(1, 720)]
    public int ConsoleHours { get; set; } = 12;

    /// <summary>
    /// Memory in MiB that checking one password takes (Argon2id); less on small machines. Stored hashes follow at the
    /// next login.
    /// </summary>
    [Range(8, 1024)]
    public int PasswordMemory { get; set; } = 64;

    /// <summary>
    /// Origins whose pages may call the API (web clients); <c>*</c>: any. Tokens are sent as headers, never as
    /// cookies, to other origins.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = ["*"];

    /// <summary>
    /// The folder whose files anybody may download under /downloads; empty: <c>downloads</c> in the data folder.
    /// </summary>
    public string Downloads { get; set; } = "";

    /// <summary>
    /// Sign what plugin builds of old clients ask for, whoever asks, with a pair of its own in the data folder.
    /// </summary>
    public bool PluginSigning { get; set; }
}
