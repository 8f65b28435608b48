using System.Text.Json.Serialization;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Settings;

namespace Hawser.Api.Directories;

/// <summary>
/// An LDAP directory: where it is and what is taken from it. Set by <c>hawser settings set directory</c>.
/// </summary>
internal sealed record DirectorySettings
{
    /// <summary>The setting; secret as a whole, because it holds the service account's password.</summary>
    internal static SettingKey<DirectorySettings> Key { get; } =
        new("directory", DirectorySettingsJson.Default.DirectorySettings, IsSecret: true, DirectoryRules.Check);

    /// <summary>Used for logins and synchronised.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>ldap://host:389 or ldaps://host:636; the first that answers is used.</summary>
    public IReadOnlyList<string> Urls { get; set; } = [];

    /// <summary>ldap:// addresses turn to TLS before anything is said.</summary>
    public bool StartTls { get; set; }

    /// <summary>Certificates, in PEM, of the authorities that vouch for the directory; empty: those of the
    /// system.</summary>
    public string Authorities { get; set; } = "";

    /// <summary>Lets passwords cross the network without TLS. For laboratories.</summary>
    public bool AllowPlain { get; set; }

    /// <summary>The service account that may search; empty: anonymous, or see <see cref="BindPattern"/>.</summary>
    public string BindDn { get; set; } = "";

    /// <summary>Its password.</summary>
    public string BindPassword { get; set; } = "";

    /// <summary>
    /// Without a service account: how the name that somebody types becomes what is bound with, for instance
    /// <c>uid={login},ou=people,dc=example,dc=org</c> or <c>{login}@corp.example</c>. There is no synchronisation then.
    /// </summary>
    public string BindPattern { get; set; } = "";

    /// <summary>Where people are.</summary>
    public string BaseDn { get; set; } = "";

    /// <summary>Which entries are people that may have accounts.</summary>
    public string UserFilter { get; set; } = "(objectClass=person)";

    /// <summary>What people type as name, best first; the first is the name of new accounts. AD:
    /// sAMAccountName.</summary>
    public IReadOnlyList<string> LoginAttributes { get; set; } = ["uid"];

    /// <summary>What never changes; the first that is there counts.</summary>
    public IReadOnlyList<string> IdAttributes { get; set; } = ["entryUUID", "objectGUID", "nsUniqueId", "ipaUniqueID"];

    /// <summary>The name to show; the first that is there counts.</summary>
    public IReadOnlyList<string> NameAttributes { get; set; } = ["displayName", "cn"];

    /// <summary>The mail address.</summary>
    public string EmailAttribute { get; set; } = "mail";

    /// <summary>Where groups are; empty: only <see cref="MemberOfAttribute"/> counts.</summary>
    public string GroupBaseDn { get; set; } = "";

    /// <summary>Which entries are groups.</summary>
    public string GroupFilter { get; set; } =
        "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=group))";

    /// <summary>What groups are called.</summary>
    public string GroupNameAttribute { get; set; } = "cn";

    /// <summary>Where an entry lists its groups itself.</summary>
    public string MemberOfAttribute { get; set; } = "memberOf";

    /// <summary>Only members of any of these groups have accounts; empty: everybody. Names or DNs.</summary>
    public IReadOnlyList<string> AllowedGroups { get; set; } = [];

    /// <summary>Groups there and user groups here; the first that fits wins.</summary>
    public IReadOnlyList<GroupMapping> Groups { get; set; } = [];

    /// <summary>Their members are administrators here.</summary>
    public IReadOnlyList<string> AdminGroups { get; set; } = [];

    /// <summary>Groups there and admin roles here: all that fit are held, for as long as they fit.</summary>
    public IReadOnlyList<GroupMapping> AdminRoles { get; set; } = [];

    /// <summary>Whether people get an account at their first login, and by the synchronisation.</summary>
    public bool CreateUsers { get; set; } = true;

    /// <summary>Whether an account of ours with the same mail address is the same person.</summary>
    public bool LinkByEmail { get; set; }

    /// <summary>Whether an account of ours with the same name is the same person.</summary>
    public bool LinkByName { get; set; }

    /// <summary>Minutes between synchronisations; 0: none.</summary>
    public int SyncMinutes { get; set; } = 60;

    /// <summary>
    /// When more than this share of the known people has vanished at once, nobody is disabled: then the search is
    /// wrong, not the people.
    /// </summary>
    public int MaximumVanishedPercent { get; set; } = 20;

    /// <summary>Seconds for connecting and for each answer.</summary>
    public int TimeoutSeconds { get; set; } = 10;
}

/// <summary>How the settings are written: as an administrator would.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, AllowTrailingCommas = true,
    ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DirectorySettings))]
internal sealed partial class DirectorySettingsJson : JsonSerializerContext;
