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

    /// <summary>Whether the settings demand it.</summary>
    public static bool Covers(AccountSettings settings, bool isAdmin) => settings.SecondFactor switch
    {
        AccountSettings.Everybody => true,
        AccountSettings.Administrators => isAdmin,
        _ => false,
    };
}
