using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Directories.Wire;

namespace Hawser.Api.Directories;

/// <summary>A person in a directory.</summary>
/// <param name="Dn">The entry.</param>
/// <param name="Person">Who it is.</param>
/// <param name="IsDisabled">The directory says that the account is switched off.</param>
internal sealed record DirectoryPerson(string Dn, ExternalPerson Person, bool IsDisabled)
{
    /// <summary>The attributes that are read.</summary>
    public static IReadOnlyList<string> Attributes(DirectorySettings settings) =>
    [
        .. settings.LoginAttributes, .. settings.IdAttributes, .. settings.NameAttributes, settings.EmailAttribute,
        settings.MemberOfAttribute, "userAccountControl", "nsAccountLock",
    ];

    /// <summary>Reads an entry; null when it has no unchanging id or no name.</summary>
    public static DirectoryPerson? Read(LdapEntry entry, DirectorySettings settings, IEnumerable<string> moreGroups)
    {
        var subject = settings.IdAttributes.Select(a => Id(entry, a)).FirstOrDefault(i => i.Length > 0);
        var login = ExternalPerson.Line(entry.Text(settings.LoginAttributes[0]), 128);
        if (subject is null || subject.Length > 255 || login.Length == 0) return null;
        var email = ExternalPerson.Line(entry.Text(settings.EmailAttribute), 254);
        var groups = entry.Texts(settings.MemberOfAttribute).SelectMany(dn => new[] { dn, FirstName(dn) })
            .Concat(moreGroups);
        return new DirectoryPerson(
            entry.Dn,
            new ExternalPerson
            {
                Subject = subject,
                LoginName = login,
                DisplayName = ExternalPerson.Line(
                    settings.NameAttributes.Select(entry.Text).FirstOrDefault(n => n.Length > 0), 128),
                Email = email.Contains('@', StringComparison.Ordinal) ? email : "",
                // The directory's administrators wrote it, not the person.
                EmailIsVerified = email.Contains('@', StringComparison.Ordinal),
                Groups = [.. groups.Where(g => g.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)],
            },
            SaysDisabled(entry));
    }

    /// <summary>A DN in a form in which equal ones are equal text, for the usual ways of writing them.</summary>
    internal static string Fold(string dn) =>
        string.Join(',', dn.Split(',').Select(p => p.Trim())).Replace(" = ", "=", StringComparison.Ordinal)
            .ToUpperInvariant();

    /// <summary>The value of the first part of a DN: what the group is called.</summary>
    internal static string FirstName(string dn)
    {
        var equals = dn.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return "";
        var end = equals + 1;
        while (end < dn.Length && dn[end] != ',') end += dn[end] == '\\' ? 2 : 1;
        return dn[(equals + 1)..Math.Min(end, dn.Length)].Replace("\\", "", StringComparison.Ordinal).Trim();
    }

    private static string Id(LdapEntry entry, string attribute)
    {
        if (entry.Bytes(attribute) is not [var bytes, ..]) return "";
        // Active Directory's is 16 bytes, the others are text.
        return attribute.Equals("objectGUID", StringComparison.OrdinalIgnoreCase) && bytes.Length == 16
            ? new Guid(bytes).ToString("D") : entry.Text(attribute).Trim().ToLowerInvariant();
    }

    // Active Directory's bit 2, and the mark of 389 and FreeIPA.
    private static bool SaysDisabled(LdapEntry entry) =>
        (int.TryParse(entry.Text("userAccountControl"), out var control) && (control & 2) != 0)
        || entry.Text("nsAccountLock").Equals("true", StringComparison.OrdinalIgnoreCase);
}
