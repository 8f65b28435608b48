using System.Text;
using Hawser.Cluster;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.Extensions.Logging;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Rendezvous.Registering;

/// <summary>
/// The rules. UUID_MISMATCH makes a client throw its id away, so it is answered only when memory, which holds every
/// stored device, says for certain that the id is another device's. Whatever is in doubt hears something else.
/// </summary>
internal sealed partial class KeyRegistration
{
    private readonly record struct Refusal(Result? Result);

    // Null: accepted, answered after the commit.
    private Refusal? Decide(KeyRequest request)
    {
        if (!_registry.IsLoaded) return new Refusal(null);
        var message = request.Message;
        if (Encoding.UTF8.GetByteCount(message.Id) is var length && length < PeerId.MinLength)
        {
            return new Refusal(Result.UuidMismatch);
        }

        if (length > IdKey.MaxLength) return new Refusal(Result.InvalidIdFormat);
        if (!_drafts.TryGetValue(message.Id, out var draft)) draft = new KeyDraft(message.Id, _registry);
        if (!draft.IsKnown && IsUnfit(message.Id) is { } unfit) return new Refusal(unfit);
        var uuid = UuidHash.Of(message.Uuid.Span);
        var key = DeviceKey.From(message.Pk.Span);
        if (!draft.IsExact(uuid, key))
        {
            if (NotYet(request) is { } notYet) return notYet;
            if (Refuse(request, draft, uuid, key) is { } refusal) return new Refusal(refusal);
        }

        var now = MonotonicClock.Tenths(_registry.Clock.Milliseconds);
        if (!draft.TryCount(now)) return new Refusal(Result.TooFrequent);
        if (draft.IsKnown && !draft.Known.Host.SameHost(request.Source)) _changes.Record(draft.Id, request.Source);
        draft.Accept(request, uuid, key);
        _drafts[message.Id] = draft;
        _accepted.Add((request, draft));
        return null;
    }

    // Ids that are known from before, for instance by import, are served whatever they look like.
    private static Result? IsUnfit(string id)
    {
        if (id.Length < PeerId.MinLength) return Result.UuidMismatch;
        return PeerId.IsRegistrable(id) && id != PeerId.SelfTest ? null : Result.InvalidIdFormat;
    }

    private Result? Refuse(KeyRequest request, KeyDraft draft, UuidHash uuid, DeviceKey key)
    {
        if (!_budgets.TryTake(request.Source, BudgetKind.KeyRegistration)) return Result.TooFrequent;
        if (draft.IsKnown)
        {
            var isOther = draft.Known.Uuid != uuid
                || (draft.Known.PublicKey != key && !draft.Known.Host.SameHost(request.Source));
            if (!isOther) return null;
            // What only this batch knows may yet fail to be stored: no ground for a mismatch.
            if (draft.IsChanged) return Result.TooFrequent;
            Alert(draft.Id, request.Source);
            Claims?.Note(request.Message, request.Source, ClaimState.Refused);
            return Result.UuidMismatch;
        }

        if (_registry.IsFull)
        {
            _metrics.NewPeerPutOff();
            if (_budgets.TryTake(0, 1, BudgetKind.Alert)) Log.RegistryFull(_log, _registry.Count);
            return Result.TooFrequent;
        }

        var mayAdd = _budgets.TryTake(request.Source, BudgetKind.NewId)
            && _budgets.TryTake(0, 0, BudgetKind.NewIdOfAll);
        return mayAdd ? null : Result.TooFrequent;
    }

    private void Alert(string id, PeerAddress source)
    {
        _metrics.IdConflict();
        var name = UuidHash.Of(Encoding.UTF8.GetBytes(id));
        if (!_budgets.TryTake(name.High, name.Low, BudgetKind.Alert)) return;
        Log.IdConflict(_log, id, source);
        _feed.Publish(new LiveEvent("id-conflict", id));
    }

