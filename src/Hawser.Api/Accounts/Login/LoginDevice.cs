namespace Hawser.Api.Accounts.Login;

/// <summary>
/// The device that logs in, as it describes itself (reference §4.1); cleaned, and cut to what is stored.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="Uuid">Its uuid in base64.</param>
/// <param name="Os">Its system.</param>
/// <param name="Type">client or browser.</param>
/// <param name="Name">Its host name.</param>
internal sealed record LoginDevice(string Id, string Uuid, string Os, string Type, string Name)
{
    /// <summary>It is a browser that signs in to the console: its session is a cookie, and it owns nothing.</summary>
    public bool IsConsole { get; init; }

    public static LoginDevice Of(string? id, string? uuid, string? os, string? type, string? name) => new(
        AccountNames.Clean(id, 253), AccountNames.Clean(uuid, 400), AccountNames.Clean(os, 64),
        AccountNames.Clean(type, 64), AccountNames.Clean(name, 255));

    /// <summary>What people are told it is.</summary>
    public string Title => Name.Length > 0 ? Name : Id.Length > 0 ? Id : "?";
}
