using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.Groups;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts;

/// <summary>
/// What a new database needs before anybody can log in: the default user group, the two built-in control roles, and an
/// administrator or the code to make one.
/// </summary>
internal sealed class FirstRows(ApiParts parts, PasswordWork passwords, TimeProvider time)
{
    /// <summary>The administrator's name when a password was configured.</summary>
    internal const string AdminName = "admin";

    /// <summary>Makes what is missing; tells the operator what to do next.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var (defaultGroup, administrator) = await parts.Store.FindFirstRowsAsync(cancellationToken);
        if (!defaultGroup) await AddDefaultsAsync(cancellationToken);
        if (administrator) return;
        if (parts.AdminPassword.Length > 0) await AddAdminAsync(cancellationToken);
        else await OfferSetupAsync(cancellationToken);
    }

    /// <summary>Makes the default group and the built-in roles when they are missing.</summary>
    public async Task EnsureDefaultsAsync(CancellationToken cancellationToken)
    {
        var (defaultGroup, _) = await parts.Store.FindFirstRowsAsync(cancellationToken);
        if (!defaultGroup) await AddDefaultsAsync(cancellationToken);
    }

    /// <summary>Makes the default group and the built-in roles; another node may do so at the same time.</summary>
    private async Task AddDefaultsAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        await using var db = parts.Store.CreateDb();
        db.UserGroups.Add(new UserGroup
        {
            Name = "Default", NormalizedName = "DEFAULT", IsDefault = true, CreatedAt = now,
            Note = "Users for whom no other group was chosen.",
        });
        db.ControlRoles.AddRange(
            Role("Default", ControlRoleKind.Default, "Logged-in users without a control role of their own."),
            Role("Not logged in", ControlRoleKind.NotLoggedIn, "Controllers that are not logged in."));
        await SaveOrLoseAsync(db, cancellationToken);

        ControlRole Role(string name, ControlRoleKind kind, string note) => new()
        {
            Name = name, NormalizedName = name.ToUpperInvariant(), Kind = kind, Note = note, Enabled = true,
            CreatedAt = now, UpdatedAt = now,
        };
    }

    private async Task AddAdminAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var group = await db.UserGroups.FirstAsync(g => g.IsDefault, cancellationToken);
        db.Users.Add(new User
        {
            Name = AdminName,
            NormalizedName = AdminName.ToUpperInvariant(),
            Status = UserStatus.Normal,
            IsAdmin = true,
            PasswordHash = await passwords.HashAsync(parts.AdminPassword, cancellationToken),
            SecurityStamp = Secrets.NewHandle(),
            ConcurrencyStamp = Secrets.NewHandle(),
            UserGroupGuid = group.Guid,
            CreatedAt = Now,
        });
        await SaveOrLoseAsync(db, cancellationToken);
        await SetupCode.ForgetAsync(db, cancellationToken);
        parts.Console($"the administrator \"{AdminName}\" was made, with the password of --admin-password "
            + "(HAWSER_ADMIN_PASSWORD); the option is not needed any more.");
    }

    private async Task OfferSetupAsync(CancellationToken cancellationToken)
    {
        var settings = await parts.Store.ReadSettingsAsync(cancellationToken);
        if (settings.ContainsKey(SetupCode.Key))
        {
            parts.Console("there is no administrator yet. Make one with the setup code that the first start printed, "
                + "or with: hawser user add NAME --admin --data " + parts.DataFolder);
            return;
        }

        await using var db = parts.Store.CreateDb();
        var code = await SetupCode.MakeAsync(db, Now, cancellationToken);
        await SaveOrLoseAsync(db, cancellationToken);
        parts.Console($"no administrator exists yet. Setup code, shown only now: {code}\n"
            + "      It makes the first administrator, in the console or with:\n"
            + $"      hawser user add NAME --admin --setup-code {code} --data {parts.DataFolder}");
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private static async Task SaveOrLoseAsync(HawserDb db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (AnotherNodeMayHave(db))
        {
            // Names are unique: another node made the same rows in the same moment.
        }
    }

    private static bool AnotherNodeMayHave(HawserDb db) =>
        !db.Database.ProviderName!.EndsWith("Sqlite", StringComparison.Ordinal);
}
