using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>
/// The admin roles that somebody holds by groups of a provider or directory. What it gave it takes back as soon as the
/// group is not said any more, also when the whole claim is missing; what a person gave stays. A role that there is not
/// gives nothing. Of whom the groups are not known only what no line names any more is taken.
/// </summary>
internal static class ExternalRoles
{
    /// <summary>Gives and takes; the caller saves.</summary>
    public static async Task ApplyAsync(
        HawserDb db, ConsoleLog audit, ExternalSource source, ExternalPerson person, User user,
        CancellationToken cancellationToken)
    {
        var held = await db.AdminRoleHolders.Where(h => h.UserGuid == user.Guid).ToListAsync(cancellationToken);
        var said = person.GroupsAreElsewhere ? source.AdminRoles.Select(r => r.To) : source.RolesOf(person);
        var names = said.Select(NameText.Normalize).ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0 && held.TrueForAll(h => h.Source != source.Origin)) return;
        var mine = held.Where(h => h.Source == source.Origin).Select(h => h.RoleGuid).ToList();
        var roles = await db.AdminRoles.AsNoTracking()
            .Where(r => names.Contains(r.NormalizedName) || mine.Contains(r.Guid))
            .OrderBy(r => r.NormalizedName).ToListAsync(cancellationToken);
        foreach (var role in roles)
        {
            var row = held.Find(h => h.RoleGuid == role.Guid);
            if (names.Contains(role.NormalizedName) == row is not null) continue;
            if (row is null)
            {
                if (person.GroupsAreElsewhere) continue;
                db.AdminRoleHolders.Add(new AdminRoleHolder
                {
                    RoleGuid = role.Guid, UserGuid = user.Guid, Source = source.Origin,
                });
            }
            else
            {
                db.AdminRoleHolders.Remove(row);
            }

            audit.AddOfServer(
                db, ConsoleOperation.UpdateAdminRole, role.Name, (row is null ? "given_to" : "taken_from", user.Name),
                ("source", source.Origin));
        }
    }
}
