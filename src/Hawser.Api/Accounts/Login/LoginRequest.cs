using System.Text.Json.Serialization;

namespace Hawser.Api.Accounts.Login;

/// <summary>What clients send to log in, both steps (reference §4.1).</summary>
internal sealed record LoginRequest
{
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("username")]
    public string? Username { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("uuid")]
    public string? Uuid { get; init; }

    [JsonPropertyName("verificationCode")]
    public string? VerificationCode { get; init; }

    [JsonPropertyName("tfaCode")]
    public string? TfaCode { get; init; }

    [JsonPropertyName("secret")]
    public string? Secret { get; init; }

    [JsonPropertyName("deviceInfo")]
    public LoginDeviceInfo? DeviceInfo { get; init; }

    /// <summary>Said by the console's own route, never by a body.</summary>
    [JsonIgnore]
    public bool IsConsole { get; init; }

    /// <summary>Not to ask this device for sent codes for a while; only browsers have a switch for it.</summary>
    [JsonIgnore]
    public bool Remember { get; init; } = true;

    [JsonIgnore]
    public LoginDevice Device => LoginDevice.Of(Id, Uuid, DeviceInfo?.Os, DeviceInfo?.Type, DeviceInfo?.Name) with
    {
        IsConsole = IsConsole,
    };
}

/// <summary>How a device describes itself.</summary>
internal sealed record LoginDeviceInfo
{
    [JsonPropertyName("os")]
    public string? Os { get; init; }

    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }
}
