using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Ingest;

/// <summary>
/// <c>POST /api/record</c> (reference §11): query <c>type</c>, <c>file</c>, <c>offset</c>, <c>length</c>, raw bytes.
/// An answer with a key <c>error</c> ends the upload; success has no body.
/// </summary>
internal static partial class RecordEndpoint
{
    public static async Task HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var outcome = await OutcomeAsync(context, services.GetRequiredService<RecordUploads>());
        services.GetRequiredService<RecordingMetrics>().Count(outcome);
        context.Response.StatusCode = outcome.Status();
        if (outcome == UploadOutcome.Done)
        {
            context.Response.ContentLength = 0;
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        var body = JsonSerializer.SerializeToUtf8Bytes(new ErrorAnswer(outcome.Text()), RecordJson.Default.ErrorAnswer);
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static async Task<UploadOutcome> OutcomeAsync(HttpContext context, RecordUploads uploads)
    {
        try
        {
            return await StepAsync(context, uploads);
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => UploadOutcome.TooLong,
                StatusCodes.Status408RequestTimeout => UploadOutcome.TooSlow,
                _ => UploadOutcome.WrongLength,
            };
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            Log.Failed(LoggerOf(context), e.Message);
            return RecordingStore.IsFull(e) ? UploadOutcome.DiskIsFull : UploadOutcome.Failed;
        }
        catch (Exception e) when (e.IsStoreFault() || e is UnauthorizedAccessException)
        {
            Log.Failed(LoggerOf(context), e.Message);
            return UploadOutcome.Failed;
        }
    }

    private static Task<UploadOutcome> StepAsync(HttpContext context, RecordUploads uploads)
    {
        var query = context.Request.Query;
        var type = query["type"].ToString();
        if (type is not ("new" or "part" or "tail" or "remove")) return Task.FromResult(UploadOutcome.BadRequest);
        if (!RecordingName.TryParse(query["file"], out var name)) return Task.FromResult(UploadOutcome.BadName);
        var from = context.Connection.RemoteIpAddress is { } remote ? UploadRights.Plain(remote) : null;
        var cancellation = context.RequestAborted;
        if (type == "new") return uploads.StartAsync(name, from, cancellation);
        if (type == "remove") return uploads.RemoveAsync(name, from, cancellation);
        if (!TryNumber(query["offset"], out var offset) || !TryNumber(query["length"], out var length))
        {
            return Task.FromResult(UploadOutcome.BadRequest);
        }

        var options = context.RequestServices.GetRequiredService<RecordingOptions>();
        if (length > (type == "tail" ? RecordUploads.MaxHeader : (long)options.MaxPart << 20))
        {
            return Task.FromResult(UploadOutcome.TooLong);
        }

        if (context.Request.ContentLength is { } announced && announced != length)
        {
            return Task.FromResult(UploadOutcome.WrongLength);
        }

        Allow(context, length);
        var body = context.Request.BodyReader;
        if (type == "part") return uploads.WriteAsync(name, offset, length, body, from, cancellation);
        return offset == 0 ? uploads.FinishAsync(name, length, body, from, cancellation)
            : Task.FromResult(UploadOutcome.BadRequest);
    }

    /// <summary>Parts are longer than any other request of this server may be.</summary>
    private static void Allow(HttpContext context, long length)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // Where the length is not announced, the marks between the pieces are counted as well; a piece of one byte
            // has six of them. How long the part itself may be is seen to where it is written.
            limit.MaxRequestBodySize = context.Request.ContentLength is null ? (length * 8) + 1024 : length;
        }
    }

    private static bool TryNumber(string? text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && number <= long.MaxValue >> 2;

    private static ILogger LoggerOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<RecordingParts>().Logs.CreateLogger(typeof(RecordEndpoint));

    private static partial class Log
    {
        [LoggerMessage(7020, LogLevel.Error, "A part of a recording could not be stored: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}

/// <summary>What ends an upload.</summary>
/// <param name="Error">The sentence.</param>
internal sealed record ErrorAnswer([property: JsonPropertyName("error")] string Error);

/// <summary>Writes without reflection.</summary>
[JsonSerializable(typeof(ErrorAnswer))]
internal sealed partial class RecordJson : JsonSerializerContext;
