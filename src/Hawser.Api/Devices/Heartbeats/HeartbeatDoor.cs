using System.Buffers;
using System.Text;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Devices.Heartbeats;

/// <summary>
/// <c>POST /api/heartbeat</c> (reference §8.3), answered before routing, authentication and everything else: it is
/// nearly all that a fleet sends. Read in place, no database, nothing allocated that stays.
/// </summary>
internal sealed class HeartbeatDoor(RequestDelegate next, HeartbeatDesk desk)
{
    /// <summary>The path.</summary>
    internal const string Path = "/api/heartbeat";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var isHeartbeat = request.Path.Value == Path && HttpMethods.IsPost(request.Method);
        return isHeartbeat ? desk.ServeAsync(context) : next(context);
    }
}

/// <summary>Serves heartbeats.</summary>
internal sealed class HeartbeatDesk(DeviceTable table, DeviceReader reader, TimeProvider time)
{
    /// <summary>A heartbeat has about 120 bytes; one with hundreds of connections has a few thousand.</summary>
    private const int MaximumBody = 16 << 10;

    private const long MostDiscarded = 4 << 20;

    private static readonly byte[] Nothing = "{}"u8.ToArray();
    private static readonly TimeSpan ReadingLimit = TimeSpan.FromSeconds(5);

    public Task ServeAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaximumBody) return TooLargeAsync(context);
        // Nearly always the body has come with the head.
        var reading = context.Request.BodyReader.ReadAsync(context.RequestAborted);
        if (!reading.IsCompletedSuccessfully) return ServeSlowlyAsync(context, reading);
        var result = reading.Result;
        return result.IsCompleted
            ? TakeAsync(context, result.Buffer) : ServeSlowlyAsync(context, ValueTask.FromResult(result));
    }

    private async Task ServeSlowlyAsync(HttpContext context, ValueTask<System.IO.Pipelines.ReadResult> reading)
    {
        var body = context.Request.BodyReader;
        try
        {
            while (true)
            {
                var result = await reading;
                if (result.Buffer.Length > MaximumBody)
                {
                    body.AdvanceTo(result.Buffer.End);
                    await TooLargeAsync(context);
                    return;
                }

                if (result.IsCompleted)
                {
                    await TakeAsync(context, result.Buffer);
                    return;
                }

                body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                reading = body.ReadAsync(context.RequestAborted);
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await TooLargeAsync(context);
        }
    }

    private Task TakeAsync(HttpContext context, in ReadOnlySequence<byte> body)
    {
        Span<byte> texts = stackalloc byte[2 * Heartbeat.MaximumText];
        Span<int> conns = stackalloc int[Heartbeat.MaximumConns];
        var json = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
        if (!Heartbeat.TryRead(json, texts, conns, out var beat))
        {
            context.Request.BodyReader.AdvanceTo(body.End);
            return ClientResults.Error(400, "The request is not a heartbeat.").ExecuteAsync(context);
        }

        var outcome = table.Beat(beat, mayRead: true, out var reply);
        if (outcome == BeatOutcome.Unknown)
        {
            var unknown = new UnknownBeat(beat);
            context.Request.BodyReader.AdvanceTo(body.End);
            return ReadAndServeAsync(context, unknown);
        }

        context.Request.BodyReader.AdvanceTo(body.End);
        return outcome == BeatOutcome.TooFrequent
            ? ClientResults.Error(429, "Too many requests from this device.").ExecuteAsync(context)
            : Write(context, reply);
    }

    // A device that this process has not heard of yet, or one of which something changed.
    private async Task ReadAndServeAsync(HttpContext context, UnknownBeat beat)
    {
        if (beat.Uuid.Length > 0 && !reader.IsMissing(DeviceHash.Of(beat.Id)))
        {
            try
            {
                // The answer changes nothing: what could not be read is read at the next heartbeat.
                await reader.ReadAsync(beat.IdText, beat.ModifiedAt, context.RequestAborted)
                    .WaitAsync(ReadingLimit, time);
            }
            catch (TimeoutException)
            {
            }
        }

        await Write(context, beat.Ask(table));
    }

    private static Task Write(HttpContext context, byte[]? reply)
    {
        var body = reply ?? Nothing;
        var response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        response.BodyWriter.Write(body);
        // The server flushes at the end of the request.
        return Task.CompletedTask;
    }

    // Read to its end and thrown away, within reason: a client that is still sending would not see the answer.
    private static async Task TooLargeAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        try
        {
            for (var seen = 0L; seen < MostDiscarded;)
            {
                var result = await body.ReadAsync(context.RequestAborted);
                seen += result.Buffer.Length;
                body.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }
        }
        catch (BadHttpRequestException)
        {
            // More than the server takes at all.
        }

        await ClientResults.Error(413, "The request is too large.").ExecuteAsync(context);
    }

    /// <summary>A heartbeat that must wait, copied.</summary>
    private sealed class UnknownBeat(in Heartbeat beat)
    {
        private readonly int _version = beat.Version;
        private readonly int[] _conns = beat.Conns.ToArray();

        public byte[] Id { get; } = beat.Id.ToArray();

        public byte[] Uuid { get; } = beat.Uuid.ToArray();

        public long ModifiedAt { get; } = beat.ModifiedAt;

        public string IdText => Encoding.UTF8.GetString(Id);

        public byte[]? Ask(DeviceTable table)
        {
            var again = new Heartbeat
            {
                Id = Id, Uuid = Uuid, ModifiedAt = ModifiedAt, Version = _version, Conns = _conns,
            };
            table.Beat(again, mayRead: false, out var reply);
            return reply;
        }
    }
}
