using System.Buffers;
using System.Security.Cryptography;
using Hawser.Data.Recordings;
using Hawser.Recording.Media;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>How chunks are stored (reference §1.6, §1.9, §4.2, §4.3).</summary>
internal sealed partial class Recordings
{
    private const int MostNumbers = 8;
    private const int Sniffed = 64;

    /// <summary>
    /// Stores a chunk; done means durable. Calls for one recording are carried out one after the other in the order
    /// they were made in; the bytes are read before the task ends and may be given back then.
    /// </summary>
    /// <param name="caller">Who.</param>
    /// <param name="recordId">Which recording.</param>
    /// <param name="chunk">The bytes; may be none.</param>
    /// <param name="seq">The client's own number.</param>
    /// <param name="checksum">SHA-256 in lower-case hex.</param>
    /// <param name="cancellationToken">Gives up as long as nothing is stored.</param>
    public async Task<AppendAnswer> AppendAsync(
        RecordCaller caller, string? recordId, ReadOnlySequence<byte> chunk, long? seq, string? checksum,
        CancellationToken cancellationToken)
    {
        if (!RecordId.IsValid(recordId)) return Counted(new(RecordCode.BadRecordId));
        if ((caller.Rights & RecordRights.Record) == RecordRights.None) return Counted(new(RecordCode.Forbidden));
        if (seq < 0) return Counted(new(RecordCode.BadRequest));
        var held = live.Hold(recordId);
        held.Arrive(caller.Owner, 1, _time.GetTimestamp());
        try
        {
            await held.Gate.WaitAsync(cancellationToken);
            try
            {
                return Counted(await AppendHeldAsync(caller, held, new Piece(chunk, seq, checksum), cancellationToken));
            }
            finally
            {
                held.Gate.Release();
            }
        }
        catch (Exception e) when (Explain(e, recordId) is { } code)
        {
            return Counted(new(code));
        }
        finally
        {
            held.Arrive(caller.Owner, -1, _time.GetTimestamp());
            live.LetGo(held);
        }
    }

    private AppendAnswer Counted(AppendAnswer answer)
    {
        metrics.Count(answer.Code);
        return answer;
    }

    private async Task<AppendAnswer> AppendHeldAsync(
        RecordCaller caller, LiveRecording held, Piece piece, CancellationToken cancellationToken)
    {
        // Twice, when another node changed the row since it was read here.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var row = await RowAsync(held, anew: attempt > 0, cancellationToken);
            if (row is null || !IsOwn(caller, row))
            {
                held.Row = null;
                return new(RecordCode.NotStarted);
            }

            if (row.Status is not (RecordingStatus.Recording or RecordingStatus.Stopping))
            {
                if (attempt == 0) continue;
                if (!await ReopenAsync(held, row, cancellationToken)) return new(RecordCode.Finished);
                row = held.Row!;
            }

            if (await StoreAsync(held, row, piece, cancellationToken) is { } answer) return answer;
        }

