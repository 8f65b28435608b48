using Hawser.Api.Directories.Wire;

namespace Hawser.Api.Directories;

/// <summary>Who is in which group, as the groups say it.</summary>
internal sealed class DirectoryGroups
{
    private static readonly string[] ByDn = ["member", "uniqueMember"];
    private readonly Dictionary<string, List<string>> _byDn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The groups of an entry: their names and their DNs.</summary>
    public IEnumerable<string> Of(LdapEntry entry, DirectorySettings settings) =>
        (_byDn.GetValueOrDefault(DirectoryPerson.Fold(entry.Dn)) ?? [])
        .Concat(_byName.GetValueOrDefault(entry.Text(settings.LoginAttributes[0])) ?? []);

    /// <summary>All groups with all members.</summary>
    public static Task<DirectoryGroups> ReadAllAsync(
        LdapConnection connection, DirectorySettings settings, CancellationToken cancellationToken) =>
        ReadAsync(connection, settings, settings.GroupFilter, cancellationToken);

    /// <summary>The groups of one entry.</summary>
    public static Task<DirectoryGroups> ReadForAsync(
        LdapConnection connection, DirectorySettings settings, LdapEntry entry, CancellationToken cancellationToken)
    {
        var dn = LdapFilter.Escape(entry.Dn);
        var name = LdapFilter.Escape(entry.Text(settings.LoginAttributes[0]));
        var filter = $"(&{settings.GroupFilter}(|(member={dn})(uniqueMember={dn})(memberUid={name})))";
        return ReadAsync(connection, settings, filter, cancellationToken);
    }

    private static async Task<DirectoryGroups> ReadAsync(
        LdapConnection connection, DirectorySettings settings, string filter, CancellationToken cancellationToken)
    {
        var groups = new DirectoryGroups();
        if (settings.GroupBaseDn.Length == 0) return groups;
        var search = new LdapSearch(
            settings.GroupBaseDn, filter, [settings.GroupNameAttribute, .. ByDn, "memberUid"]);
        await foreach (var entry in connection.SearchAsync(search, cancellationToken))
        {
            string[] names = [entry.Dn, entry.Text(settings.GroupNameAttribute)];
            foreach (var member in ByDn.SelectMany(entry.Texts)) Add(groups._byDn, DirectoryPerson.Fold(member), names);
            foreach (var member in entry.Texts("memberUid")) Add(groups._byName, member, names);
        }

        return groups;
    }

    private static void Add(Dictionary<string, List<string>> map, string member, string[] names)
    {
        if (!map.TryGetValue(member, out var list)) map[member] = list = [];
        list.AddRange(names);
    }
}
