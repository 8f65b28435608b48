using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>What admitting people would do, by the rules of <see cref="ExternalAccounts"/>, but without doing
/// it.</summary>
/// <param name="New">Names of those who would get an account.</param>
/// <param name="Linked">How many would get one that is there already.</param>
/// <param name="Left">How many would get none: nobody may be made for them, or theirs is disabled here.</param>
internal sealed record AccountPlan(IReadOnlyList<string> New, int Linked, int Left)
{
    /// <summary>Looks at everybody at once; asking for each of many thousands would take minutes.</summary>
    public static async Task<AccountPlan> MakeAsync(
        HawserDb db, ExternalSource source, IReadOnlyList<ExternalPerson> people, CancellationToken cancellationToken)
    {
        var links = await db.ExternalLogins.AsNoTracking().Where(l => l.Provider == source.Provider)
            .Select(l => new { l.Subject, l.UserGuid, Vanished = l.VanishedAt != null })
            .ToDictionaryAsync(l => l.Subject, StringComparer.Ordinal, cancellationToken);
        var users = await db.Users.AsNoTracking()
            .Select(u => new { u.Guid, u.NormalizedName, u.NormalizedEmail, u.Status })
            .ToListAsync(cancellationToken);
        var byGuid = users.ToDictionary(u => u.Guid);
        var byName = users.ToDictionary(u => u.NormalizedName, StringComparer.Ordinal);
        var byMail = users.ToLookup(u => u.NormalizedEmail, StringComparer.Ordinal);
        var taken = links.Values.Select(l => l.UserGuid).ToHashSet();
        var (added, linked, left) = (new List<string>(), 0, 0);
        foreach (var person in people)
        {
            if (links.TryGetValue(person.Subject, out var link))
            {
                // Who vanished and is back is enabled again.
                var isIn = byGuid.TryGetValue(link.UserGuid, out var own)
                    && (link.Vanished || own.Status == UserStatus.Normal);
                if (!isIn) left++;
                continue;
            }

            var found = source.LinkByEmail && person.EmailIsVerified
                ? byMail[AccountNames.Normalize(person.Email)].ToList() is [var one] ? one : null : null;
            if (found is null && source.LinkByName && person.LoginName.Length > 0)
            {
                byName.TryGetValue(AccountNames.Normalize(person.LoginName), out found);
            }

            if (found is not null && taken.Add(found.Guid))
            {
                if (found.Status == UserStatus.Normal) linked++;
                else left++;
            }
            else if (source.CreateUsers)
            {
                added.Add(person.LoginName.Length > 0 ? person.LoginName : person.DisplayName);
            }
            else
            {
                left++;
            }
        }

        return new AccountPlan(added, linked, left);
    }
}
