using Hawser.Api.Accounts.SignIn.Provider;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>The rules of one provider, or of the directory, for the accounts of people it vouches for.</summary>
internal sealed record ExternalSource
{
    /// <summary>Its key in external logins.</summary>
    public required string Provider { get; init; }

    /// <summary>What is noted on users who were made by it.</summary>
    public required string Origin { get; init; }

    /// <summary>Whether unknown people get an account.</summary>
    public required bool CreateUsers { get; init; }

    /// <summary>Whether a verified mail address finds an account.</summary>
    public required bool LinkByEmail { get; init; }

    /// <summary>Whether an equal login name finds an account; only for a directory that owns the names.</summary>
    public bool LinkByName { get; init; }

    /// <summary>Groups there and here; the first that fits wins.</summary>
    public required IReadOnlyList<GroupMapping> Groups { get; init; }

    /// <summary>Their members are administrators; empty: the source says nothing about that.</summary>
    public required IReadOnlyList<string> AdminGroups { get; init; }

    /// <summary>Groups there and admin roles here; all that fit are held.</summary>
    public required IReadOnlyList<GroupMapping> AdminRoles { get; init; }

    /// <summary>Only their members may sign in; empty: everybody.</summary>
    public required IReadOnlyList<string> AllowedGroups { get; init; }

    /// <summary>Only verified addresses of these domains may sign in; empty: everybody.</summary>
    public required IReadOnlyList<string> AllowedDomains { get; init; }

    /// <summary>What is noted on users and roles that a provider made or gave.</summary>
    public static string OriginOf(string provider) => "oidc/" + provider;

    /// <summary>The rules of a provider.</summary>
    public static ExternalSource Of(ProviderProfile profile) => new()
    {
        Provider = profile.Name,
        Origin = profile.Origin,
        CreateUsers = profile.Settings.CreateUsers,
        LinkByEmail = profile.Settings.LinkByEmail,
        Groups = profile.Settings.Groups,
        AdminGroups = profile.Settings.AdminGroups,
        AdminRoles = profile.Settings.AdminRoles,
        AllowedGroups = profile.Settings.AllowedGroups,
        AllowedDomains = profile.Settings.AllowedDomains,
    };

    /// <summary>Why a person may not come in; null: may.</summary>
    public string? Refusal(ExternalPerson person)
    {
        if (AllowedDomains.Count > 0)
        {
            var domain = person.EmailIsVerified ? person.Email[(person.Email.LastIndexOf('@') + 1)..] : "";
            if (!AllowedDomains.Contains(domain, StringComparer.OrdinalIgnoreCase))
            {
                return "Your mail address is not one of those that may sign in here.";
            }
        }

        if (AllowedGroups.Count == 0 || IsInAny(person, AllowedGroups)) return null;
        return person.GroupsAreElsewhere
            ? "You are in more groups than the provider names here, so it is not known whether you may sign in."
            : "You are not in a group that may sign in here.";
    }

    /// <summary>The user group here; null: the source says nothing.</summary>
    public string? GroupOf(ExternalPerson person) => Groups.FirstOrDefault(g => IsInAny(person, [g.From]))?.To;

    /// <summary>
    /// Whether the person is an administrator; null: nothing is said about that here. Providers leave the claim away of
    /// who is in no group, so that who has none is in none, unless they say that it is elsewhere.
    /// </summary>
    public bool? IsAdmin(ExternalPerson person) =>
        AdminGroups.Count == 0 || person.GroupsAreElsewhere ? null : IsInAny(person, AdminGroups);

    /// <summary>The names of the admin roles that the person holds by the source.</summary>
    public IReadOnlyList<string> RolesOf(ExternalPerson person) =>
        [.. AdminRoles.Where(r => IsInAny(person, [r.From])).Select(r => r.To)];

    private static bool IsInAny(ExternalPerson person, IReadOnlyList<string> groups) =>
        person.Groups is { } mine && mine.Any(g => groups.Contains(g, StringComparer.OrdinalIgnoreCase));
}
