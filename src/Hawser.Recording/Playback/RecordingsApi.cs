using Hawser.Data;
using Hawser.Recording.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Playback;

/// <summary>
/// The addresses of recordings (reference §1.10), on the recorder's port and on the HTTP port alike. Who may is
/// decided here and not by policies of the API: without the API role there are none, and links need no account.
/// </summary>
internal static partial class RecordingsApi
{
    private static readonly string[] Read = ["GET", "HEAD", "OPTIONS"];
    private static readonly string[] All = ["GET", "HEAD", "DELETE", "OPTIONS"];

    /// <summary>What a handler is given beside the request.</summary>
    private delegate Task Handler(HttpContext context, RecordingsDesk desk);

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<RecorderDesk>();
        services.AddSingleton<RecorderOrigins>();
        services.AddSingleton<DownloadLinks>();
        services.AddSingleton<RecordingAudit>();
        services.AddSingleton<RecentDownloads>();
        services.AddSingleton<RecordingLinks>();
        services.AddSingleton<RecordingsDesk>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        On(routes, "/recordings/download/{**key}", Read, DownloadEndpoint.HandleAsync);
        On(routes, "/recordings/{recordId}/status", Read, StatusEndpoint.HandleAsync);
        On(routes, "/recordings/{recordId}/poster.jpg", Read, DownloadEndpoint.PosterAsync);
        On(routes, "/recordings/{recordId}/preview.webm", Read, DownloadEndpoint.PreviewAsync);
        // The second spelling is for the console, whose requests all begin with /api.
        foreach (var root in new[] { "/recordings", "/api/recordings" })
        {
            On(routes, root, Read, ListEndpoint.HandleAsync);
            On(routes, root + "/{recordId}", All, OneEndpoint.HandleAsync);
        }
    }

    private static void On(IEndpointRouteBuilder routes, string pattern, string[] methods, Handler handler) =>
        routes.MapMethods(pattern, methods, (RequestDelegate)(context => AnswerAsync(context, handler)))
            .AllowAnonymous().ExcludeFromDescription();

    private static async Task AnswerAsync(HttpContext context, Handler handler)
    {
        var desk = context.RequestServices.GetRequiredService<RecordingsDesk>();
        // Under /api the API's own door did that already.
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)) desk.Origins.Answer(context);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        try
        {
            await handler(context, desk);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody reads an answer.
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await PlaybackAnswers.RefuseAsync(context, e.StatusCode, "The request could not be read.");
        }
        catch (Exception e) when (!context.Response.HasStarted && (e.IsStoreFault() || e is IOException))
        {
            Log.Failed(desk.Log, context.Request.Method, e);
            context.Response.Headers.RetryAfter = "1";
            await PlaybackAnswers.RefuseAsync(context, 503, "Recordings can't be reached, please try again.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7181, LogLevel.Warning, "{Method} of a recording failed")]
        internal static partial void Failed(ILogger logger, string method, Exception exception);
    }
}
