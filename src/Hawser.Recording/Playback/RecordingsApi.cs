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
    private static readonly string[] Read = ["GET", "HEAD"];

    private static readonly string[] Parts =
        ["/finish", "/views", "/events", "/activity", "/sha256", "/saved", "/copy"];

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
        MapFiles(routes);
        // The second spelling is for the console, whose requests all begin with /api.
        foreach (var root in new[] { "/recordings", "/api/recordings" }) MapItems(routes, root);
    }

    private static void MapFiles(IEndpointRouteBuilder routes)
    {
        const string who = "For whoever may see the recording, and for whoever has a signed link (exp and sig).";
        On(routes, "/recordings/download/{**key}", Read, DownloadEndpoint.HandleAsync)
            .Says("A recording's final file: {recordId}%2Ffinal.webm, or copy.mp4 where one was made; by ranges.", who)
            .Asks("inline", "1: to be played; else it is saved as a file.")
            .Answers("video/webm").Answers("video/webm", StatusCodes.Status206PartialContent)
            .AnswersNothing(StatusCodes.Status302Found);
        On(routes, "/recordings/{recordId}/status", Read, StatusEndpoint.HandleAsync)
            .Says("How far a recording is, for who waits for its file.", "For anybody; what is another's is not_found.")
            .Answers<StatusAnswer>();
        On(routes, "/recordings/{recordId}/poster.jpg", Read, DownloadEndpoint.PosterAsync)
            .Says("A picture of a recording.", who).Answers("image/jpeg");
        On(routes, "/recordings/{recordId}/preview.webm", Read, DownloadEndpoint.PreviewAsync)
            .Says("A short, small version of a recording.", who).Answers("video/webm");
        foreach (var pattern in (string[])["download/{**key}", "{recordId}/status", "{recordId}/{file}"])
        {
            Preflight(routes, "/recordings/" + pattern);
        }
    }

    private static void MapItems(IEndpointRouteBuilder routes, string root)
    {
        const string who = "For its owner and administrators, and their API tokens with the scope recording:";
        var one = root + "/{recordId}";
        var list = On(routes, root, Read, ListEndpoint.HandleAsync)
            .Says("The caller's recordings; an administrator's: everybody's.", "For users and the scope recording:r.")
            .Answers<RecordingPage>();
        foreach (var (name, about) in ListQuery.Keys) list.Asks(name, about);
        list.Asks("format", "csv or jsonl: all that match, as a file.")
            .Asks("columns", "Of the file: these columns besides the ids, in this order.");
        var facets = On(routes, root + "/" + Library.RecordId.Facets, Read, FacetsEndpoint.HandleAsync)
            .Says("How many of the recordings that the same query lists have what.", "As the list.")
            .Answers<RecordingFacets>();
        foreach (var (name, about) in ListQuery.Keys) facets.Asks(name, about);
        On(routes, one, Read, OneEndpoint.ShowAsync)
            .Says("A recording, with the addresses of its files.", who + "r.").Answers<RecordingItem>();
        On(routes, one, ["PATCH"], OneEndpoint.ChangeAsync)
            .Says(
                "Changes a recording's title or note; holds it, or releases it, with a reason for the log.",
                who + "rw; held: administrators.")
            .Takes<RecordingEdit>().Answers<RecordingItem>();
        On(routes, one, ["DELETE"], OneEndpoint.DeleteAsync)
            .Says("Deletes a recording with all its files; one that is held is refused with 409.", who + "rw.")
            .Asks("reason", "Why, for the audit.").TakesNothing().AnswersNothing(StatusCodes.Status204NoContent);
        On(routes, one + "/finish", ["POST"], OneEndpoint.FinishAsync)
            .Says("Tries once more to finish a recording that failed; 409: nothing to finish.", who + "rw.")
            .TakesNothing().Answers<RecordingItem>(StatusCodes.Status202Accepted);
        On(routes, one + "/views", Read, OneEndpoint.ViewsAsync)
            .Says("Who watched or fetched a recording, at most the last 200.", who + "r.").Answers<RecordingViews>();
        On(routes, one + "/events", Read, OneEndpoint.EventsAsync)
            .Says("What the logs say of the time that a recording shows, at most 500.", who + "r.")
            .Answers<RecordingEvents>();
        On(routes, one + "/activity", Read, OneEndpoint.ActivityAsync)
            .Says("How much moves in a recording, second by second.", who + "r.").Answers<RecordingActivity>();
        On(routes, one + "/sha256", Read, OneEndpoint.HashAsync)
            .Says("The SHA-256 of a recording's file, as sha256sum reads it; 404 while it is computed.", who + "r.")
            .Answers("text/plain");
        On(routes, one + "/saved", Read, SavedEndpoint.HandleAsync)
            .Says("What is saved so far of a recording that is being made, by ranges; 409: it is finished.", who + "r.")
            .Answers("video/webm").Answers("video/webm", StatusCodes.Status206PartialContent);
        On(routes, one + "/copy", Read, CopyEndpoint.ShowAsync)
            .Says("How far a recording's MP4 is, for browsers that can't play its file.", who + "r.")
            .Answers<RecordingCopyItem>();
        On(routes, one + "/copy", ["POST"], CopyEndpoint.MakeAsync)
            .Says(
                "Has an MP4 (H.264, AAC) made of a recording; it waits for its turn. 409: there is nothing to make, or "
                + "no room; 503: too many wait.", who + "rw; who may watch it may.")
            .TakesNothing().Answers<RecordingCopyItem>(StatusCodes.Status202Accepted);
        foreach (var pattern in (string[])
            [root, root + "/" + Library.RecordId.Facets, one, .. Parts.Select(part => one + part)])
        {
            Preflight(routes, pattern);
        }
    }

    private static IEndpointConventionBuilder On(
        IEndpointRouteBuilder routes, string pattern, string[] methods, Handler handler) =>
        routes.MapMethods(pattern, methods, (RequestDelegate)(context => AnswerAsync(context, handler)))
            .AllowAnonymous();

    // Pages of other origins ask first.
    private static void Preflight(IEndpointRouteBuilder routes, string pattern) =>
        routes.MapMethods(pattern, ["OPTIONS"], (RequestDelegate)(context => AnswerAsync(context, Answered)))
            .AllowAnonymous().ExcludeFromDescription();

    private static Task Answered(HttpContext context, RecordingsDesk desk)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task AnswerAsync(HttpContext context, Handler handler)
    {
        var desk = context.RequestServices.GetRequiredService<RecordingsDesk>();
        // Under /api the API's own door did that already.
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)) desk.Origins.Answer(context);
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
