using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Data;
using Hawser.Data.Audit;

namespace Hawser.Api.Accounts.Login;

/// <summary>
/// The alarms of account logins (reference §16.3): 3 for more than 30 failed attempts without a success between, 4 for
/// more than 6 within a minute, 5 for more than 15 within an hour. Attempts that had to wait count as well. Each is
/// told once an hour for an account, whether it exists or not.
/// </summary>
internal sealed class LoginAlarms(Alarms audit, TimeProvider time)
{
    private const int Capacity = 20_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Counts> _accounts = new(StringComparer.Ordinal);

    /// <summary>Counts a failed attempt.</summary>
    /// <returns>The rows of alarms that became due, without the user; not stored yet.</returns>
    public List<AlarmAudit> Count(string account, LoginDevice device, IPAddress? from)
    {
        var name = AccountNames.Clean(account, AccountNames.MaximumLength);
        var due = Count(AccountNames.Normalize(name), out var attempts);
        var info = new AlarmInfo(from?.ToString() ?? "", device.Id, name, attempts);
        return [.. due.Select(type => new AlarmAudit
        {
            DeviceId = device.Id,
            Type = type,
            Info = JsonSerializer.Serialize(info, AlarmInfoJson.Default.AlarmInfo),
            CreatedAt = time.GetUtcNow().UtcDateTime,
        })];
    }

    /// <summary>Stores alarms, and tells whoever is told of alarms.</summary>
    public async Task StoreAsync(HawserDb db, List<AlarmAudit> alarms, CancellationToken cancellationToken)
    {
        if (alarms.Count == 0) return;
        var whenStored = new List<Action>();
        foreach (var alarm in alarms)
        {
            db.AlarmAudits.Add(alarm);
            await audit.AddingAsync(db, alarm, whenStored, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        foreach (var then in whenStored) then();
    }

    /// <summary>The account logged in completely.</summary>
    public void Clear(string account)
    {
        lock (_gate) _accounts.Remove(AccountNames.Normalize(account));
    }

    private List<int> Count(string key, out int attempts)
    {
        var due = new List<int>();
        lock (_gate)
        {
            if (_accounts.Count >= Capacity && !_accounts.ContainsKey(key)) MakeRoom();
            if (!_accounts.TryGetValue(key, out var counts)) _accounts[key] = counts = new Counts();
            var now = time.GetTimestamp();
            if (counts.Hour == 0 || time.GetElapsedTime(counts.HourAt, now) >= TimeSpan.FromHours(1))
            {
                (counts.HourAt, counts.Hour, counts.Told) = (now, 0, 0);
            }

            if (counts.Minute == 0 || time.GetElapsedTime(counts.MinuteAt, now) >= TimeSpan.FromMinutes(1))
            {
                (counts.MinuteAt, counts.Minute) = (now, 0);
            }

            attempts = ++counts.All;
            counts.Minute++;
            counts.Hour++;
            Tell(3, counts.All > 30);
            Tell(4, counts.Minute > 6);
            Tell(5, counts.Hour > 15);
            return due;

            void Tell(int type, bool now)
            {
                if (!now || (counts.Told & (1 << type)) != 0) return;
                counts.Told |= 1 << type;
                due.Add(type);
            }
        }
    }

    private void MakeRoom()
    {
        foreach (var (old, _) in _accounts.OrderBy(a => a.Value.MinuteAt).Take(Capacity / 10).ToList())
        {
            _accounts.Remove(old);
        }
    }

    private sealed class Counts
    {
        public int All { get; set; }

        public int Minute { get; set; }

        public long MinuteAt { get; set; }

        public int Hour { get; set; }

        public long HourAt { get; set; }

        public int Told { get; set; }
    }
}

/// <summary>What an alarm says, in the keys that devices use for theirs (reference §10.6).</summary>
internal sealed record AlarmInfo(
    [property: JsonPropertyName("ip")] string Ip,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("attempts")] int Attempts);

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(AlarmInfo))]
internal sealed partial class AlarmInfoJson : JsonSerializerContext;
