using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>One trip to a provider and back: authorization code with PKCE (S256), state and nonce.</summary>
internal sealed class ProviderFlow(ProviderHttp http, ProviderDocuments documents, TimeProvider time)
{
    /// <summary>Where the browser is sent.</summary>
    /// <exception cref="ProviderFault">The provider can't be reached or is not one.</exception>
    public async Task<string> AuthorizeUrlAsync(
        ProviderProfile profile, Trip trip, string state, CancellationToken cancellationToken)
    {
        var at = profile.IsOidc
            ? (await documents.DiscoverAsync(profile, cancellationToken)).AuthorizeUrl : profile.AuthorizeUrl;
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(trip.Verifier)));
        List<(string Name, string Value)> query =
        [
            ("response_type", "code"), ("client_id", profile.Settings.ClientId), ("redirect_uri", trip.Callback),
            ("scope", profile.Scopes), ("state", state), ("code_challenge", challenge),
                ("code_challenge_method", "S256"),
        ];
        if (profile.IsOidc) query.Add(("nonce", trip.Nonce));
        if (profile.ResponseMode == "form_post") query.Add(("response_mode", "form_post"));
        var text = string.Join(
            '&', query.Where(q => q.Value.Length > 0).Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value)}"));
        return at + (at.Contains('?', StringComparison.Ordinal) ? '&' : '?') + text;
    }

    /// <summary>Exchanges the code that the browser brought, and says who the person is.</summary>
    /// <param name="profile">The provider.</param>
    /// <param name="trip">What was remembered.</param>
    /// <param name="code">The code.</param>
    /// <param name="issuer">The <c>iss</c> that came with it (RFC 9207); null: none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProviderFault">Something is not as it must be.</exception>
    public Task<ExternalPerson> RedeemAsync(
        ProviderProfile profile, Trip trip, string code, string? issuer, CancellationToken cancellationToken) =>
        profile.IsOidc
            ? RedeemOidcAsync(profile, trip, code, issuer, cancellationToken)
            : RedeemOAuthAsync(profile, trip, code, cancellationToken);

    private async Task<ExternalPerson> RedeemOidcAsync(
        ProviderProfile profile, Trip trip, string code, string? issuer, CancellationToken cancellationToken)
    {
        var discovery = await documents.DiscoverAsync(profile, cancellationToken);
        if (issuer is null ? discovery.SendsIssuer : !IsIssuer(issuer, discovery.Issuer))
        {
            throw new ProviderFault("the answer came from another issuer");
        }

        var tokens = await ExchangeAsync(
            profile, discovery.TokenUrl, discovery.TokenAuthentications, trip, code, cancellationToken);
        var token = Jws.Read(
            JsonPath.Text(tokens, "id_token") ?? throw new ProviderFault("the provider sent no ID token"));
        if (discovery.Algorithms is { } algorithms && !algorithms.Contains(token.Algorithm, StringComparer.Ordinal))
        {
            throw new ProviderFault("the ID token is signed in a way that the provider does not announce");
        }

        var keys = await documents.KeysAsync(discovery, token.KeyId, cancellationToken);
        if (!token.IsSignedBy(keys)) throw new ProviderFault("the ID token's signature is not the provider's");
        var claims = token.Claims();
        IdTokenRules.Check(claims, discovery.Issuer, profile.Settings.ClientId, trip.Nonce, time.GetUtcNow());
        var person = ExternalPerson.Read(claims, profile);
        if (discovery.UserUrl is null || IsComplete(person, profile)) return person;
        var more = await http.GetAsync(discovery.UserUrl, AccessToken(tokens), cancellationToken);
        if (JsonPath.Text(more, "sub") != JsonPath.Text(claims, "sub"))
        {
            throw new ProviderFault("the provider's user information is about another person");
        }

        return person.With(ExternalPerson.Read(more, profile, person.Subject));
    }

    private async Task<ExternalPerson> RedeemOAuthAsync(
        ProviderProfile profile, Trip trip, string code, CancellationToken cancellationToken)
    {
        var tokens = await ExchangeAsync(
            profile, profile.TokenUrl, ["client_secret_post"], trip, code, cancellationToken);
        var token = AccessToken(tokens);
        var user = await http.GetAsync(profile.UserUrl, token, cancellationToken);
        var person = ExternalPerson.Read(user, profile);
        if (profile.EmailUrl.Length > 0)
        {
            var emails = await http.GetAsync(profile.EmailUrl, token, cancellationToken);
            person = person.WithVerified(PrimaryEmail(emails));
        }

        if (profile.GroupUrl.Length > 0 && profile.Paths.Groups.Length > 0)
        {
            var groups = await http.GetAsync(profile.GroupUrl, token, cancellationToken);
            person = person with { Groups = JsonPath.Texts(groups, profile.Paths.Groups) };
        }

        return person;
    }

    private async Task<JsonElement> ExchangeAsync(
        ProviderProfile profile, string url, IReadOnlyList<string> supported, Trip trip, string code,
        CancellationToken cancellationToken)
    {
        var settings = profile.Settings;
        Dictionary<string, string> form = new(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = trip.Callback,
            ["code_verifier"] = trip.Verifier,
        };
        AuthenticationHeaderValue? authorization = null;
        switch (Authentication(profile, supported))
        {
            case "basic":
                // Each part is form-encoded first (RFC 6749 §2.3.1).
                var pair = $"{FormEncode(settings.ClientId)}:{FormEncode(settings.ClientSecret)}";
                authorization = new AuthenticationHeaderValue(
                    "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
                break;
            case "post":
                form["client_id"] = settings.ClientId;
                form["client_secret"] = settings.ClientSecret;
                break;
            default:
                form["client_id"] = settings.ClientId;
                break;
        }

        var answer = await http.PostAsync(url, form, authorization, cancellationToken);
        if (answer.ValueKind != JsonValueKind.Object)
        {
            throw new ProviderFault("the provider's token answer is not an object");
        }

        if (JsonPath.Text(answer, "error") is { } error)
        {
            throw new ProviderFault(
                $"the provider refused the code: {error} {JsonPath.Text(answer, "error_description")}");
        }

        return answer;
    }

    private static string Authentication(ProviderProfile profile, IReadOnlyList<string> supported)
    {
        if (profile.ClientAuthentication is "basic" or "post" or "none") return profile.ClientAuthentication;
        if (profile.Settings.ClientSecret.Length == 0) return "none";
        return supported.Contains("client_secret_basic", StringComparer.Ordinal) ? "basic" : "post";
    }

    private static string FormEncode(string text) =>
        Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static string AccessToken(JsonElement tokens) =>
        JsonPath.Text(tokens, "access_token") is { Length: > 0 } token
        ? token : throw new ProviderFault("the provider sent no access token");

    private static bool IsIssuer(string text, string issuer) =>
        text == issuer || issuer.Contains("{tenantid}", StringComparison.Ordinal);

    private static bool IsComplete(ExternalPerson person, ProviderProfile profile) =>
        person.Email.Length > 0 && person.LoginName.Length > 0 && person.DisplayName.Length > 0
        && (person.Groups is not null || !WantsGroups(profile.Settings));

    private static bool WantsGroups(ProviderSettings settings) =>
        settings.Groups.Count + settings.AdminRoles.Count + settings.AdminGroups.Count
            + settings.AllowedGroups.Count > 0;

    // GitHub's list: the one marked primary, if it is verified.
    private static string? PrimaryEmail(JsonElement emails) => emails.ValueKind != JsonValueKind.Array ? null
        : emails.EnumerateArray()
            .Where(e => JsonPath.Flag(e, "verified") == true)
            .OrderByDescending(e => JsonPath.Flag(e, "primary") == true)
            .Select(e => JsonPath.Text(e, "email")).FirstOrDefault(e => e is { Length: > 0 });
}

/// <summary>What is remembered while the browser is away; kept encrypted.</summary>
/// <param name="Callback">The address that the provider sends the browser back to.</param>
/// <param name="Nonce">Comes back inside the ID token.</param>
/// <param name="Verifier">Proves that the code was asked for here (PKCE).</param>
internal sealed record Trip(string Callback, string Nonce, string Verifier);
