using System.Collections.Immutable;
using Hawser.Api.Notifications;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Audit;

namespace Hawser.Api.Audit;

/// <summary>Told of an alarm before it is saved; what it adds to the context is saved with it.</summary>
/// <param name="db">The context of the transaction.</param>
/// <param name="alarm">The alarm.</param>
/// <param name="cancellationToken">Gives up.</param>
/// <returns>What to do once it is stored; null: nothing.</returns>
internal delegate Task<Action?> AlarmRaised(HawserDb db, AlarmAudit alarm, CancellationToken cancellationToken);

/// <summary>Alarms of devices, and who is told of them: by mail, in the console, and whoever else asks.</summary>
internal sealed class Alarms(ApiParts parts, AlarmNotices notices, Outbox outbox, TimeProvider time)
{
    private ImmutableArray<AlarmRaised> _listeners = [];

    /// <summary>Has somebody told of every alarm from now on, in the transaction that stores it.</summary>
    public void WhenRaised(AlarmRaised listener) => ImmutableInterlocked.Update(ref _listeners, l => l.Add(listener));

    /// <summary>Tells everybody of an alarm that is about to be stored.</summary>
    internal async Task AddingAsync(
        HawserDb db, AlarmAudit alarm, List<Action> whenStored, CancellationToken cancellationToken)
    {
        alarm.Source = AlarmMutes.SourceOf(alarm);
        if (await AlarmMutes.FindAsync(db, alarm, time.GetUtcNow().UtcDateTime, cancellationToken) is { } mute)
        {
            // It is kept, for whoever looks for it; nobody is told.
            (alarm.State, alarm.HandledBy, alarm.HandledAt) = (AlarmState.Resolved, mute.CreatedBy, alarm.CreatedAt);
            whenStored.Add(() => parts.Feed.Publish(new LiveEvent("alarm", alarm.Guid.ToString())));
            return;
        }

        if (await notices.AddAsync(db, alarm, cancellationToken) > 0) whenStored.Add(outbox.Wake);
        foreach (var listener in _listeners)
        {
            if (await listener(db, alarm, cancellationToken) is { } then) whenStored.Add(then);
        }

        whenStored.Add(() => parts.Feed.Publish(new LiveEvent("alarm", alarm.Guid.ToString())));
    }
}
