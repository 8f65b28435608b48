using System.Text.RegularExpressions;
using Hawser.Api.Accounts.SignIn.Provider;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>What must hold for settings before they are stored.</summary>
internal static partial class SignInRules
{
    /// <summary>Everything that is wrong, in words; empty: it can be stored.</summary>
    public static IReadOnlyList<string> Check(SignInSettings settings)
    {
        var wrong = new List<string>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var url in settings.PublicUrls)
        {
            if (!IsWeb(url, allowHttp: true)) wrong.Add($"publicUrls: {url} is not an http(s) address");
        }

        foreach (var provider in settings.Providers)
        {
            if (!ProviderName().IsMatch(provider.Name))
            {
                wrong.Add($"provider '{provider.Name}': the name must be 1 to 40 letters, digits, '.', '_' or '-'");
                continue;
            }

            if (!names.Add(provider.Name)) wrong.Add($"provider {provider.Name}: there are two of this name");
            if (provider.Name.Equals("ldap", StringComparison.OrdinalIgnoreCase))
            {
                wrong.Add("provider ldap: the name is taken");
            }

            wrong.AddRange(Check(provider).Select(w => $"provider {provider.Name}: {w}"));
        }

        return wrong;
    }

    private static IEnumerable<string> Check(ProviderSettings settings)
    {
        if (settings.Preset is { Length: > 0 } preset && !Presets.Has(preset))
        {
            yield return $"there is no preset {preset}";
        }

        if (settings.Type is not (null or "oidc" or "oauth2")) yield return "type is oidc or oauth2";
        if (settings.ClientId.Length == 0) yield return "clientId is missing";
        if (settings.ClientAuthentication is not (null or "auto" or "basic" or "post" or "none"))
        {
            yield return "clientAuthentication is auto, basic, post or none";
        }

        if (settings.ResponseMode is not (null or "query" or "form_post"))
        {
            yield return "responseMode is query or form_post";
        }

        if (settings.Icon is { } icon && !icon.TrimStart().StartsWith("<svg", StringComparison.Ordinal))
        {
            yield return "icon is not the source text of an SVG picture";
        }

        var profile = ProviderProfile.Of(settings);
        if (profile.IsOidc)
        {
            if (!IsWeb(profile.Issuer, settings.AllowHttp)) yield return "issuer is missing or not an https address";
            if (!profile.Scopes.Split(' ').Contains("openid", StringComparer.Ordinal))
            {
                yield return "scopes lack openid";
            }

            yield break;
        }

        foreach (var (name, url, needed) in new[]
        {
            ("authorizeUrl", profile.AuthorizeUrl, true), ("tokenUrl", profile.TokenUrl, true),
            ("userUrl", profile.UserUrl, true), ("emailUrl", profile.EmailUrl, false),
                ("groupUrl", profile.GroupUrl, false),
        })
        {
            if (url.Length == 0 ? needed : !IsWeb(url, settings.AllowHttp))
            {
                yield return $"{name} is missing or not an https address";
            }
        }
    }

    /// <summary>Whether a text is an https address; http too on this machine, or when it is allowed.</summary>
    public static bool IsWeb(string text, bool allowHttp) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && (allowHttp || uri.IsLoopback)));

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ProviderName();
}
