using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Identity;

/// <summary>
/// Where ASP.NET Core Identity keeps users: our own table, which has more in it than Identity's. Setters change the
/// row in memory; <see cref="UpdateAsync"/> writes it, unless somebody else did meanwhile.
/// </summary>
internal sealed partial class UserStore(HawserDb db, Secrets secrets, TimeProvider time) :
    IUserSecurityStampStore<User>, IUserEmailStore<User>, IUserLockoutStore<User>, IUserTwoFactorStore<User>,
    IUserAuthenticatorKeyStore<User>, IUserTwoFactorRecoveryCodeStore<User>, IUserPasswordStore<User>,
    IUserPasskeyStore<User>
{
    public Task<string> GetUserIdAsync(User user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Guid.ToString());

    public Task<string?> GetUserNameAsync(User user, CancellationToken cancellationToken) => Text(user.Name);

    public Task SetUserNameAsync(User user, string? userName, CancellationToken cancellationToken) =>
        Set(() => user.Name = userName ?? "");

    public Task<string?> GetNormalizedUserNameAsync(User user, CancellationToken cancellationToken) =>
        Text(user.NormalizedName);

    public Task SetNormalizedUserNameAsync(User user, string? normalizedName, CancellationToken cancellationToken) =>
        Set(() => user.NormalizedName = normalizedName ?? "");

    public async Task<IdentityResult> CreateAsync(User user, CancellationToken cancellationToken)
    {
        if (user.UserGroupGuid == Guid.Empty)
        {
            user.UserGroupGuid = (await db.UserGroups.FirstAsync(g => g.IsDefault, cancellationToken)).Guid;
        }

        user.CreatedAt = time.GetUtcNow().UtcDateTime;
        user.ConcurrencyStamp = Secrets.NewHandle();
        db.Users.Add(user);
        return await SaveAsync(user, cancellationToken);
    }

    public async Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken)
    {
        // Others write single columns, such as the last login, without the stamp; those writes stay.
        var stamp = user.ConcurrencyStamp;
        if (db.Entry(user).State == EntityState.Detached) db.Users.Attach(user).State = EntityState.Modified;
        var unchanged = await db.Users.AnyAsync(
            u => u.Guid == user.Guid && u.ConcurrencyStamp == stamp, cancellationToken);
        if (!unchanged) return IdentityResult.Failed(new IdentityErrorDescriber().ConcurrencyFailure());
        user.ConcurrencyStamp = Secrets.NewHandle();
        return await SaveAsync(user, cancellationToken);
    }

    public async Task<IdentityResult> DeleteAsync(User user, CancellationToken cancellationToken)
    {
        await db.Users.Where(u => u.Guid == user.Guid).ExecuteDeleteAsync(cancellationToken);
        db.Entry(user).State = EntityState.Detached;
        return IdentityResult.Success;
    }

    public async Task<User?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var guid) ? await db.Users.FindAsync([guid], cancellationToken) : null;

    public Task<User?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        db.Users.FirstOrDefaultAsync(u => u.NormalizedName == normalizedUserName, cancellationToken);

    public Task<string?> GetPasswordHashAsync(User user, CancellationToken cancellationToken) =>
        Text(user.PasswordHash);

    public Task SetPasswordHashAsync(User user, string? passwordHash, CancellationToken cancellationToken) =>
        Set(() => user.PasswordHash = passwordHash);

    public Task<bool> HasPasswordAsync(User user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash is not null);

    public Task<string?> GetSecurityStampAsync(User user, CancellationToken cancellationToken) =>
        Text(user.SecurityStamp);

    public Task SetSecurityStampAsync(User user, string stamp, CancellationToken cancellationToken) =>
        Set(() => user.SecurityStamp = stamp);

    public Task<string?> GetEmailAsync(User user, CancellationToken cancellationToken) => Text(user.Email);

    public Task SetEmailAsync(User user, string? email, CancellationToken cancellationToken) =>
        Set(() => user.Email = email ?? "");

    public Task<bool> GetEmailConfirmedAsync(User user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Status != UserStatus.Unverified);

    public Task SetEmailConfirmedAsync(User user, bool confirmed, CancellationToken cancellationToken) => Set(() =>
    {
        if (confirmed && user.Status == UserStatus.Unverified) user.Status = UserStatus.Normal;
        if (!confirmed && user.Status == UserStatus.Normal) user.Status = UserStatus.Unverified;
    });

    public async Task<User?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken)
    {
        var found = await db.Users.Where(u => u.NormalizedEmail == normalizedEmail).OrderBy(u => u.Guid).Take(2)
            .ToListAsync(cancellationToken);
        return found.Count == 1 ? found[0] : null;
    }

    public Task<string?> GetNormalizedEmailAsync(User user, CancellationToken cancellationToken) =>
        Text(user.NormalizedEmail);

    public Task SetNormalizedEmailAsync(User user, string? normalizedEmail, CancellationToken cancellationToken) =>
        Set(() => user.NormalizedEmail = normalizedEmail ?? "");

    public Task<DateTimeOffset?> GetLockoutEndDateAsync(User user, CancellationToken cancellationToken) =>
        Task.FromResult<DateTimeOffset?>(user.LockoutEnd is { } end ? new DateTimeOffset(end, TimeSpan.Zero) : null);

    public Task SetLockoutEndDateAsync(User user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) =>
        Set(() => user.LockoutEnd = lockoutEnd?.UtcDateTime);

    public Task<int> IncrementAccessFailedCountAsync(User user, CancellationToken cancellationToken) =>
        Task.FromResult(++user.AccessFailedCount);

    public Task ResetAccessFailedCountAsync(User user, CancellationToken cancellationToken) =>
        Set(() => user.AccessFailedCount = 0);

    public Task<int> GetAccessFailedCountAsync(User user, CancellationToken cancellationToken) =>
        Task.FromResult(user.AccessFailedCount);

    public Task<bool> GetLockoutEnabledAsync(User user, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task SetLockoutEnabledAsync(User user, bool enabled, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task SetTwoFactorEnabledAsync(User user, bool enabled, CancellationToken cancellationToken) =>
        Set(() => user.TotpEnabled = enabled);

    public Task<bool> GetTwoFactorEnabledAsync(User user, CancellationToken cancellationToken) =>
        Task.FromResult(user.TotpEnabled);

    public Task SetAuthenticatorKeyAsync(User user, string key, CancellationToken cancellationToken) => Set(() =>
    {
        user.TotpSecret = secrets.Protect(key);
        user.TotpLastStep = 0;
    });

    public Task<string?> GetAuthenticatorKeyAsync(User user, CancellationToken cancellationToken) =>
        Text(user.TotpSecret is null ? null : secrets.Unprotect(user.TotpSecret));

    public Task ReplaceCodesAsync(User user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) =>
        Set(() => user.RecoveryCodes = RecoveryCodes.Store(recoveryCodes));

    public Task<bool> RedeemCodeAsync(User user, string code, CancellationToken cancellationToken)
    {
        if (RecoveryCodes.Without(user.RecoveryCodes, code) is not { } left) return Task.FromResult(false);
        user.RecoveryCodes = left;
        return Task.FromResult(true);
    }

    public Task<int> CountCodesAsync(User user, CancellationToken cancellationToken) =>
        Task.FromResult(RecoveryCodes.Left(user.RecoveryCodes));

    public void Dispose()
    {
        // The context is the scope's.
    }

    private static Task<string?> Text(string? value) => Task.FromResult(value);

    private static Task Set(Action change)
    {
        change();
        return Task.CompletedTask;
    }

    private async Task<IdentityResult> SaveAsync(User user, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return IdentityResult.Success;
        }
        catch (DbUpdateException)
        {
            // The name is unique: somebody was faster. Anything else breaks again when this is read.
            db.Entry(user).State = EntityState.Detached;
            var taken = await db.Users.AnyAsync(
                u => u.NormalizedName == user.NormalizedName && u.Guid != user.Guid, cancellationToken);
            if (!taken) throw;
            return IdentityResult.Failed(new IdentityErrorDescriber().DuplicateUserName(user.Name));
        }
    }
}
