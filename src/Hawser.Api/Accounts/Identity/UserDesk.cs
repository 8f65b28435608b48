using System.Diagnostics.CodeAnalysis;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hawser.Api.Accounts.Identity;

/// <summary>
/// ASP.NET Core Identity over our users: passkeys, stamps, recovery codes and two factors as the framework knows them.
/// Passwords are checked in the lanes of <see cref="PasswordWork"/>.
/// </summary>
internal sealed class UserDesk(
    IUserStore<User> store, IOptions<IdentityOptions> options, IPasswordHasher<User> hasher,
    IEnumerable<IUserValidator<User>> userValidators, IEnumerable<IPasswordValidator<User>> passwordValidators,
    ILookupNormalizer normalizer, IdentityErrorDescriber errors, IServiceProvider services, ILogger<UserDesk> log,
    PasswordWork passwords)
    : UserManager<User>(
        store, options, hasher, userValidators, passwordValidators, normalizer, errors, services, log)
{
    protected override async Task<PasswordVerificationResult> VerifyPasswordAsync(
        IUserPasswordStore<User> store, User user, string password)
    {
        if (!await passwords.VerifyAsync(user.PasswordHash, password, CancellationToken))
        {
            return PasswordVerificationResult.Failed;
        }

        return passwords.IsOutdated(user.PasswordHash!)
            ? PasswordVerificationResult.SuccessRehashNeeded : PasswordVerificationResult.Success;
    }
}

/// <summary>Argon2id where Identity asks for a hash at once; in the same lanes as everybody.</summary>
internal sealed class Argon2Hasher(PasswordWork passwords) : IPasswordHasher<User>
{
    public string HashPassword(User user, string password) => passwords.Hash(password);

    public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
    {
        if (!passwords.Verify(hashedPassword, providedPassword)) return PasswordVerificationResult.Failed;
        return passwords.IsOutdated(hashedPassword)
            ? PasswordVerificationResult.SuccessRehashNeeded : PasswordVerificationResult.Success;
    }
}

/// <summary>Names and addresses in the form in which the whole program compares them.</summary>
internal sealed class NameNormalizer : ILookupNormalizer
{
    [return: NotNullIfNotNull(nameof(name))]
    public string? NormalizeName(string? name) => name is null ? null : AccountNames.Normalize(name);

    [return: NotNullIfNotNull(nameof(email))]
    public string? NormalizeEmail(string? email) => email is null ? null : AccountNames.Normalize(email);
}

/// <summary>Which names and passwords there may be.</summary>
internal sealed class AccountValidator(SettingsStore settings) : IUserValidator<User>, IPasswordValidator<User>
{
    public async Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user)
    {
        var complaint = AccountNames.Complaint(user.Name) ?? AccountNames.EmailComplaint(user.Email);
        if (complaint is not null) return Failed(complaint);
        var holder = await manager.FindByNameAsync(user.Name);
        return holder is null || holder.Guid == user.Guid
            ? IdentityResult.Success : Failed("Another user has that name.");
    }

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) =>
        Task.FromResult(
            PasswordPolicy.Complaint(user.Name, password ?? "", settings.Get(AccountSettings.Key)) is { } complaint
            ? Failed(complaint) : IdentityResult.Success);

    private static IdentityResult Failed(string sentence) =>
        IdentityResult.Failed(new IdentityError { Code = "Refused", Description = sentence });
}

/// <summary>Authenticator codes for Identity; a code works once.</summary>
internal sealed class AuthenticatorProvider(TimeProvider time) : IUserTwoFactorTokenProvider<User>
{
    public Task<string> GenerateAsync(string purpose, UserManager<User> manager, User user) => Task.FromResult("");

    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<User> manager, User user)
    {
        var secret = await manager.GetAuthenticatorKeyAsync(user) ?? "";
        var step = AuthenticatorCode.FindStep(secret, token.Trim(), time.GetUtcNow(), user.TotpLastStep);
        if (step is null) return false;
        user.TotpLastStep = step.Value;
        return (await manager.UpdateAsync(user)).Succeeded;
    }

    public async Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<User> manager, User user) =>
        !string.IsNullOrEmpty(await manager.GetAuthenticatorKeyAsync(user));
}