    // Group commit: one transaction for all that was accepted, then memory, then the answers.
    private async Task CommitAsync()
    {
        if (_accepted.Count == 0) return;
        var isDone = false;
        try
        {
            await RefuseRetiredAsync();
            var now = _time.GetUtcNow().UtcDateTime;
            var changed = _drafts.Values.Where(d => d is { IsChanged: true, Refusal: null }).ToList();
            var rows = changed.ConvertAll(d => d.ToDevice(now));
            var isStored = rows.Count == 0 || await TrySaveAsync(rows);
            foreach (var draft in changed.Where(_ => !isStored)) draft.Refusal = Result.ServerError;
            foreach (var draft in _drafts.Values)
            {
                // A known device that only moved is served where it is, even when the store can't be told.
                var onlyMoved = draft is { Refusal: Result.ServerError, IsKeyChanged: false };
                if (draft.Refusal is null || onlyMoved) draft.Apply(_registry, isStored: draft.Refusal is null);
            }

            isDone = true;
        }
        finally
        {
            foreach (var (request, draft) in _accepted)
            {
                Answer(request, isDone ? draft.Refusal ?? Result.Ok : Result.ServerError);
            }

            _accepted.Clear();
            _drafts.Clear();
        }
    }

    private async Task RefuseRetiredAsync()
    {
        var newcomers = _drafts.Values.Where(d => !d.WasKnown).ToList();
        var checks = newcomers.Select(async draft => draft.Refusal = await CheckRetiredAsync(draft));
        await Task.WhenAll(checks);
    }

    private async Task<Result?> CheckRetiredAsync(KeyDraft draft)
    {
        try
        {
            var isRetired = await _store.IsRetiredAsync(draft.Id, draft.Uuid, CancellationToken.None);
            return isRetired ? Result.UuidMismatch : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            StoreFailed(e);
            return Result.ServerError;
        }
    }

    private async Task<bool> TrySaveAsync(IReadOnlyList<StoredDevice> devices)
    {
        try
        {
            await _store.SaveAsync(devices, CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            StoreFailed(e);
            return false;
        }
    }

    private async Task<Result> RenameNowAsync(KeyRequest request)
    {
        var (oldId, newId) = (request.Message.OldId, request.Message.Id);
        var uuid = UuidHash.Of(request.Message.Uuid.Span);
        var hasOld = _registry.TryReadKey(oldId, out var old);
        if (_registry.TryReadKey(newId, out var taken)) return taken.Uuid == uuid ? Result.Ok : Result.IdExists;
        if (!hasOld || old.Uuid != uuid) return Result.UuidMismatch;
        try
        {
            var outcome = await _store
                .RenameAsync(oldId, newId, request.Message.Uuid.ToByteArray(), CancellationToken.None)
                ;
            if (outcome == RenameOutcome.Taken) return Result.IdExists;
            if (outcome != RenameOutcome.Renamed) return Result.UuidMismatch;
            _registry.Rename(oldId, newId);
            _feed.Publish(new LiveEvent("peer-renamed", newId));
            // Who keeps something under the old id in memory reads its row again, and finds none.
            _feed.Publish(new LiveEvent("device-changed", oldId));
            Log.Renamed(_log, oldId, newId, request.Source);
            return Result.Ok;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            StoreFailed(e);
            return Result.ServerError;
        }
    }

    private void StoreFailed(Exception e)
    {
        _metrics.StoreFailed();
        if (_budgets.TryTake(0, 2, BudgetKind.Alert)) Log.StoreFailed(_log, e);
    }

    private static partial class Log
    {
        [LoggerMessage(1050, LogLevel.Warning, "Two devices claim the id {PeerId}; the one at {Remote} was refused")]
        public static partial void IdConflict(ILogger log, string peerId, PeerAddress remote);

        [LoggerMessage(1051, LogLevel.Error, "Registrations can't be stored; devices are told to try again")]
        public static partial void StoreFailed(ILogger log, Exception e);

        [LoggerMessage(1102, LogLevel.Warning, "{Count} devices are known, no more are taken (Rendezvous:MaxPeers)")]
        public static partial void RegistryFull(ILogger log, int count);

        [LoggerMessage(1103, LogLevel.Information, "The device {OldId} at {Remote} is {NewId} from now on")]
        public static partial void Renamed(ILogger log, string oldId, string newId, PeerAddress remote);

        [LoggerMessage(1104, LogLevel.Error, "A key registration failed")]
        public static partial void Fault(ILogger log, Exception e);
    }
}
