using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.SignIn.Browser;

/// <summary>
/// The pages of the browser leg: plain HTML, no script but what measures a new password, nothing from elsewhere, not to
/// be framed, cached or told about to the next site.
/// </summary>
internal static class Pages
{
    private const string Style = "body{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:4em auto;padding:0 1em;"
        + "color:#222;background:#fff}h1{font-size:1.5em}dl{display:grid;grid-template-columns:auto 1fr;gap:.3em 1em;"
        + "background:#f3f4f6;padding:1em;border-radius:.5em}dt{color:#555}dd{margin:0;overflow-wrap:anywhere}"
        + "label{display:block;margin:1em 0}input{font:inherit;display:block;width:100%;box-sizing:border-box;"
        + "padding:.5em;margin-top:.3em}"
        + "button{font:inherit;padding:.6em 1.2em;border-radius:.4em;border:1px solid #888;"
        + "background:#fff;margin-right:.6em}"
        + "button.go{background:#1c5fb8;border-color:#1c5fb8;color:#fff}";

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All);

    private static readonly string StyleHash =
        "'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style))) + "'";

    /// <summary>Which device asks, and whether that is right.</summary>
    public static IResult Confirm(PageTexts texts, BrowserSignIn row, Memory memory, string state, string proof)
    {
        var html = new StringBuilder();
        html.Append($"<h1>{E(texts.ConfirmTitle)}</h1><p>{E(texts.ConfirmQuestion)}</p><dl>");
        foreach (var (name, value) in new[]
        {
            (texts.DeviceId, row.DeviceId), (texts.DeviceName, row.DeviceName), (texts.System, row.DeviceOs),
            (texts.Address, memory.Address),
        })
        {
            if (value.Length > 0) html.Append($"<dt>{E(name)}</dt><dd>{E(value)}</dd>");
        }

        html.Append($"</dl><p>{E(texts.ConfirmWarning)}</p><form method=\"post\">");
        html.Append($"<input type=\"hidden\" name=\"c\" value=\"{E(state)}\">");
        html.Append($"<input type=\"hidden\" name=\"proof\" value=\"{E(proof)}\">");
        var go = string.Format(System.Globalization.CultureInfo.InvariantCulture, texts.Continue, row.Provider);
        html.Append($"<button class=\"go\" name=\"do\" value=\"continue\">{E(go)}</button>");
        html.Append($"<button name=\"do\" value=\"cancel\">{E(texts.Cancel)}</button></form>");
        return new Page(200, texts, texts.ConfirmTitle, html.ToString());
    }

    /// <summary>It worked; says on which device, because its owner looks at two screens now.</summary>
    public static IResult Done(PageTexts texts, BrowserSignIn row)
    {
        var device = row.DeviceName.Length > 0 ? row.DeviceName : row.DeviceId;
        var where = device.Length == 0 ? "" : $"<dl><dt>{E(texts.Device)}</dt><dd>{E(device)}</dd></dl>";
        return new Page(
            200, texts, texts.DoneTitle, $"<h1>{E(texts.DoneTitle)}</h1>{where}<p>{E(texts.DoneText)}</p>");
    }

    /// <summary>It did not; a sentence says why.</summary>
    public static IResult Failed(PageTexts texts, string sentence, int status = 400) =>
        new Page(status, texts, texts.FailedTitle, $"<h1>{E(texts.FailedTitle)}</h1><p>{E(sentence)}</p>");

    /// <summary>Any other page of the server's own.</summary>
    /// <param name="status">The status.</param>
    /// <param name="texts">For the language.</param>
    /// <param name="title">The title, as text.</param>
    /// <param name="body">HTML.</param>
    /// <param name="script">A script of ours; empty: none.</param>
    /// <param name="hash">Its hash, as policies name it.</param>
    public static IResult Of(
        int status, PageTexts texts, string title, string body, string script = "", string hash = "") =>
        new Page(status, texts, title, body) { Script = script, Hash = hash };

    /// <summary>A text as HTML.</summary>
    public static string E(string text) => Encoder.Encode(text);

    private sealed class Page(int status, PageTexts texts, string title, string body) : IResult
    {
        public string Script { get; init; } = "";

        public string Hash { get; init; } = "";

        public Task ExecuteAsync(HttpContext httpContext)
        {
            var html = $"<!doctype html><html lang=\"{texts.Language}\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\">"
                + $"<title>{E(title)}</title><style>{Style}</style></head><body><main>{body}</main>"
                + (Script.Length == 0 ? "" : $"<script>{Script}</script>") + "</body></html>";
            var bytes = Encoding.UTF8.GetBytes(html);
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "text/html; charset=utf-8";
            response.ContentLength = bytes.Length;
            // No form-action: browsers apply it to every redirect of the provider's too.
            var script = Hash.Length == 0 ? "" : $" script-src {Hash};";
            response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; style-src {StyleHash};{script} base-uri 'none'; frame-ancestors 'none'";
            response.Headers.XFrameOptions = "DENY";
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers.CacheControl = "no-store";
            response.Headers["Referrer-Policy"] = "no-referrer";
            return response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
        }
    }
}
