using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Console;

/// <summary>
/// The console's pages: one document for every address that is not something else's, with a content policy whose nonce
/// is new each time, and hashed files that browsers keep for ever. They lie beside the program, packed already.
/// </summary>
internal sealed class ConsoleFiles
{
    private const string NonceMark = "__HAWSER_NONCE__";
    private const string BaseMark = "__HAWSER_BASE__";
    private const string Document = "index.html";

    // What begins like this is never a page of the console.
    private static readonly string[] NotOurs =
        ["/api", "/health/", "/metrics", "/ws", "/cluster", "/lic", "/avatars", "/downloads", "/socket.io", "/docs"];

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".js"] = "text/javascript; charset=utf-8", [".css"] = "text/css; charset=utf-8",
        [".json"] = "application/json; charset=utf-8", [".svg"] = "image/svg+xml", [".woff2"] = "font/woff2",
        [".png"] = "image/png", [".ico"] = "image/x-icon", [".txt"] = "text/plain; charset=utf-8",
        [".md"] = "text/plain; charset=utf-8",
        [".webmanifest"] = "application/manifest+json",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Lazy<FrozenDictionary<string, Kept>> _files;
    private readonly Lazy<string?> _document;
    private readonly SettingsStore _settings;

    public ConsoleFiles(ApiParts parts, SettingsStore settings)
    {
        _settings = settings;
        var folder = parts.ConsoleFolder;
        _document = new(() => ReadDocument(folder));
        _files = new(() => Find(folder));
    }

    /// <summary>Whether this build has a console.</summary>
    public bool AreThere => _document.Value is not null;

    /// <summary>Answers with a page or a file of the console.</summary>
    /// <returns>False when the address is not the console's; nothing was written then.</returns>
    public async Task<bool> TryServeAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "/";
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (!reads || !AreThere) return false;
        if (_files.Value.TryGetValue(path, out var file))
        {
            await SendAsync(context, file);
            return true;
        }

        if (Array.Exists(NotOurs, p => path.StartsWith(p, StringComparison.Ordinal))
            || (path != "/" && path.LastIndexOf('.') > path.LastIndexOf('/'))) return false;
        var accepts = request.Headers.Accept.ToString();
        if (path != "/" && !accepts.Contains("text/html", StringComparison.Ordinal)) return false;
        await SendDocumentAsync(context, _document.Value!, await StatusAsync(context, path));
        return true;
    }

    // The setup is gone when it is over.
    private async Task<int> StatusAsync(HttpContext context, string path)
    {
        if (path.TrimEnd('/') != "/setup" || _settings.Get(ConsoleSettings.Key).SetupStep != 0) return 200;
        var db = context.RequestServices.GetRequiredService<HawserDb>();
        return await db.Users.AnyAsync(u => u.IsAdmin, context.RequestAborted) ? 404 : 200;
    }

    private static async Task SendDocumentAsync(HttpContext context, string document, int status)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var prefix = context.Request.PathBase.Value ?? "";
        var bytes = Encoding.UTF8.GetBytes(document
            .Replace(NonceMark, nonce, StringComparison.Ordinal).Replace(BaseMark, prefix, StringComparison.Ordinal));
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src-elem 'self' 'nonce-" + nonce + "'; "
            + "style-src-attr 'none'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
            + "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
            + "form-action 'self'; frame-ancestors 'none'";
        Harden(response);
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Permissions-Policy"] = "clipboard-read=(self), clipboard-write=(self), fullscreen=(self), "
            + "keyboard-map=(self), microphone=(self), publickey-credentials-get=(self), "
            + "publickey-credentials-create=(self), camera=(), geolocation=(), payment=(), usb=()";
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static async Task SendAsync(HttpContext context, Kept file)
    {
        var response = context.Response;
        var accepted = context.Request.Headers.AcceptEncoding.ToString();
        var encoding = file.Brotli is not null && accepted.Contains("br", StringComparison.Ordinal) ? "br"
            : file.Gzip is not null && accepted.Contains("gzip", StringComparison.Ordinal) ? "gzip" : "";
        var path = encoding switch { "br" => file.Brotli!, "gzip" => file.Gzip!, _ => file.Path };
        response.ContentType = file.Type;
        // The name holds a hash of the content, so that another content has another name.
        response.Headers.CacheControl = file.IsHashed ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.Vary = "Accept-Encoding";
        Harden(response);
        if (encoding.Length > 0) response.Headers.ContentEncoding = encoding;
        response.ContentLength = new FileInfo(path).Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.SendFileAsync(path, context.RequestAborted);
    }

    private static void Harden(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static string? ReadDocument(string folder)
    {
        var path = folder.Length == 0 ? "" : Path.Combine(folder, Document);
        return path.Length > 0 && File.Exists(path) ? File.ReadAllText(path) : null;
    }

    private static FrozenDictionary<string, Kept> Find(string folder)
    {
        var files = new Dictionary<string, Kept>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (!Types.TryGetValue(Path.GetExtension(path), out var type)) continue;
            var name = "/" + Path.GetRelativePath(folder, path).Replace('\\', '/');
            files[name] = new Kept(
                path, File.Exists(path + ".br") ? path + ".br" : null, File.Exists(path + ".gz") ? path + ".gz" : null,
                type, name.StartsWith("/assets/", StringComparison.Ordinal));
        }

        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private sealed record Kept(string Path, string? Brotli, string? Gzip, string Type, bool IsHashed);
}