        held.Row = null;
        return new(RecordCode.Finished);
    }

    /// <returns>Null when the recording takes no chunks any more.</returns>
    private async Task<AppendAnswer?> StoreAsync(
        LiveRecording held, RecordingRow row, Piece piece, CancellationToken cancellationToken)
    {
        var bytes = piece.Bytes.Length;
        if (bytes > (long)options.MaxChunk << 20) return new(RecordCode.ChunkTooLarge);
        if (!piece.IsIntact()) return new(RecordCode.BadChecksum);
        if (await IsRepeatedAsync(held, row, piece, cancellationToken) is { } known) return known;
        // Nothing but empty chunks so far: this one has to be the beginning.
        if (row.Size == 0 && bytes > 0 && !LooksLikeMedia(piece.Bytes)) return new(RecordCode.UnsupportedMedia);
        if (!storage.HasRoomFor(bytes, start: false)) return new(RecordCode.StorageFull);
        var granted = await limits.TakeAsync(parts.Store, row, bytes, cancellationToken);
        if (granted != RecordCode.Ok) return new(granted);
        AppendAnswer? answer = null;
        try
        {
            return answer = await PlaceAsync(held, row, piece, cancellationToken);
        }
        finally
        {
            if (answer is not { Code: RecordCode.Ok, Duplicate: false }) limits.GiveBack(row, bytes);
        }
    }

    /// <summary>Bytes to the disk, then a number, then the name with the number, then the row.</summary>
    private async Task<AppendAnswer?> PlaceAsync(
        LiveRecording held, RecordingRow row, Piece piece, CancellationToken cancellationToken)
    {
        // The first number is asked for while the bytes are written: a number that is not used then is lost, as others.
        var numbering = counter.NextAsync(held.RecordId, cancellationToken);
        await using var prepared = await PreparedAsync(held, piece, numbering, cancellationToken);
        for (var attempt = 0; attempt < MostNumbers; attempt++)
        {
            var index = await (attempt == 0 ? numbering : counter.NextAsync(held.RecordId, cancellationToken));
            // A counter that forgot (Redis was emptied) is put right; nothing is ever replaced (reference §4.2).
            if (index < row.NextIndex || !await prepared.PublishAsync(index, cancellationToken))
            {
                await RaiseAsync(row, index, cancellationToken);
                continue;
            }

            var outcome = await ledger.AddAsync(new RecordingChunk
            {
                RecordingGuid = row.Guid, Index = index, Seq = piece.Seq, Length = piece.Bytes.Length,
                Hash = piece.Seq is null ? null : piece.Hash,
            });
            // Without a row it is nobody's, and would be taken for one whose row was lost.
            if (outcome != ChunkOutcome.Stored) await prepared.WithdrawAsync();
            if (outcome == ChunkOutcome.Closed) return null;
            if (outcome == ChunkOutcome.Taken)
            {
                // Another node has stored the same number of the client's since it was looked at here.
                return piece.Seq is not null
                    && await RepeatedAsync(row, piece, cancellationToken) is { } repeated
                    ? repeated : new(RecordCode.StorageError);
            }

            row.Chunks++;
            row.Size += piece.Bytes.Length;
            row.NextIndex = index + 1;
            if (piece.Seq > held.HighestSeq) held.HighestSeq = piece.Seq;
            var before = row.ActiveAt;
            row.ActiveAt = Now;
            metrics.AddBytes(piece.Bytes.Length);
            return new(RecordCode.Ok) { Index = index, Warning = limits.Nears(row, piece.Bytes.Length, before) };
        }

        return new(RecordCode.IndexUnavailable);
    }

    private async Task<PreparedChunk> PreparedAsync(
        LiveRecording held, Piece piece, Task numbering, CancellationToken cancellationToken)
    {
        try
        {
            return await storage.PrepareAsync(held.RecordId, piece.Bytes, cancellationToken);
        }
        catch
        {
            // The next chunk's number is asked for after this one's.
            await numbering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task RaiseAsync(RecordingRow row, int index, CancellationToken cancellationToken)
    {
        var found = await storage.ChunksAsync(row.RecordId, cancellationToken);
        await using var db = parts.Store.CreateDb();
        var known = await db.Recordings.Where(r => r.Guid == row.Guid).Select(r => r.NextIndex)
            .FirstOrDefaultAsync(cancellationToken);
        var next = Math.Max(Math.Max(known, index + 1), found.Count == 0 ? 0 : found[^1].Index + 1);
        row.NextIndex = Math.Max(row.NextIndex, known);
        await counter.RaiseAsync(row.RecordId, next, cancellationToken);
        Log.Raised(_log, row.Guid, next);
    }

    /// <summary>
    /// Looks for a repetition. A number above all that are known is none, unless it came to another node meanwhile: the
    /// row's own index finds that out, so that the usual chunk costs no question to the database.
    /// </summary>
    private async Task<AppendAnswer?> IsRepeatedAsync(
        LiveRecording held, RecordingRow row, Piece piece, CancellationToken cancellationToken)
    {
        if (piece.Seq is not { } seq) return null;
        if (held.HighestSeq is null)
        {
            await using var db = parts.Store.CreateDb();
            var known = db.RecordingChunks.Where(c => c.RecordingGuid == row.Guid);
            held.HasAdopted = await known.AnyAsync(c => c.Seq == null && c.Hash != null, cancellationToken);
            held.HighestSeq = await known.MaxAsync(c => c.Seq, cancellationToken) ?? -1;
        }

        if (seq <= held.HighestSeq && await RepeatedAsync(row, piece, cancellationToken) is { } repeated)
        {
            return repeated;
        }

        return held.HasAdopted ? await AdoptedAsync(held, row, piece, seq, cancellationToken) : null;
    }

    /// <summary>
    /// A chunk that was stored before a crash, but not answered: nothing but its bytes tells that the client sends it
    /// again. From now on it has the client's number.
    /// </summary>
    private async Task<AppendAnswer?> AdoptedAsync(
        LiveRecording held, RecordingRow row, Piece piece, long seq, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var (guid, length, hash) = (row.Guid, piece.Bytes.Length, piece.Hash);
        var same = db.RecordingChunks.Where(
            c => c.RecordingGuid == guid && c.Seq == null && c.Hash == hash && c.Length == length);
        while (await same.OrderBy(c => c.Index).Select(c => (int?)c.Index).FirstOrDefaultAsync(cancellationToken)
            is { } index)
        {
            // Another node may be quicker.
            if (await same.Where(c => c.Index == index)
                .ExecuteUpdateAsync(s => s.SetProperty(c => c.Seq, seq), cancellationToken) == 0) continue;
            if (seq > held.HighestSeq) held.HighestSeq = seq;
            return new(RecordCode.Ok) { Index = index, Duplicate = true };
        }

        return null;
    }

    /// <summary>A number that the client used before (reference §1.9); null: it did not.</summary>
    private async Task<AppendAnswer?> RepeatedAsync(
        RecordingRow row, Piece piece, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var known = await db.RecordingChunks.AsNoTracking()
            .FirstOrDefaultAsync(c => c.RecordingGuid == row.Guid && c.Seq == piece.Seq, cancellationToken);
        if (known is null) return null;
        return known.Length == piece.Bytes.Length && known.Hash.AsSpan().SequenceEqual(piece.Hash)
            ? new(RecordCode.Ok) { Index = known.Index, Duplicate = true }
            : new(RecordCode.SeqConflict);
    }

    private static bool LooksLikeMedia(ReadOnlySequence<byte> bytes)
    {
        Span<byte> head = stackalloc byte[(int)Math.Min(Sniffed, bytes.Length)];
        bytes.Slice(0, head.Length).CopyTo(head);
        return Container.Of(head) != ContainerKind.Unknown;
    }

    private sealed class Piece(ReadOnlySequence<byte> bytes, long? seq, string? checksum)
    {
        private byte[]? _hash;

        public ReadOnlySequence<byte> Bytes { get; } = bytes;

        public long? Seq { get; } = seq;

        public byte[] Hash => _hash ??= Hashed();

        public bool IsIntact() => checksum is null || string.Equals(
            checksum, Convert.ToHexStringLower(Hash), StringComparison.Ordinal);

        private byte[] Hashed()
        {
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var segment in Bytes) sha.AppendData(segment.Span);
            return sha.GetHashAndReset();
        }
    }
}
