using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>Browser sign-in: who may vouch for users, and how. Set by <c>hawser settings set signIn</c> or in the
/// console.</summary>
internal sealed record SignInSettings
{
    /// <summary>The setting; secret as a whole, because it holds the providers' client secrets.</summary>
    internal static SettingKey<SignInSettings> Key { get; } =
        new("signIn", SignInSettingsJson.Default.SignInSettings, IsSecret: true, SignInRules.Check);

    /// <summary>
    /// The addresses (scheme, host, port, prefix) under which browsers reach this server; the first one is used when
    /// a client names none of them. Empty: the address of the request itself.
    /// </summary>
    public IReadOnlyList<string> PublicUrls { get; set; } = [];

    /// <summary>Whether the browser first shows which device asks.</summary>
    public DeviceConfirmation ConfirmDevice { get; set; }

    /// <summary>In the order in which clients show them.</summary>
    public IReadOnlyList<ProviderSettings> Providers { get; set; } = [];
}

/// <summary>When a person must confirm in the browser that the asking device is theirs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeviceConfirmation>))]
internal enum DeviceConfirmation
{
    /// <summary>Each time.</summary>
    [JsonStringEnumMemberName("always")]
    Always = 0,

    /// <summary>Only when browser and device come from different addresses.</summary>
    [JsonStringEnumMemberName("other-address")]
    OtherAddress = 1,
}

/// <summary>One provider. What is left out comes from the preset, then from these defaults.</summary>
internal sealed record ProviderSettings
{
    /// <summary>The id on the wire (<c>op</c>); its case is kept.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// github, gitlab, google, microsoft, azure, okta, auth0, facebook, apple; empty: the name if it is one of these,
    /// else none.
    /// </summary>
    public string? Preset { get; set; }

    /// <summary>Shown to users and accepted.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>oidc or oauth2.</summary>
    public string? Type { get; set; }

    /// <summary>OpenID Connect: where <c>/.well-known/openid-configuration</c> is.</summary>
    public string? Issuer { get; set; }

    /// <summary>What the provider calls this server.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>Empty for a public client.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>auto, basic, post or none: how the secret is sent.</summary>
    public string? ClientAuthentication { get; set; }

    /// <summary>Separated by blanks.</summary>
    public string? Scopes { get; set; }

    /// <summary>query or form_post.</summary>
    public string? ResponseMode { get; set; }

    /// <summary>Source text of an SVG picture for the button; clients have their own for well-known names.</summary>
    public string? Icon { get; set; }

    /// <summary>OAuth2: where the browser goes.</summary>
    public string? AuthorizeUrl { get; set; }

    /// <summary>OAuth2: where a code is exchanged.</summary>
    public string? TokenUrl { get; set; }

    /// <summary>OAuth2: who the user is.</summary>
    public string? UserUrl { get; set; }

    /// <summary>OAuth2: a list of mail addresses with <c>verified</c> marks, as GitHub has it.</summary>
    public string? EmailUrl { get; set; }

    /// <summary>OAuth2: a list that names the user's groups.</summary>
    public string? GroupUrl { get; set; }

    /// <summary>Path of the unchanging id in the user's claims.</summary>
    public string? SubjectPath { get; set; }

    /// <summary>Path of the login name for new accounts.</summary>
    public string? NamePath { get; set; }

    /// <summary>Path of the name to show.</summary>
    public string? DisplayNamePath { get; set; }

    /// <summary>Path of the mail address.</summary>
    public string? EmailPath { get; set; }

    /// <summary>Path of the mark that the address is the user's own.</summary>
    public string? EmailVerifiedPath { get; set; }

    /// <summary>Path of the picture's address.</summary>
    public string? AvatarPath { get; set; }

    /// <summary>Path of the groups: a list of texts, or one text; <c>a.b</c> and <c>[*].name</c> are
    /// understood.</summary>
    public string? GroupClaim { get; set; }

    /// <summary>Groups there and user groups here; the first that fits wins.</summary>
    public IReadOnlyList<GroupMapping> Groups { get; set; } = [];

    /// <summary>Members of any of these groups there are administrators here.</summary>
    public IReadOnlyList<string> AdminGroups { get; set; } = [];

    /// <summary>Groups there and admin roles here: all that fit are held, for as long as they fit.</summary>
    public IReadOnlyList<GroupMapping> AdminRoles { get; set; } = [];

    /// <summary>Only members of any of these groups may sign in; empty: everybody.</summary>
    public IReadOnlyList<string> AllowedGroups { get; set; } = [];

    /// <summary>Only verified mail addresses of these domains may sign in; empty: everybody.</summary>
    public IReadOnlyList<string> AllowedDomains { get; set; } = [];

    /// <summary>Whether unknown people get an account.</summary>
    public bool CreateUsers { get; set; }

    /// <summary>Whether an account with the same, verified, mail address is taken for the same person.</summary>
    public bool LinkByEmail { get; set; } = true;

    /// <summary>
    /// The provider does not say which addresses are verified, but its administrator sees to it that they are.
    /// </summary>
    public bool TrustEmail { get; set; }

    /// <summary>
    /// The provider asks for a second factor itself: users who chose an authenticator here are not asked again. One
    /// that an administrator enforced is asked for anyway.
    /// </summary>
    public bool HasSecondFactor { get; set; }

    /// <summary>Lets the provider be reached without TLS outside of this machine. For laboratories.</summary>
    public bool AllowHttp { get; set; }
}

/// <summary>That a group of a provider or directory is a user group or an admin role here.</summary>
internal sealed record GroupMapping
{
    /// <summary>The group there; for a directory its name or its DN.</summary>
    public string From { get; set; } = "";

    /// <summary>
    /// The name of the user group here, made when it is missing; or of the admin role, which is never made.
    /// </summary>
    public string To { get; set; } = "";
}

/// <summary>How the settings are written: as an administrator would.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, AllowTrailingCommas = true,
    ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SignInSettings))]
internal sealed partial class SignInSettingsJson : JsonSerializerContext;
