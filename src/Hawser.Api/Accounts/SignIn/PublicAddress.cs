using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>
/// The address under which browsers reach this server, for callbacks. When addresses are configured only those are
/// used, whatever a request says of itself.
/// </summary>
internal static class PublicAddress
{
    /// <summary>Decides; null when it can't be known (a request without a host of ours, nothing configured).</summary>
    /// <param name="context">The request.</param>
    /// <param name="settings">The configured addresses.</param>
    /// <param name="apiDomain">What the client says it uses; null when it says nothing.</param>
    /// <returns>Scheme, host, port and prefix, without a slash at the end.</returns>
    public static string? Of(HttpContext context, SignInSettings settings, string? apiDomain)
    {
        var wanted = apiDomain is null ? null : Normalize(apiDomain);
        var request = context.Request;
        // Requests through the rendezvous port carry no host.
        var isTunnel = request.Host.Host == "rendezvous";
        var own = isTunnel ? null : Normalize($"{request.Scheme}://{request.Host.Value}{request.PathBase.Value}");
        if (settings.PublicUrls.Count == 0)
        {
            return own is not null && wanted is not null && Authority(own) == Authority(wanted) ? wanted : own;
        }

        var allowed = settings.PublicUrls.Select(Normalize).OfType<string>().ToList();
        if (wanted is not null && allowed.Contains(wanted, StringComparer.Ordinal)) return wanted;
        if (own is not null && allowed.Contains(own, StringComparer.Ordinal)) return own;
        return allowed.FirstOrDefault();
    }

    /// <summary>What is configured, whoever asks: for mails that anybody may have sent; null: nothing.</summary>
    public static string? Configured(SignInSettings settings) =>
        settings.PublicUrls.Select(Normalize).OfType<string>().FirstOrDefault();

    private static string? Normalize(string text) =>
        text.Length <= 300 && SignInRules.IsWeb(text, allowHttp: true)
            && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Query.Length == 0 ? (uri.GetLeftPart(UriPartial.Authority) + uri.AbsolutePath).TrimEnd('/') : null;

    // A proxy in front may speak TLS, so the scheme may differ; the host may not.
    private static string Authority(string url) => new Uri(url).Host;
}
