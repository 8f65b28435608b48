using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Directories.Wire;

namespace Hawser.Api.Directories;

/// <summary>What must hold for a directory's settings, and what follows from them.</summary>
internal static class DirectoryRules
{
    /// <summary>Its key in external logins, and what is noted on its users.</summary>
    internal const string Provider = "ldap";

    /// <summary>Everything that is wrong, in words; empty: it can be stored.</summary>
    public static IReadOnlyList<string> Check(DirectorySettings settings)
    {
        var wrong = new List<string>();
        if (settings.Urls.Count == 0) wrong.Add("urls is empty");
        foreach (var url in settings.Urls) wrong.AddRange(CheckUrl(url, settings));
        if (settings.BaseDn.Length == 0) wrong.Add("baseDn is missing");
        if (settings.LoginAttributes.Count == 0) wrong.Add("loginAttributes is empty");
        if (settings.IdAttributes.Count == 0) wrong.Add("idAttributes is empty");
        if (LdapFilter.Complaint(settings.UserFilter) is { } user) wrong.Add("userFilter: " + user);
        if (LdapFilter.Complaint(settings.GroupFilter) is { } groups) wrong.Add("groupFilter: " + groups);
        if (settings.BindDn.Length > 0 && settings.BindPassword.Length == 0) wrong.Add("bindPassword is missing");
        if (settings.BindPattern.Length > 0 && !settings.BindPattern.Contains("{login}", StringComparison.Ordinal))
        {
            wrong.Add("bindPattern lacks {login}");
        }

        if (settings.MaximumVanishedPercent is < 0 or > 100) wrong.Add("maximumVanishedPercent is between 0 and 100");
        if (settings.TimeoutSeconds is < 1 or > 120) wrong.Add("timeoutSeconds is between 1 and 120");
        if (settings.SyncMinutes is < 0 or > 10_080) wrong.Add("syncMinutes is between 0 and 10080");
        try
        {
            Authorities(settings);
        }
        catch (CryptographicException)
        {
            wrong.Add("authorities are not certificates in PEM form");
        }

        return wrong;
    }

    /// <summary>The rules for accounts.</summary>
    public static ExternalSource Source(DirectorySettings settings) => new()
    {
        Provider = Provider,
        Origin = Provider,
        CreateUsers = settings.CreateUsers,
        LinkByEmail = settings.LinkByEmail,
        LinkByName = settings.LinkByName,
        Groups = settings.Groups,
        AdminGroups = settings.AdminGroups,
        AdminRoles = settings.AdminRoles,
        AllowedGroups = settings.AllowedGroups,
        AllowedDomains = [],
    };

    /// <summary>Where to connect, in order.</summary>
    public static IEnumerable<LdapTarget> Targets(DirectorySettings settings)
    {
        var authorities = Authorities(settings);
        return settings.Urls.Select(url => new LdapTarget(
            new Uri(url), settings.StartTls, authorities, TimeSpan.FromSeconds(settings.TimeoutSeconds)));
    }

    /// <summary>The filter that finds who typed a name.</summary>
    public static string LoginFilter(DirectorySettings settings, string name)
    {
        var value = LdapFilter.Escape(name);
        var any = string.Concat(settings.LoginAttributes.Select(a => $"({a}={value})"));
        return $"(&{settings.UserFilter}(|{any}))";
    }

    /// <summary>A value with everything escaped that means something in a DN (RFC 4514 §2.4).</summary>
    public static string EscapeDn(string value)
    {
        var text = new System.Text.StringBuilder(value.Length + 8);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            var isEdge = (c == ' ' && (i == 0 || i == value.Length - 1)) || (c == '#' && i == 0);
            if (c == '\0') text.Append("\\00");
            else if (isEdge || "\"+,;<>\\=".Contains(c, StringComparison.Ordinal)) text.Append('\\').Append(c);
            else text.Append(c);
        }

        return text.ToString();
    }

    /// <summary>What to bind with for somebody who typed a name, without a service account.</summary>
    public static string BindName(DirectorySettings settings, string name)
    {
        // user@domain is no DN and has no escapes.
        var isDn = settings.BindPattern.Contains('=', StringComparison.Ordinal);
        return settings.BindPattern.Replace("{login}", isDn ? EscapeDn(name) : name, StringComparison.Ordinal);
    }

    private static X509Certificate2Collection Authorities(DirectorySettings settings)
    {
        var all = new X509Certificate2Collection();
        if (settings.Authorities.Length == 0) return all;
        all.ImportFromPem(settings.Authorities);
        return all.Count > 0 ? all : throw new CryptographicException("no certificate in it");
    }

    private static IEnumerable<string> CheckUrl(string url, DirectorySettings settings)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("ldap" or "ldaps")
            || uri.Host.Length == 0)
        {
            yield return $"urls: {url} is not ldap://host:port or ldaps://host:port";
        }
        else if (uri.Scheme == "ldap" && !settings.StartTls && !settings.AllowPlain && !uri.IsLoopback)
        {
            yield return $"urls: {url} would send passwords in the clear: use ldaps:// or startTls";
        }
    }
}
