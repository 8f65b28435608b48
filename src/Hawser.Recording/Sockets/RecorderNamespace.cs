using System.Collections.Concurrent;
using System.Text.Json;
using Hawser.Recording.Library;
using Hawser.Recording.Playback;
using Hawser.Recording.Rights;
using Hawser.Recording.SocketIo;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Sockets;

/// <summary>
/// The namespace <c>/recording</c>: <c>start</c>, <c>chunk</c> and <c>stop</c> become calls of the library, its answers
/// <c>started</c>, <c>chunkSaved</c> and <c>finished</c>, errors, and acks (reference §1.2–1.9).
/// </summary>
internal sealed partial class RecorderNamespace(
    Recordings library, RecorderDesk desk, RecordingLinks links, RecordingAudit audit, RecordingParts parts)
    : SocketIoNamespace
{
    private readonly ConcurrentDictionary<SocketIoClient, RecorderVisit> _visits = new();
    private readonly ConcurrentDictionary<Task, byte> _waiting = new();
    private readonly ILogger _log = parts.Logs.CreateLogger<RecorderNamespace>();

    public override string Name => "/recording";

    /// <summary>Those who are here.</summary>
    public ICollection<RecorderVisit> Visits => _visits.Values;

    private long Now => parts.Time.GetUtcNow().ToUnixTimeMilliseconds();

    public override async ValueTask<ConnectAnswer> ConnectAsync(
        SocketIoClient client, JsonElement auth, CancellationToken cancellationToken)
    {
        var token = auth.ValueKind == JsonValueKind.Object && auth.TryGetProperty("token"u8, out var value)
            && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            ? value.ValueKind == JsonValueKind.String ? value.GetString() : "" : null;
        var (_, visitor) = await desk.FindAsync(client.Handshake, token, cancellationToken);
        if (visitor is null) return ConnectAnswer.Refuse("unauthorized", "unauthorized");
        client.State = new RecorderVisit(client, visitor);
        return ConnectAnswer.Accept;
    }

    public override void Connected(SocketIoClient client) => _visits[client] = VisitOf(client);

    public override void Disconnected(SocketIoClient client, SocketIoEnd end)
    {
        _visits.TryRemove(client, out _);
        VisitOf(client).Leave();
    }

    public override void BinaryBegins(SocketIoClient client, SocketIoEvent arriving)
    {
        if (arriving.Name != "chunk" || RecorderRequest.IdOf(arriving) is not { } id) return;
        arriving.State = library.Arriving(VisitOf(client).Visitor.Caller, id);
    }

    public override void BinaryAbandoned(SocketIoClient client, SocketIoEvent arriving) => Arrived(arriving);

    public override async ValueTask EventAsync(
        SocketIoClient client, SocketIoEvent arrived, CancellationToken cancellationToken)
    {
        var visit = VisitOf(client);
        try
        {
            switch (arrived.Name)
            {
                case "start":
                    await StartAsync(visit, arrived);
                    break;
                case "chunk":
                    await ChunkAsync(visit, arrived);
                    break;
                case "stop":
                    Stop(visit, arrived);
                    break;
                default:
                    // An unanswered packet blocks a client that repeats it until it is answered.
                    AckFailure(visit, arrived.AckId, null, RecordCode.UnknownEvent);
                    break;
            }
        }
        finally
        {
            Arrived(arrived);
        }
    }

    /// <summary>Waits until nobody waits here for the end of a recording any more.</summary>
    public Task DrainAsync() => Task.WhenAll(_waiting.Keys);

    private static RecorderVisit VisitOf(SocketIoClient client) => (RecorderVisit)client.State!;

    private static void Arrived(SocketIoEvent arrived)
    {
        (arrived.State as IDisposable)?.Dispose();
        arrived.State = null;
    }

    private async Task StartAsync(RecorderVisit visit, SocketIoEvent arrived)
    {
        var request = RecorderRequest.Read(arrived);
        var answer = new StartAnswer(request.Code);
        if (request.Code == RecordCode.Ok)
        {
            var id = request.RecordId!;
            // A recorder whose token's time is over may go on with what it has begun.
            answer = visit.Expired && !visit.Uses(id) ? new StartAnswer(RecordCode.Forbidden)
                : !visit.MayUse(id) ? new StartAnswer(RecordCode.QuotaExceeded)
                : await library.StartAsync(visit.Visitor.Caller, id, CancellationToken.None);
        }

        if (answer.Code != RecordCode.Ok)
        {
            TellFailure(visit, arrived.AckId, request.RecordId, answer.Code, answer.Code.Text(), "start");
            return;
        }

        Attend(visit, request.RecordId!);
        var message = new StartedMessage(request.RecordId!);
        if (answer.Resumed)
        {
            message = message with { Resumed = true, NextIndex = answer.NextIndex, NextSeq = answer.NextSeq };
        }

        visit.Client.Emit("started", message, RecorderJson.Default.StartedMessage);
        if (arrived.AckId is { } ack) visit.Client.Ack(ack, message, RecorderJson.Default.StartedMessage);
        if (!answer.Resumed) await WriteDownAsync(visit, RecordingDeed.Started, request.RecordId!);
    }

    private async Task ChunkAsync(RecorderVisit visit, SocketIoEvent arrived)
    {
        var request = RecorderRequest.Read(arrived);
        var (code, id, seq) = (request.Code, request.RecordId, (long?)null);
        if (code is RecordCode.BadRequest) code = arrived.IsTooLarge ? RecordCode.ChunkTooLarge : code;
        string? checksum = null;
        SocketIoAttachment? chunk = null;
        if (code == RecordCode.Ok
            && !(request.TryNumber("seq"u8, out seq) && request.TryText("checksum"u8, out checksum)))
        {
            code = RecordCode.BadRequest;
        }

        if (code == RecordCode.Ok) code = request.ReadChunk(arrived, out chunk);
        if (code == RecordCode.Ok && !visit.MayUse(id!)) code = RecordCode.QuotaExceeded;
        if (code != RecordCode.Ok)
        {
            TellChunkFailure(visit, arrived.AckId, id, code, seq);
            return;
        }

        // What has arrived whole is stored, also when the connection is gone by then.
        var saving = library.AppendAsync(
            visit.Visitor.Caller, id!, chunk!.ToSequence(), seq, checksum, CancellationToken.None);
        Arrived(arrived);
        var answer = await saving;
        if (answer.Code != RecordCode.Ok)
        {
            TellChunkFailure(visit, arrived.AckId, id, answer.Code, seq);
            return;
        }

        Attend(visit, id!);
        var message = new ChunkSavedMessage(id!, answer.Index) { Duplicate = answer.Duplicate ? true : null };
        visit.Client.Emit("chunkSaved", message, RecorderJson.Default.ChunkSavedMessage);
        if (arrived.AckId is { } ack) visit.Client.Ack(ack, message, RecorderJson.Default.ChunkSavedMessage);
        if (answer.Warning is not { } limit) return;
        var warning = new WarningMessage(id!, "Nine tenths of a limit are used: " + limit.Text(), limit.Name(), Now);
        visit.Client.Emit("recordingWarning", warning, RecorderJson.Default.WarningMessage);
    }

    // Takes as long as FFmpeg does; meanwhile the connection goes on being read.
    private void Stop(RecorderVisit visit, SocketIoEvent arrived)
    {
        var request = RecorderRequest.Read(arrived);
        var (code, ack) = (request.Code, arrived.AckId);
        long? chunks = null;
        if (code == RecordCode.Ok && (!request.TryNumber("chunks"u8, out chunks) || chunks > int.MaxValue))
        {
            code = RecordCode.BadRequest;
        }

        if (code != RecordCode.Ok)
        {
            TellFailure(visit, ack, request.RecordId, code, code.Text(), "stop");
            return;
        }

        // Called here and not later, so that it comes after the chunks that came before it.
        var id = request.RecordId!;
        var waiting = StopAsync(visit, id, (int?)chunks, ack);
        if (waiting.IsCompleted) return;
        _waiting.TryAdd(waiting, 0);
        _ = waiting.ContinueWith(t => _waiting.TryRemove(t, out _), TaskScheduler.Default);
    }

    private async Task StopAsync(RecorderVisit visit, string id, int? chunks, long? ack)
    {
        visit.Waits(id, 1);
        var isTold = false;
        try
        {
            var end = await library.StopAsync(visit.Visitor.Caller, id, chunks, visit.Client.Gone);
            await WriteDownAsync(visit, RecordingDeed.Stopped, id, end.Code == RecordCode.Ok);
            visit.Told(id);
            isTold = true;
            await TellEndAsync(visit, end, ack, "stop");
        }
        catch (OperationCanceledException) when (visit.Client.Gone.IsCancellationRequested)
        {
            // The recording ends all the same; who comes back asks again, or is told.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The edge of a background task.
            Log.Failed(_log, e);
            if (!isTold) TellFailure(visit, ack, id, RecordCode.Internal, RecordCode.Internal.Text(), "stop");
        }
        finally
        {
            visit.Waits(id, -1);
        }
    }

    private void Attend(RecorderVisit visit, string id) =>
        visit.Use(id, () => library.Attend(visit.Visitor.Caller, id, end => Ended(visit, end)));

    // Somebody else asked for the end, or nobody did.
    private void Ended(RecorderVisit visit, RecordEnd end)
    {
        if (!visit.IsToBeTold(end.RecordId)) return;
        var telling = TellSafelyAsync(visit, end);
        if (telling.IsCompleted) return;
        _waiting.TryAdd(telling, 0);
        _ = telling.ContinueWith(t => _waiting.TryRemove(t, out _), TaskScheduler.Default);
    }

    private async Task TellSafelyAsync(RecorderVisit visit, RecordEnd end)
    {
        try
        {
            await TellEndAsync(visit, end, null, "finalize");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(_log, e);
        }
    }

    private async Task TellEndAsync(RecorderVisit visit, RecordEnd end, long? ack, string eventName)
    {
        if (end.Code != RecordCode.Ok)
        {
            TellFailure(visit, ack, end.RecordId, end.Code, end.Text, eventName);
            return;
        }

        var message = new FinishedMessage(end.RecordId) { Incomplete = end.Incomplete ? true : null };
        if (!visit.Visitor.IsAnonymous)
        {
            var url = await links.DownloadAsync(end.Key, visit.Visitor, visit.Client.Gone);
            message = message with { DownloadUrl = url };
        }

        visit.Client.Emit("finished", message, RecorderJson.Default.FinishedMessage);
        if (ack is { } number) visit.Client.Ack(number, message, RecorderJson.Default.FinishedMessage);
    }

    private void TellChunkFailure(RecorderVisit visit, long? ack, string? id, RecordCode code, long? seq)
    {
        var message = new ErrorMessage(id, code.Text(), code.Name(), Now) { Seq = seq };
        visit.Client.Emit("chunkError", message, RecorderJson.Default.ErrorMessage);
        AckFailure(visit, ack, id, code);
    }

    private void TellFailure(
        RecorderVisit visit, long? ack, string? id, RecordCode code, string text, string eventName)
    {
        var message = new ErrorMessage(id, text, code.Name(), Now) { Event = eventName };
        visit.Client.Emit("recordingError", message, RecorderJson.Default.ErrorMessage);
        AckFailure(visit, ack, id, code, text);
    }

    private static void AckFailure(RecorderVisit visit, long? ack, string? id, RecordCode code, string? text = null)
    {
        if (ack is not { } number) return;
        var message = new FailedAck(id, text ?? code.Text(), code.Name());
        visit.Client.Ack(number, message, RecorderJson.Default.FailedAck);
    }

    private Task WriteDownAsync(RecorderVisit visit, RecordingDeed deed, string id, bool happened = true) => happened
        ? audit.WriteAsync(deed, visit.Visitor, id, visit.Client.Handshake.Remote) : Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(7110, LogLevel.Error, "A recorder could not be told of an end")]
        internal static partial void Failed(ILogger logger, Exception exception);
    }
}
