using Hawser.Data.Access;
using Hawser.Data.Groups;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Accounts;

/// <summary>A person who may log in: on a client, in the console, or both.</summary>
public sealed class User
{
    /// <summary>The most characters of <see cref="Preferences"/>.</summary>
    public const int PreferencesLength = 6000;

    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The login name, as it is shown; the identity on the wire.</summary>
    public string Name { get; set; } = "";

    /// <summary>The login name in upper case; unique.</summary>
    public string NormalizedName { get; set; } = "";

    /// <summary>Shown instead of the name; may be empty.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>The mail address; may be empty.</summary>
    public string Email { get; set; } = "";

    /// <summary>The mail address in upper case; may be empty.</summary>
    public string NormalizedEmail { get; set; } = "";

    /// <summary>The number for SMS codes, E.164; may be empty.</summary>
    public string Phone { get; set; } = "";

    /// <summary>An administrator's note.</summary>
    public string Note { get; set; } = "";

    /// <summary>A data URI, an absolute URL or a path on this server; may be empty.</summary>
    public string Avatar { get; set; } = "";

    /// <summary>How the console looks and behaves for this person, as JSON; empty: as it comes.</summary>
    public string Preferences { get; set; } = "";

    /// <summary>Whether the account may be used.</summary>
    public UserStatus Status { get; set; }

    /// <summary>May do everything in the console.</summary>
    public bool IsAdmin { get; set; }

    /// <summary>Argon2id, in libsodium's text form; null: no password login.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Changes whenever credentials change; sign-ins that carry another are void.</summary>
    public string SecurityStamp { get; set; } = "";

    /// <summary>Changes with every edit.</summary>
    public string ConcurrencyStamp { get; set; } = "";

    /// <summary>The one user group.</summary>
    public Guid UserGroupGuid { get; set; }

    /// <summary>The control role; null: the default role.</summary>
    public Guid? ControlRoleGuid { get; set; }

    /// <summary>The authenticator's secret, encrypted; null: none.</summary>
    public string? TotpSecret { get; set; }

    /// <summary>A login needs a code of the authenticator.</summary>
    public bool TotpEnabled { get; set; }

    /// <summary>When the authenticator's secret was made, UTC; null: none, or it is not known.</summary>
    public DateTime? TotpSince { get; set; }

    /// <summary>An administrator demands an authenticator.</summary>
    public bool TotpEnforced { get; set; }

    /// <summary>The newest time step whose code was accepted; a code works once.</summary>
    public long TotpLastStep { get; set; }

    /// <summary>Hashes of unused recovery codes, separated by semicolons.</summary>
    public string RecoveryCodes { get; set; } = "";

    /// <summary>A login from an unknown device needs a code sent by mail.</summary>
    public bool EmailLogin { get; set; }

    /// <summary>A login from an unknown device needs a code sent by SMS.</summary>
    public bool SmsLogin { get; set; }

    /// <summary>Alarms of this user's devices and account are mailed.</summary>
    public bool EmailAlarms { get; set; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public int AccessFailedCount { get; set; }

    /// <summary>No login until then, UTC; null: not locked.</summary>
    public DateTime? LockoutEnd { get; set; }

    /// <summary>Who keeps the account: empty for us, else ldap or oidc/NAME.</summary>
    public string Origin { get; set; } = "";

    /// <summary>Its owner made it, and nobody has switched it on yet.</summary>
    public bool AwaitsApproval { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>The last complete login, UTC.</summary>
    public DateTime? LastLoginAt { get; set; }

    /// <summary>
    /// Whether somebody has to decide about it: its owner has chosen the password, and so confirmed the address where
    /// one is asked for.
    /// </summary>
    public bool IsWaiting => AwaitsApproval && Status == UserStatus.Disabled && PasswordHash is not null;

    internal sealed class Mapping : IEntityTypeConfiguration<User>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<User> builder)
        {
            builder.ToTable("users");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.NormalizedName).IsUnique();
            builder.HasIndex(e => e.NormalizedEmail);
            builder.HasIndex(e => e.UserGroupGuid);
            builder.HasOne<UserGroup>().WithMany().HasForeignKey(e => e.UserGroupGuid)
                .OnDelete(DeleteBehavior.Restrict);
            builder.HasOne<ControlRole>().WithMany().HasForeignKey(e => e.ControlRoleGuid)
                .OnDelete(DeleteBehavior.SetNull);
            builder.Ignore(e => e.IsWaiting);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.NormalizedName).HasMaxLength(128);
            builder.Property(e => e.DisplayName).HasMaxLength(128);
            builder.Property(e => e.Email).HasMaxLength(254);
            builder.Property(e => e.NormalizedEmail).HasMaxLength(254);
            builder.Property(e => e.Phone).HasMaxLength(32);
            builder.Property(e => e.Note).HasMaxLength(1000);
            builder.Property(e => e.Preferences).HasMaxLength(PreferencesLength);
            builder.Property(e => e.PasswordHash).HasMaxLength(256);
            builder.Property(e => e.SecurityStamp).HasMaxLength(64);
            builder.Property(e => e.ConcurrencyStamp).HasMaxLength(64);
            builder.Property(e => e.TotpSecret).HasMaxLength(512);
            builder.Property(e => e.Origin).HasMaxLength(80);
        }
    }
}

/// <summary>Whether an account may be used; the numbers are the wire's.</summary>
public enum UserStatus
{
    /// <summary>Invited, the address is not confirmed yet.</summary>
    Unverified = -1,

    /// <summary>Switched off by an administrator or the directory.</summary>
    Disabled = 0,

    /// <summary>May log in.</summary>
    Normal = 1,
}

/// <summary>Users by what they are.</summary>
public static class UserSets
{
    /// <summary>Those of <see cref="User.IsWaiting"/>.</summary>
    /// <param name="users">Where they are looked for.</param>
    /// <returns>To be counted, sorted and paged.</returns>
    public static IQueryable<User> Waiting(this IQueryable<User> users) => users.Where(
        u => u.AwaitsApproval && u.Status == UserStatus.Disabled && u.PasswordHash != null);
}
