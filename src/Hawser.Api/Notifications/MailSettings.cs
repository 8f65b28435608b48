using System.Text.Json.Serialization;
using Hawser.Api.Notifications.Wire.Smtp;

namespace Hawser.Api.Notifications;

/// <summary>How mails are sent.</summary>
internal sealed record MailSettings
{
    /// <summary>Insists on STARTTLS before anything is said.</summary>
    internal const string StartTls = "starttls";

    /// <summary>Encrypts from the first byte.</summary>
    internal const string Tls = "tls";

    /// <summary>Encrypts where that is offered; without it no password is sent.</summary>
    internal const string Optional = "optional";

    /// <summary>Never encrypts.</summary>
    internal const string None = "none";

    /// <summary>Proves who it is by a password.</summary>
    internal const string ByPassword = "password";

    /// <summary>Proves it by a token of OAuth2.</summary>
    internal const string ByOauth = "oauth2";

    /// <summary>The ways of encryption.</summary>
    internal static readonly IReadOnlyList<string> Securities = [StartTls, Tls, Optional, None];

    /// <summary>The mail server; empty: no mails are sent.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its port: 587, 465 or 25.</summary>
    public int Port { get; init; } = 587;

    /// <summary>starttls, tls, optional or none.</summary>
    public string Security { get; init; } = StartTls;

    /// <summary>The user name at the mail server; empty: no login.</summary>
    public string Username { get; init; } = "";

    /// <summary>password or oauth2.</summary>
    public string Auth { get; init; } = ByPassword;

    /// <summary>The password there.</summary>
    public string Password { get; init; } = "";

    /// <summary>Where tokens are given, https.</summary>
    public string OauthEndpoint { get; init; } = "";

    /// <summary>As which application they are asked for.</summary>
    public string OauthClientId { get; init; } = "";

    /// <summary>Its secret.</summary>
    public string OauthClientSecret { get; init; } = "";

    /// <summary>For what.</summary>
    public string OauthScope { get; init; } = "";

    /// <summary>The refresh token; empty: by client credentials.</summary>
    public string OauthRefreshToken { get; init; } = "";

    /// <summary>The address mails come from.</summary>
    public string From { get; init; } = "";

    /// <summary>The name beside it.</summary>
    public string FromName { get; init; } = "Hawser";

    /// <summary>en or zh.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Also mail alarms to these addresses, beside the owners of the devices concerned.</summary>
    public IReadOnlyList<string> AlarmsTo { get; init; } = [];

    [JsonIgnore]
    public bool IsComplete => Host.Length > 0 && From.Length > 0;

    [JsonIgnore]
    public bool IsOauth => Auth == ByOauth && Username.Length > 0;

    internal static IReadOnlyList<string> Complaints(MailSettings value)
    {
        var wrong = new List<string>();
        if (value.Port is < 1 or > 65535) wrong.Add("port is a number from 1 to 65535.");
        if (!Securities.Contains(value.Security)) wrong.Add("security is starttls, tls, optional or none.");
        if (value.Auth is not (ByPassword or ByOauth)) wrong.Add("auth is password or oauth2.");
        if (value.Host.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))) wrong.Add("host is a name or an address.");
        foreach (var address in value.AlarmsTo.Append(value.From).Where(a => a.Length > 0))
        {
            if (!IsAddress(address)) wrong.Add("from and alarms_to hold mail addresses.");
        }

        if (value.Username.Contains('\0', StringComparison.Ordinal)) wrong.Add("username is no name.");
        if (value.Auth != ByOauth) return wrong;
        // What is proved by a token is worth as much as a password.
        if (value.Security == None) wrong.Add("oauth2 needs an encrypted connection: security must not be none.");
        var isWeb = Uri.TryCreate(value.OauthEndpoint, UriKind.Absolute, out var endpoint)
            && (endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback));
        if (!isWeb) wrong.Add("oauth_endpoint is an https address.");
        if (value.OauthClientId.Length == 0) wrong.Add("oauth2 needs oauth_client_id.");
        if (value.Username.Length == 0) wrong.Add("oauth2 needs username: the mailbox that mails are sent as.");
        if (value.Username.Contains('\u0001', StringComparison.Ordinal)) wrong.Add("username is no name.");
        return wrong;
    }

    private static bool IsAddress(string text)
    {
        try
        {
            MailBox.Of(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
