namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>
/// What is the same for everybody at well-known providers. Clients draw buttons of their own for these names
/// (reference §4.4).
/// </summary>
internal static class Presets
{
    private static readonly ProviderSettings None = new();

    private static readonly Dictionary<string, ProviderSettings> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["github"] = new()
        {
            Type = "oauth2",
            AuthorizeUrl = "https://github.com/login/oauth/authorize",
            TokenUrl = "https://github.com/login/oauth/access_token",
            UserUrl = "https://api.github.com/user",
            EmailUrl = "https://api.github.com/user/emails",
            GroupUrl = "https://api.github.com/user/orgs",
            Scopes = "read:user user:email read:org",
            ClientAuthentication = "post",
            AvatarPath = "avatar_url",
            GroupClaim = "[*].login",
        },
        ["gitlab"] = new() { Issuer = "https://gitlab.com", NamePath = "nickname" },
        ["google"] = new() { Issuer = "https://accounts.google.com" },
        // Any organisation's or private account; name the tenant in the issuer to let in only one's own.
        ["microsoft"] = new() { Issuer = "https://login.microsoftonline.com/common/v2.0" },
        ["azure"] = new() { Issuer = "https://login.microsoftonline.com/organizations/v2.0" },
        ["okta"] = new() { Scopes = "openid email profile groups" },
        ["auth0"] = new() { NamePath = "nickname" },
        ["facebook"] = new()
        {
            Type = "oauth2",
            AuthorizeUrl = "https://www.facebook.com/v19.0/dialog/oauth",
            TokenUrl = "https://graph.facebook.com/v19.0/oauth/access_token",
            UserUrl = "https://graph.facebook.com/v19.0/me?fields=id,name,email,picture",
            Scopes = "email public_profile",
            ClientAuthentication = "post",
            NamePath = "name",
            AvatarPath = "picture.data.url",
        },
        // The client secret is a token that its owner signs and renews twice a year.
        ["apple"] = new()
        {
            Issuer = "https://appleid.apple.com",
            Scopes = "openid email name",
            ClientAuthentication = "post",
            ResponseMode = "form_post",
            NamePath = "email",
        },
    };

    /// <summary>The preset of a name; one that says nothing when there is none.</summary>
    public static ProviderSettings Find(string name) => Known.GetValueOrDefault(name, None);

    /// <summary>Whether there is one.</summary>
    public static bool Has(string name) => Known.ContainsKey(name);
}
