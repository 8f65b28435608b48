using Hawser.Api.Http;
using Hawser.Data.Accounts;

namespace Hawser.Api.Accounts.Login;

/// <summary>
/// Of whom a second factor is demanded: of single users by an administrator, or of all of a kind by the settings, with
/// days of grace.
/// </summary>
internal static class FactorPolicy
{
    /// <summary>Since when a user can't sign in without one; null: it is not demanded.</summary>
    public static DateTime? DueAt(User user, AccountSettings settings)
    {
        if (user.TotpEnforced) return DateTime.UnixEpoch;
        if (!Covers(settings, user.IsAdmin)) return null;
        var since = DateTimeOffset.FromUnixTimeSeconds(settings.SecondFactorSince).UtcDateTime;
        return (since > user.CreatedAt ? since : user.CreatedAt).AddDays(settings.GraceDays);
    }

    /// <summary>Whether a user can't sign in without one now.</summary>
    public static bool Demands(User user, AccountSettings settings, DateTime now) =>
        DueAt(user, settings) is { } due && due <= now;

    /// <summary>Whether the settings let a step of a sign-in be answered.</summary>
    public static bool Allows(AccountSettings settings, ChallengeKind kind) => kind switch
    {
        ChallengeKind.Totp => settings.AllowAuthenticator,
        ChallengeKind.Enrolment => settings.AllowAuthenticator,
        ChallengeKind.Email => settings.AllowEmailCodes,
        ChallengeKind.Sms => settings.AllowSmsCodes,
        _ => true,
    };

    /// <summary>The factors that may be used, as words for the console.</summary>
    public static IReadOnlyList<string> Allowed(AccountSettings settings)
    {
        (string Name, bool Is)[] all =
        [
            ("authenticator", settings.AllowAuthenticator),
            ("recovery", settings is { AllowAuthenticator: true, AllowRecoveryCodes: true }),
            ("email", settings.AllowEmailCodes), ("sms", settings.AllowSmsCodes), ("passkey", settings.AllowPasskeys),
        ];
        return [.. all.Where(f => f.Is).Select(f => f.Name)];
    }

    /// <summary>The refusal of a factor that the settings do not let anybody use or set up.</summary>
    public static Problem Off { get; } = Problem.Conflict(
        "The administrators have switched this way of signing in off.", "factor_off");

    /// <summary>Whether the settings demand it.</summary>
    public static bool Covers(AccountSettings settings, bool isAdmin) => settings.SecondFactor switch
    {
        AccountSettings.Everybody => true,
        AccountSettings.Administrators => isAdmin,
        _ => false,
    };
}
