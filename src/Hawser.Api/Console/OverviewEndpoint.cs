using System.Text.Json.Serialization;
using Hawser.Api.Delegation;
using Hawser.Api.Devices;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console;

/// <summary>What Home shows, and what a client must be told to find this server.</summary>
internal static class OverviewEndpoint
{
    private const int Latest = 8;

    /// <summary><c>GET /api/console/overview</c>.</summary>
    public static async Task<IResult> HandleAsync(
        CurrentUser user, HawserDb db, DeviceReach reach, DevicePresence presence, Attention attention,
        CancellationToken cancellationToken)
    {
        var devices = AdminScope.Shown(db, user, (await reach.OfAsync(db, user, cancellationToken)).Devices);
        var total = await devices.CountAsync(cancellationToken);
        var online = user.IsAdmin ? Math.Min(presence.Online, total)
            : (await devices.OrderBy(d => d.Id).Select(d => d.Id).Take(2000).ToListAsync(cancellationToken))
                .Count(presence.IsOnline);
        var mine = db.ConnectionAudits.AsNoTracking().Where(a => a.Type != null);
        if (!user.MayEverywhere(AdminRight.AuditView))
        {
            var guid = user.Guid;
            mine = mine.Where(a => a.UserGuid == guid || (a.DeviceGuid != null
                && db.DeviceDetails.Any(x => x.DeviceGuid == a.DeviceGuid && x.OwnerGuid == guid)));
        }

        var live = await mine.CountAsync(a => a.EndedAt == null, cancellationToken);
        var latest = await mine.OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Guid).Take(Latest)
            .Select(a => new LatestSession(
                a.Guid.ToString(), a.DeviceId, a.UserName, a.PeerName, a.Address, a.Type, a.CreatedAt, a.EndedAt))
            .ToListAsync(cancellationToken);
        return ClientResults.Json(
            new Overview(
                total, online, live,
                user.IsAdmin ? await db.Users.CountAsync(cancellationToken) : null,
                latest.ConvertAll(s => s with
                {
                    CreatedAt = DateTime.SpecifyKind(s.CreatedAt, DateTimeKind.Utc),
                    EndedAt = s.EndedAt is { } end ? DateTime.SpecifyKind(end, DateTimeKind.Utc) : null,
                }),
                user.IsAdmin ? await attention.ListAsync(db, cancellationToken) : []),
            OverviewJson.Default.Overview);
    }

    /// <summary><c>GET /api/console/client-setup</c>.</summary>
    public static IResult ClientSetup(SettingsStore settings, ApiParts parts)
    {
        var console = settings.Get(ConsoleSettings.Key);
        return parts.DescribeClient is { } describe
            ? ClientResults.Json(describe(console.PublicHost, console.ApiUrl), OverviewJson.Default.ClientSetup)
            : Problem.NotFound("thing");
    }

    /// <summary><c>GET /api/console/health</c>.</summary>
    public static IResult Health(ApiParts parts, DevicePresence presence, TimeProvider time) => ClientResults.Json(
        new HealthReply(
            parts.Version, Environment.Version.ToString(), Environment.MachineName, parts.Store.Address.Shown,
            time.GetUtcNow().UtcDateTime, presence.Online,
            [.. (parts.Health?.Invoke() ?? []).Select(p => new PartState(p.Key, p.Value))]),
        OverviewJson.Default.HealthReply);
}

/// <summary>What Home shows.</summary>
internal sealed record Overview(
    int Devices, int Online, int LiveSessions, int? Users, IReadOnlyList<LatestSession> Latest,
    IReadOnlyList<AttentionItem> Attention);

/// <summary>A session of the latest ones.</summary>
internal sealed record LatestSession(
    string Guid, string DeviceId, string UserName, string PeerName, string Address, int? Type, DateTime CreatedAt,
    DateTime? EndedAt);

/// <summary>How a part of the server is.</summary>
internal sealed record PartState(string Part, string State);

/// <summary>How the server is.</summary>
internal sealed record HealthReply(
    string Version, string Runtime, string Node, string Database, DateTime Time, int Online,
    IReadOnlyList<PartState> Parts);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Overview))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(ClientSetup))]
internal sealed partial class OverviewJson : JsonSerializerContext;
