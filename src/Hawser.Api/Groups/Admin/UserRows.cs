using System.Globalization;
using System.Linq.Expressions;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Groups.Admin;

/// <summary>A user as the list finds, filters and sorts it.</summary>
internal sealed class UserRow
{
    /// <summary>How old an authenticator's secret may be before its owner is asked for a new one (admin reference
    /// §6.6).</summary>
    internal static readonly TimeSpan SecretAge = TimeSpan.FromDays(180);

    public required User User { get; init; }

    public required string Group { get; init; }

    /// <summary>The name of the control role; empty: the default one.</summary>
    public required string ControlRole { get; init; }

    public required int Devices { get; init; }

    /// <summary>Users with what is filtered by.</summary>
    public static IQueryable<UserRow> Of(HawserDb db, IQueryable<User> users) =>
        from u in users
        join g in db.UserGroups on u.UserGroupGuid equals g.Guid
        select new UserRow
        {
            User = u,
            Group = g.Name,
            ControlRole = db.ControlRoles.Where(r => r.Guid == u.ControlRoleGuid).Select(r => r.Name)
                .FirstOrDefault() ?? "",
            Devices = db.DeviceDetails.Count(d => d.OwnerGuid == u.Guid),
        };

    /// <summary>
    /// Narrows rows to what a query asks. A word that can't be read matches nobody, so that nothing is done to all by
    /// mistake.
    /// </summary>
    public static IQueryable<UserRow> Filter(
        HawserDb db, IQueryable<UserRow> rows, HttpContext context, UserView view)
    {
        var (policy, now) = (view.Policy, view.Now);
        var query = context.Request.Query;
        if (int.TryParse(query["status"], CultureInfo.InvariantCulture, out var status))
        {
            rows = rows.Where(r => r.User.Status == (UserStatus)status);
        }

        if (query["is_admin"] == "1") rows = rows.Where(r => r.User.IsAdmin);
        rows = rows.AnyOf(context, "state", asked => OfState(asked, view));
        rows = rows.AnyOf(context, "tfa", asked => OfFactor(asked, policy, now));
        rows = WithSignIn(rows, query["last_login"].ToString(), now);
        rows = rows.AnyOf(context, "admin_role", asked => OfRole(db, asked));
        rows = query["has_devices"].ToString() switch
        {
            "1" => rows.Where(r => r.Devices > 0), "0" => rows.Where(r => r.Devices == 0), _ => rows,
        };
        return rows.Matching(context, "name", r => r.User.Name)
            .Matching(context, "group_name", r => r.Group)
            .Matching(context, "display_name", r => r.User.DisplayName)
            .Matching(context, "email", r => r.User.Email)
            .Matching(context, "note", r => r.User.Note)
            .Matching(context, "third_auth_type", r => r.User.Origin)
            .Matching(context, "control_role", r => r.ControlRole)
            .Searching(context, r => r.User.Name, r => r.User.DisplayName, r => r.User.Email, r => r.User.Note);
    }

    /// <summary>
    /// The word for an account's state. Locked is who can't sign in for a while, whether that is written down or comes
    /// of wrong passwords that somebody typed.
    /// </summary>
    public static string StateOf(User user, UserView view) => user.Status switch
    {
        UserStatus.Disabled => user.IsWaiting ? "waiting" : "disabled", UserStatus.Unverified => "invited",
        _ => user.LockoutEnd > view.Now || view.Waiting.Contains(user.NormalizedName)
            || view.Waiting.Contains(user.NormalizedEmail) ? "locked" : "active",
    };

    /// <summary>The word for the second factor. Old secrets go on working; people are to be asked for a new one (admin
    /// reference §6.6).</summary>
    public static string TfaOf(User user, AccountSettings policy, DateTime now) =>
        !user.TotpEnabled ? FactorPolicy.DueAt(user, policy) is null ? "none" : "enforced"
        : user.TotpSince is { } since && now - since > SecretAge ? "expired" : "enabled";

    private static Expression<Func<UserRow, bool>>? OfState(string asked, UserView view)
    {
        var (now, waiting) = (view.Now, view.Waiting.ToList());
        return asked switch
        {
            "active" => r => r.User.Status == UserStatus.Normal
                && (r.User.LockoutEnd == null || r.User.LockoutEnd <= now)
                && !waiting.Contains(r.User.NormalizedName) && !waiting.Contains(r.User.NormalizedEmail),
            "locked" => r => r.User.Status == UserStatus.Normal && (r.User.LockoutEnd > now
                || waiting.Contains(r.User.NormalizedName) || waiting.Contains(r.User.NormalizedEmail)),
            "invited" => r => r.User.Status == UserStatus.Unverified,
            "disabled" => r => r.User.Status == UserStatus.Disabled
                && !(r.User.AwaitsApproval && r.User.PasswordHash != null),
            "waiting" => r => r.User.Status == UserStatus.Disabled && r.User.AwaitsApproval
                && r.User.PasswordHash != null,
            _ => null,
        };
    }

    private static Expression<Func<UserRow, bool>>? OfFactor(string asked, AccountSettings policy, DateTime now)
    {
        var old = now - SecretAge;
        var (all, admins) = (FactorPolicy.Covers(policy, false), FactorPolicy.Covers(policy, true));
        return asked switch
        {
            "none" => r => !r.User.TotpEnabled && !(r.User.TotpEnforced || all || (admins && r.User.IsAdmin)),
            "enforced" => r => !r.User.TotpEnabled && (r.User.TotpEnforced || all || (admins && r.User.IsAdmin)),
            "expired" => r => r.User.TotpEnabled && r.User.TotpSince < old,
            "enabled" => r => r.User.TotpEnabled && (r.User.TotpSince == null || r.User.TotpSince >= old),
            _ => null,
        };
    }

    // Who never signed in counts since the account was made.
    private static IQueryable<UserRow> WithSignIn(IQueryable<UserRow> rows, string asked, DateTime now)
    {
        if (asked.Length == 0) return rows;
        if (asked == "-") return rows.Where(r => r.User.LastLoginAt == null);
        if (!AgeText.TryParse(asked, out var isLonger, out var hours)) return rows.Where(r => false);
        var since = now.AddHours(-hours);
        return isLonger ? rows.Where(r => (r.User.LastLoginAt ?? r.User.CreatedAt) < since)
            : rows.Where(r => r.User.LastLoginAt >= since);
    }

    private static Expression<Func<UserRow, bool>> OfRole(HawserDb db, string asked)
    {
        if (asked == "-") return r => !r.User.IsAdmin && !db.AdminRoleHolders.Any(h => h.UserGuid == r.User.Guid);
        var name = NameText.Normalize(asked);
        return r => db.AdminRoleHolders.Any(h => h.UserGuid == r.User.Guid
            && db.AdminRoles.Any(a => a.Guid == h.RoleGuid && a.NormalizedName == name));
    }
}

/// <summary>What the words for users come from, besides their rows.</summary>
/// <param name="Policy">What administrators set about accounts.</param>
/// <param name="Now">The time.</param>
/// <param name="Waiting">What was typed for accounts that have to wait after wrong passwords, normalized.</param>
internal sealed record UserView(AccountSettings Policy, DateTime Now, IReadOnlySet<string> Waiting)
{
    public static UserView Of(HttpContext context)
    {
        var services = context.RequestServices;
        return new(
            services.GetRequiredService<SettingsStore>().Get(AccountSettings.Key),
            services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime,
            services.GetRequiredService<LoginThrottle>().Waiting());
    }
}
