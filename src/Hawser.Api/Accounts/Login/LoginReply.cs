using System.Text.Json.Serialization;
using Hawser.Api.Accounts.Client;

namespace Hawser.Api.Accounts.Login;

/// <summary>
/// The answer to a login (reference §4.2): done, or <c>email_check</c> for a second step of whatever kind. A top-level
/// <c>tfa_check</c> would be refused by clients.
/// </summary>
internal sealed record LoginReply
{
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("tfa_type")]
    public string? TfaType { get; init; }

    [JsonPropertyName("secret")]
    public string? Secret { get; init; }

    [JsonPropertyName("user")]
    public required UserObject User { get; init; }
}

/// <summary>How a step of a login ended: one of the two is set.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Error">What the user reads instead.</param>
/// <param name="Status">The status of an error.</param>
internal readonly record struct LoginOutcome(LoginReply? Reply, string Error, int Status = 200)
{
    /// <summary>The reason for programs; empty: see the text.</summary>
    public string Code { get; init; } = "";

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan Wait { get; init; }

    public static LoginOutcome Refused(string error, int status = 200, string code = "") =>
        new(null, error, status) { Code = code };
}
