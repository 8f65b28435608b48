using Hawser.Data;

namespace Hawser.Api.Accounts.Login;

/// <summary>
/// Asks a directory about a password. Registered as a service by who owns the directory; asked when no account of our
/// own with a password has the name. Makes or updates the account before it says yes.
/// </summary>
/// <param name="db">The request's database.</param>
/// <param name="name">The name as it was typed.</param>
/// <param name="password">The password; never empty.</param>
/// <param name="cancellationToken">The caller has gone.</param>
/// <returns>Whose password it is.</returns>
internal delegate Task<ExternalPassword> ExternalPasswordCheck(
    HawserDb db, string name, string password, CancellationToken cancellationToken);

/// <summary>What a directory said.</summary>
/// <param name="User">The account; null: the password is wrong, or nobody there has that name.</param>
/// <param name="Refusal">Why the right password does not help, for the user; empty otherwise.</param>
internal readonly record struct ExternalPassword(Guid? User, string Refusal)
{
    /// <summary>Wrong, or unknown.</summary>
    public static ExternalPassword No => new(null, "");
}
