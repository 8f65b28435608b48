using System.Text.Json.Serialization;
using Hawser.Api.Accounts.Login;
using Hawser.Data.Accounts;

namespace Hawser.Api.Accounts.Client;

/// <summary>
/// A user as clients read it (reference §4.3). <c>info</c> is always there: the browser login needs it (§5.3).
/// </summary>
internal sealed record UserObject
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("display_name")]
    public required string DisplayName { get; init; }

    [JsonPropertyName("avatar")]
    public required string Avatar { get; init; }

    [JsonPropertyName("email")]
    public required string Email { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    [JsonPropertyName("status")]
    public required int Status { get; init; }

    [JsonPropertyName("is_admin")]
    public required bool IsAdmin { get; init; }

    [JsonPropertyName("third_auth_type")]
    public string? ThirdAuthType { get; init; }

    [JsonPropertyName("info")]
    public UserInfo Info { get; init; } = new();

    /// <summary>What somebody sees who has shown a password, but not the second factor.</summary>
    public static UserObject Hint(string name, string email) => new()
    {
        Name = name, DisplayName = "", Avatar = "", Email = email, Note = "", Status = 1, IsAdmin = false,
    };

    public static UserObject Of(User user) => new()
    {
        Name = user.Name,
        DisplayName = user.DisplayName,
        Avatar = user.Avatar,
        Email = user.Email,
        Note = user.Note,
        Status = (int)user.Status,
        IsAdmin = user.IsAdmin,
        ThirdAuthType = user.Origin.Length == 0 ? null : user.Origin,
    };
}

/// <summary>The object that clients want to see in a user; everything in it is optional.</summary>
internal sealed record UserInfo;

/// <summary>What this slice reads and writes.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UserObject))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginReply))]
internal sealed partial class AccountsJson : JsonSerializerContext;
