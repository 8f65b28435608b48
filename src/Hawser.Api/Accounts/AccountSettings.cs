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
    private const int MostNetworks = 200;

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

    /// <summary>Whether authenticators may be used and set up.</summary>
    public bool AllowAuthenticator { get; init; } = true;

    /// <summary>Whether the recovery codes of an authenticator may be used and made.</summary>
    public bool AllowRecoveryCodes { get; init; } = true;

    /// <summary>Whether mailed codes are a second step.</summary>
    public bool AllowEmailCodes { get; init; } = true;

    /// <summary>Whether codes by SMS are a second step.</summary>
    public bool AllowSmsCodes { get; init; } = true;

    /// <summary>Whether passkeys may be used and added.</summary>
    public bool AllowPasskeys { get; init; } = true;

    /// <summary>The addresses and networks from which people sign in; empty: from everywhere.</summary>
    public IReadOnlyList<string> SignInAddresses { get; init => field = value ?? []; } = [];

    /// <summary>Wrong passwords for an account from an address before there is a pause.</summary>
    public int ThrottleAttempts { get; init; } = 5;

    /// <summary>The first pause, in seconds; it doubles with each further attempt.</summary>
    public int ThrottleWaitSeconds { get; init; } = 10;

    /// <summary>The longest pause, in minutes.</summary>
    public int ThrottleLongestMinutes { get; init; } = 15;

    /// <summary>After how many quiet minutes attempts are forgotten.</summary>
    public int ThrottleWindowMinutes { get; init; } = 60;

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
        AboutFactors(settings, wrong);
        AboutThrottle(settings, wrong);
        return wrong;
    }

    private static void AboutFactors(AccountSettings settings, List<string> wrong)
    {
        var isSent = settings.SentCodesSuffice && (settings.AllowEmailCodes || settings.AllowSmsCodes);
        if (settings.SecondFactor != Nobody && !settings.AllowAuthenticator && !isSent)
        {
            wrong.Add("second_factor: it can't be demanded while authenticators are switched off");
        }

        if (settings.SignInAddresses.Count > MostNetworks)
        {
            wrong.Add($"sign_in_addresses: at most {MostNetworks}");
        }
        else if (settings.SignInAddresses.FirstOrDefault(a => !AddressNetworks.IsOne(a)) is { } bad)
        {
            wrong.Add($"sign_in_addresses: {bad} is neither an address nor a network");
        }
    }

    private static void AboutThrottle(AccountSettings settings, List<string> wrong)
    {
        if (settings.ThrottleAttempts is < 3 or > 100) wrong.Add("throttle_attempts: 3 to 100");
        if (settings.ThrottleWaitSeconds is < 1 or > 3600) wrong.Add("throttle_wait_seconds: 1 to 3600");
        if (settings.ThrottleLongestMinutes is < 1 or > 1440) wrong.Add("throttle_longest_minutes: 1 to 1440");
        if (settings.ThrottleWindowMinutes is < 5 or > 2880) wrong.Add("throttle_window_minutes: 5 to 2880");
        if (settings.ThrottleLongestMinutes * 60 < settings.ThrottleWaitSeconds)
        {
            wrong.Add("throttle_longest_minutes: not less than the first pause");
        }

        // Else a pause would be over by being forgotten.
        if (settings.ThrottleWindowMinutes < settings.ThrottleLongestMinutes)
        {
            wrong.Add("throttle_window_minutes: not less than the longest pause");
        }
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
