using Hawser.Api.Settings;

namespace Hawser.Api.Accounts;

/// <summary>What administrators set about logging in.</summary>
internal sealed record AccountSettings
{
    internal static readonly SettingKey<AccountSettings> Key =
        new("accounts", AccountSettingsJson.Default.AccountSettings);

    /// <summary>Days for which a device is not asked again for a mailed or texted code; 0: always asked.</summary>
    public int TrustedDeviceDays { get; init; } = 30;

    /// <summary>A device without an owner is assigned to the user who logs in on it.</summary>
    public bool AssignDevices { get; init; } = true;

    /// <summary>Users who are no administrators may make API tokens for themselves.</summary>
    public bool OwnTokens { get; init; }

    /// <summary>The name that authenticators show beside the account.</summary>
    public string Issuer { get; init; } = "Hawser";
}

/// <summary>How the settings are stored.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
[System.Text.Json.Serialization.JsonSerializable(typeof(AccountSettings))]
internal sealed partial class AccountSettingsJson : System.Text.Json.Serialization.JsonSerializerContext;
