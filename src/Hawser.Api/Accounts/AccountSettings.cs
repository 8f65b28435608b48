using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Settings;

namespace Hawser.Api.Accounts;

/// <summary>What administrators set about logging in.</summary>
internal sealed record AccountSettings
{
    internal static readonly SettingKey<AccountSettings> Key =
        new("accounts", AccountSettingsJson.Default.AccountSettings, Check: Complaints, Complete: Stamped);

    /// <summary>Words of <see cref="SecondFactor"/>.</summary>
    internal const string Nobody = "nobody";

    internal const string Administrators = "administrators";

    internal const string Everybody = "everybody";

    private const int MostBlocked = 200;
    private const int LongestBlocked = 64;
    private const int MostDays = 90;
    private const int MostHours = 24 * 90;

    /// <summary>Days for which a device is not asked again for a mailed or texted code; 0: always asked.</summary>
    public int TrustedDeviceDays { get; init; } = 30;

    /// <summary>A device without an owner is assigned to the user who logs in on it.</summary>
    public bool AssignDevices { get; init; } = true;

    /// <summary>Users who are no administrators may make API tokens for themselves.</summary>
    public bool OwnTokens { get; init; }

    /// <summary>Of whom an authenticator is demanded: nobody, administrators or everybody.</summary>
    public string SecondFactor { get; init => field = value ?? Nobody; } = Nobody;

    /// <summary>
    /// For how many days people may still sign in without one; after the demand, or the account, began.
    /// </summary>
    public int GraceDays { get; init; }

    /// <summary>Since when it is demanded of them, Unix seconds; the server notes it itself.</summary>
    public long SecondFactorSince { get; init; }

    /// <summary>Whether a code by mail or SMS does, too.</summary>
    public bool SentCodesSuffice { get; init; }

    /// <summary>How many characters a password has at least.</summary>
    public int PasswordLength { get; init; } = PasswordPolicy.MinimumLength;

    /// <summary>Words that may not be in a password, such as the company's name.</summary>
    public IReadOnlyList<string> BlockedWords { get; init => field = value ?? []; } = [];

    /// <summary>Hours after the last use until a sign-in to the console ends; 0: as the server was started.</summary>
    public int ConsoleHours { get; init; }

    /// <summary>The name that authenticators show beside the account.</summary>
    public string Issuer { get; init; } = "Hawser";

    private static List<string> Complaints(AccountSettings settings)
    {
        var wrong = new List<string>();
        if (settings.SecondFactor is not (Nobody or Administrators or Everybody))
        {
            wrong.Add($"second_factor: {Nobody}, {Administrators} or {Everybody}");
        }

        if (settings.GraceDays is < 0 or > MostDays) wrong.Add($"grace_days: 0 to {MostDays}");
        if (settings.PasswordLength is < PasswordPolicy.MinimumLength or > PasswordPolicy.MostDemanded)
        {
            wrong.Add($"password_length: {PasswordPolicy.MinimumLength} to {PasswordPolicy.MostDemanded}");
        }

        if (settings.BlockedWords.Count > MostBlocked
            || settings.BlockedWords.Any(w => w is not { Length: >= 3 and <= LongestBlocked }))
        {
            wrong.Add($"blocked_words: at most {MostBlocked} words of 3 to {LongestBlocked} characters");
        }

        if (settings.ConsoleHours is < 0 or > MostHours) wrong.Add($"console_hours: 0 to {MostHours}");
        return wrong;
    }

    // The days of grace begin when somebody is demanded something that was not demanded before.
    private static AccountSettings Stamped(AccountSettings before, AccountSettings after, DateTime now) => after with
    {
        SecondFactorSince = after.SecondFactor == before.SecondFactor ? before.SecondFactorSince
            : new DateTimeOffset(now).ToUnixTimeSeconds(),
    };
}

/// <summary>How the settings are stored.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
[System.Text.Json.Serialization.JsonSerializable(typeof(AccountSettings))]
internal sealed partial class AccountSettingsJson : System.Text.Json.Serialization.JsonSerializerContext;
