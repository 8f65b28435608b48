namespace Hawser.Api.Imports;

/// <summary>Where another server's admin API is, and with which token it is asked.</summary>
/// <param name="Root">What <c>/api/…</c> is appended to; without a slash at its end.</param>
/// <param name="Token">The token; in memory only.</param>
internal sealed record ProAddress(string Root, string Token)
{
    private const int MostUrl = 500;
    private const int MostToken = 4096;

    /// <summary>Reads what a person entered.</summary>
    /// <param name="url">The address; https where it does not say.</param>
    /// <param name="token">The token.</param>
    /// <param name="plain">Whether somebody who listens may read all of it.</param>
    /// <returns>The address; or the member that is wrong, with a word and a sentence.</returns>
    public static (ProAddress? Address, (string Member, string Code, string Text) Wrong) Read(
        string? url, string? token, bool plain)
    {
        var text = url?.Trim() ?? "";
        if (!text.Contains("://", StringComparison.Ordinal)) text = "https://" + text;
        if (text.Length > MostUrl || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0
            || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.Query.Length > 0
            || uri.Fragment.Length > 0)
        {
            return (null, ("url", "not_a_url", "It is no address of a server."));
        }

        if (uri.Scheme == "http" && !plain)
        {
            return (null, ("url", "not_secret", "By http the token and all that is read can be read by others."));
        }

        var key = token?.Trim() ?? "";
        return key.Length is 0 or > MostToken || key.Any(c => c is < '!' or > '~')
            ? (null, ("token", "not_a_token", "It is no token."))
            : (new ProAddress(uri.GetLeftPart(UriPartial.Path).TrimEnd('/'), key), default);
    }
}
