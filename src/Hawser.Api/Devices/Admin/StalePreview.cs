using System.Globalization;
using System.Text.Json.Serialization;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary><c>/api/devices/stale</c>: the rule for devices that stay away, and whom it hits next. Ours.</summary>
internal static class StalePreview
{
    private const int Shown = 10;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/devices/stale", AnswerAsync)
            .ForAdmins(Area.Device, write: false, AdminRight.DevicesView)
            .WithSummary("What the rule for devices that stay away is, and whom it hits next.")
            .Query("disable_days", "As if this were the rule; with bin_days; 0: never.")
            .Query("bin_days", "As if this were the rule.").Answers<StalePlan>();

    private static async Task<IResult> AnswerAsync(
        HttpContext context, CurrentUser user, HawserDb db, SettingsStore settings, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var rule = settings.Get(StaleSettings.Key);
        foreach (var key in (string[])["disable_days", "bin_days"])
        {
            var text = context.Request.Query[key].ToString();
            if (text.Length == 0) continue;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days))
            {
                return Problem.Invalid($"{key}: 0 to {StaleSettings.MostDays}.", key);
            }

            rule = key == "bin_days" ? rule with { BinDays = days } : rule with { DisableDays = days };
        }

        if (StaleSettings.Complaints(rule) is [var wrong, ..]) return Problem.Invalid(wrong, wrong.Split(':')[0]);
        var devices = AdminScope.Devices(db, user, AdminRight.DevicesView).AsNoTracking();
        var now = time.GetUtcNow().UtcDateTime;
        var (disable, disabled) = rule.DisableDays == 0 ? ([], 0)
            : await NextAsync(StaleRule.ToDisable(db, devices), "disable", rule.DisableDays, now, cancellationToken);
        var (bin, binned) = rule.BinDays == 0 ? ([], 0)
            : await NextAsync(StaleRule.ToBin(db, devices, rule), "bin", rule.BinDays, now, cancellationToken);
        return ClientResults.Json(
            new StalePlan
            {
                DisableDays = rule.DisableDays,
                BinDays = rule.BinDays,
                DisableNow = disabled,
                BinNow = binned,
                MostATurn = StaleRule.MostATurn,
                Next = [.. disable.Concat(bin).OrderBy(n => n.Due).ThenBy(n => n.Id, StringComparer.Ordinal)
                    .Take(Shown)],
            },
            StalePreviewJson.Default.StalePlan);
    }

    private static async Task<(List<StaleNext> Next, int Now)> NextAsync(
        IQueryable<StaleRow> rows, string action, int days, DateTime now, CancellationToken cancellationToken)
    {
        var end = now.AddDays(-days);
        var due = await rows.CountAsync(r => r.Since < end, cancellationToken);
        var first = await rows.Take(Shown).ToListAsync(cancellationToken);
        return (first.ConvertAll(r => new StaleNext
        {
            Guid = r.Guid,
            Id = r.Id,
            Name = r.Name,
            LastSeen = WireTime.Seconds(r.LastSeen),
            Action = action,
            Due = WireTime.Seconds(r.Since.AddDays(days)),
        }), due);
    }
}

/// <summary>The rule, and what it does next.</summary>
internal sealed record StalePlan
{
    /// <summary>0: it disables nothing.</summary>
    [JsonPropertyName("disable_days")]
    public required int DisableDays { get; init; }

    /// <summary>0: it takes nothing to the bin.</summary>
    [JsonPropertyName("bin_days")]
    public required int BinDays { get; init; }

    /// <summary>How many it would disable by now.</summary>
    [JsonPropertyName("disable_now")]
    public required int DisableNow { get; init; }

    /// <summary>How many it would take to the bin by now.</summary>
    [JsonPropertyName("bin_now")]
    public required int BinNow { get; init; }

    /// <summary>How many of each it takes in an hour.</summary>
    [JsonPropertyName("most_a_turn")]
    public required int MostATurn { get; init; }

    /// <summary>The first ones, the soonest first.</summary>
    [JsonPropertyName("next")]
    public required IReadOnlyList<StaleNext> Next { get; init; }
}

/// <summary>A device that the rule hits, if nobody sees it until then.</summary>
internal sealed record StaleNext
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("last_seen")]
    public required long LastSeen { get; init; }

    /// <summary>disable or bin.</summary>
    [JsonPropertyName("action")]
    public required string Action { get; init; }

    /// <summary>When; in the past: with the next turn.</summary>
    [JsonPropertyName("due")]
    public required long Due { get; init; }
}

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(StalePlan))]
internal sealed partial class StalePreviewJson : JsonSerializerContext;
