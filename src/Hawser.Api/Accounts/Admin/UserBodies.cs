using System.Text.Json.Serialization;

namespace Hawser.Api.Accounts.Admin;

/// <summary>
/// A user as scripts and the console write it (admin reference §4.1). In a change a missing key, and null, keep what is
/// stored.
/// </summary>
internal sealed record UserBody
{
    internal const string Example =
        """{"name":"mara","password":"correct horse","group_name":"Help desk","email":"mara@example.com"}""";

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("group_name")]
    public string? GroupName { get; init; }

    [JsonPropertyName("email")]
    public string? Email { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }

    /// <summary>Ours, as what follows.</summary>
    [JsonPropertyName("display_name")]
    public string? DisplayName { get; init; }

    [JsonPropertyName("is_admin")]
    public bool? IsAdmin { get; init; }

    /// <summary>The name of a control role; empty: the default one.</summary>
    [JsonPropertyName("control_role")]
    public string? ControlRole { get; init; }

    /// <summary>
    /// For a new user: the server makes a password that is told in this answer only, and with which he chooses his own
    /// at his first sign-in to the console.
    /// </summary>
    [JsonPropertyName("one_time_password")]
    public bool? OneTimePassword { get; init; }

    /// <summary>For a new user: the admin roles that he holds, by name; by administrators in person.</summary>
    [JsonPropertyName("admin_roles")]
    public IReadOnlyList<string?>? AdminRoles { get; init; }

    /// <summary>A login from an unknown device needs a mailed code.</summary>
    [JsonPropertyName("email_verification")]
    public bool? EmailVerification { get; init; }
}

/// <summary>Users, and what is done to them.</summary>
internal sealed record UsersBody
{
    [JsonPropertyName("user_guids")]
    public IReadOnlyList<string?>? UserGuids { get; init; }

    /// <summary>For the second factor: demand it, or not any more.</summary>
    [JsonPropertyName("enforce")]
    public bool? Enforce { get; init; }

    /// <summary>The console's address, for the mail.</summary>
    [JsonPropertyName("url")]
    public string? Url { get; init; }

    /// <summary>What is switched off: <c>email</c> or <c>2fa</c>.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>The users, each once.</summary>
    /// <returns>Null with a sentence when that is no list of guids.</returns>
    public (List<Guid>? Users, string Error) Users()
    {
        if (UserGuids is null) return (null, "user_guids is missing.");
        if (UserGuids.Count > 10_000) return (null, "At most 10000 users at once.");
        var all = new List<Guid>();
        foreach (var text in UserGuids)
        {
            if (!Guid.TryParse(text, out var guid)) return (null, $"\"{text}\" is not the guid of a user.");
            all.Add(guid);
        }

        return ([.. all.Distinct()], "");
    }
}

/// <summary>What was made.</summary>
/// <param name="Guid">Its identity.</param>
/// <param name="Password">The password that the server made, told only here.</param>
internal sealed record MadeUser(
    [property: JsonPropertyName("guid")] string Guid,
    [property: JsonPropertyName("password")] string? Password = null);

/// <summary>What this slice reads and writes for administrators.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(UsersBody))]
[JsonSerializable(typeof(MadeUser))]
internal sealed partial class AccountsAdminJson : JsonSerializerContext;
