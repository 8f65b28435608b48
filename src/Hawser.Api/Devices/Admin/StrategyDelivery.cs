using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>GET /api/strategies/delivery</c>: how many devices each strategy governs now, after precedence, and how many of
/// them have it. Four passes over what is given and stored, none of them device by device; what took long is kept in
/// proportion, so that however many people look at it, it costs a twentieth of a core at most. Ours.
/// </summary>
internal sealed class StrategyDelivery(ApiParts parts, DevicePresence presence, TimeProvider time) : IDisposable
{
    private const int Rest = 20;
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _one = new(1, 1);
    private IReadOnlyList<StrategyDeliveryItem> _last = [];
    private long _at;
    private TimeSpan _rest = TimeSpan.Zero;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/strategies/delivery", async (StrategyDelivery delivery, CancellationToken ct) =>
                ClientResults.Json(
                    await delivery.ListAsync(ct), StrategyDeliveryJson.Default.IReadOnlyListStrategyDeliveryItem))
            .ForAdmins(Area.Strategy, write: false, AdminRight.StrategiesView)
            .WithSummary("How many devices each strategy governs now, and how many of them have it; not paged.")
            .Answers<IReadOnlyList<StrategyDeliveryItem>>();

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    /// <summary>Of every strategy.</summary>
    internal async Task<IReadOnlyList<StrategyDeliveryItem>> ListAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var began = time.GetTimestamp();
            if (_rest > TimeSpan.Zero && time.GetElapsedTime(_at, began) < _rest) return _last;
            _last = await CountAsync(cancellationToken);
            _at = time.GetTimestamp();
            var took = time.GetElapsedTime(began, _at);
            // Of few devices it is always what is there now.
            _rest = took < TimeSpan.FromMilliseconds(100) ? TimeSpan.Zero
                : took * Rest < LongestRest ? took * Rest : LongestRest;
            return _last;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<IReadOnlyList<StrategyDeliveryItem>> CountAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var strategies = await db.Strategies.AsNoTracking().Select(s => new
        {
            s.Guid,
            s.Enabled,
            By = db.StrategyVersions.Where(v => v.StrategyGuid == s.Guid).OrderByDescending(v => v.ChangedAt)
                .ThenByDescending(v => v.Guid).Select(v => v.ChangedBy).FirstOrDefault(),
        }).ToListAsync(cancellationToken);
        var counts = strategies.ToDictionary(s => s.Guid, _ => new Count());
        var dayAgo = time.GetUtcNow().AddDays(-1).ToUnixTimeSeconds();
        var winners = await StrategyWinners.ReadAsync(db, cancellationToken);
        foreach (var strategy in winners.Values) counts[strategy].Governs++;
        var enabled = strategies.Where(s => s.Enabled).Select(s => s.Guid).ToHashSet();
        var states = (
            from state in db.DeviceStrategyStates.AsNoTracking()
            join device in db.Devices on state.DeviceGuid equals device.Guid
            select new { state.DeviceGuid, device.Id, state.StrategyGuid, state.Stamp }).AsAsyncEnumerable();
        await foreach (var state in states.WithCancellation(cancellationToken))
        {
            if (!winners.TryGetValue(state.DeviceGuid, out var winner) || !enabled.Contains(winner)) continue;
            // What was stored is what the device was to be told when it was heard of last.
            if (presence.Find(state.Id)?.ModifiedAt is not { } told) counts[winner].Unknown++;
            else if (state.StrategyGuid == winner && told == state.Stamp) counts[winner].Delivered++;
            // Who is away can't take it; who is here and did not in a day never will without somebody's help.
            else if (state.Stamp <= dayAgo && presence.IsOnline(state.Id)) counts[winner].Overdue++;
        }

        return strategies.ConvertAll(s =>
        {
            var count = counts[s.Guid];
            var waiting = s.Enabled ? count.Governs - count.Delivered - count.Unknown : 0;
            return new StrategyDeliveryItem(
                s.Guid, count.Governs, count.Delivered, waiting, count.Unknown, s.By ?? "") { Overdue = count.Overdue };
        });
    }

    private sealed class Count
    {
        public int Governs { get; set; }

        public int Delivered { get; set; }

        public int Unknown { get; set; }

        public int Overdue { get; set; }
    }
}

/// <summary>How far a strategy has come.</summary>
/// <param name="Guid">The strategy.</param>
/// <param name="Governs">Devices that it decides about now; when it is disabled, they are managed by none.</param>
/// <param name="Delivered">Those that said they have it as it is.</param>
/// <param name="Waiting">Those that have it not, or something older.</param>
/// <param name="Unknown">Those that this node did not hear of since it started.</param>
/// <param name="ChangedBy">Who changed its options last; empty: nobody, or the server's operator.</param>
internal sealed record StrategyDeliveryItem(
    [property: JsonPropertyName("guid")] Guid Guid,
    [property: JsonPropertyName("governs")] int Governs,
    [property: JsonPropertyName("delivered")] int Delivered,
    [property: JsonPropertyName("waiting")] int Waiting,
    [property: JsonPropertyName("unknown")] int Unknown,
    [property: JsonPropertyName("changed_by")] string ChangedBy)
{
    /// <summary>Those of the waiting ones that are online and did not take it for a day.</summary>
    [JsonPropertyName("overdue")]
    public int Overdue { get; init; }
}

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(IReadOnlyList<StrategyDeliveryItem>))]
internal sealed partial class StrategyDeliveryJson : JsonSerializerContext;
