using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Delegation;
using Hawser.Api.Devices;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Recordings;
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
        SettingsStore settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var devices = AdminScope.Shown(db, user, (await reach.OfAsync(db, user, cancellationToken)).Devices);
        var total = await devices.CountAsync(cancellationToken);
        var online = user.IsAdmin ? Math.Min(presence.Online, total)
            : (await devices.OrderBy(d => d.Id).Select(d => d.Id).Take(2000).ToListAsync(cancellationToken))
                .Count(presence.IsOnline);
        var self = user.Guid;
        var mine = db.ConnectionAudits.AsNoTracking().Where(a => a.Type != null);
        if (!user.MayEverywhere(AdminRight.AuditView))
        {
            mine = mine.Where(a => a.UserGuid == self || (a.DeviceGuid != null
                && db.DeviceDetails.Any(x => x.DeviceGuid == a.DeviceGuid && x.OwnerGuid == self)));
        }

        var live = await mine.CountAsync(a => a.EndedAt == null, cancellationToken);
        var latest = await mine.OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Guid).Take(Latest)
            .Select(a => new LatestSession(
                a.Guid, a.DeviceId, a.UserName, a.PeerName, a.Address, a.Type, a.CreatedAt, a.EndedAt,
                a.Note, a.UserGuid == self))
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
                await attention.ListAsync(db, user, cancellationToken),
                await HomeDevices.RecentAsync(db, self, devices, presence, cancellationToken),
                user.IsAdmin ? await FleetAsync(db, time.GetUtcNow().UtcDateTime, cancellationToken) : null)
            {
                Favourites = await HomeDevices.FavouritesAsync(db, self, devices, presence, cancellationToken),
                Mine = user.IsAdmin ? null : await HomeDevices.MineAsync(
                    db, self, presence, !settings.Get(AuditSettings.Key).AdminsOnly, cancellationToken),
            },
            OverviewJson.Default.Overview);
    }

    private static async Task<FleetFigures> FleetAsync(
        HawserDb db, DateTime now, CancellationToken cancellationToken)
    {
        var (direct, relayed) = await ActivityEndpoint.PathsAsync(db, now, cancellationToken);
        return new FleetFigures(
            direct, relayed,
            await db.Recordings.CountAsync(r => r.Status == RecordingStatus.Recording, cancellationToken));
    }

    /// <summary><c>GET /api/console/client-setup</c>.</summary>
    public static IResult ClientSetup(SettingsStore settings, ApiParts parts)
    {
        var console = settings.Get(ConsoleSettings.Key);
        return parts.DescribeClient is { } describe
            ? ClientResults.Json(describe(console.PublicHost, console.ApiUrl), OverviewJson.Default.ClientSetup)
            : Problem.NotFound("thing");
    }
}

/// <summary>What Home shows.</summary>
internal sealed record Overview(
    int Devices, int Online, int LiveSessions, int? Users, IReadOnlyList<LatestSession> Latest,
    IReadOnlyList<AttentionItem>? Attention, IReadOnlyList<HomeDevice> Recent, FleetFigures? Fleet)
{
    /// <summary>Devices that the person keeps at hand and reaches.</summary>
    public required IReadOnlyList<HomeDevice> Favourites { get; init; }

    /// <summary>The person's own devices; administrators have the fleet instead.</summary>
    public OwnDevices? Mine { get; init; }
}

/// <summary>What is going on everywhere; administrators are told.</summary>
/// <param name="Direct">Introductions of the last day that needed no relay.</param>
/// <param name="Relayed">Those that did.</param>
/// <param name="Recordings">Recordings that arrive now.</param>
internal sealed record FleetFigures(long Direct, long Relayed, int Recordings);

/// <summary>A session of the latest ones.</summary>
internal sealed record LatestSession(
    Guid Guid, string DeviceId, string UserName, string PeerName, string Address, int? Type, DateTime CreatedAt,
    DateTime? EndedAt, string Note, bool IsMine);

/// <summary>How a part of the server is.</summary>
internal sealed record PartState(string Part, string State);

/// <summary>How the server is.</summary>
internal sealed record HealthReply(
    string Version, string Runtime, string Node, string Database, DateTime Time, int Online,
    IReadOnlyList<PartState> Parts, IReadOnlyList<HealthCheck> Checks, IReadOnlyList<WaitingWork> Queues,
    IReadOnlyList<Trouble> Troubles);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Overview))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(ClientSetup))]
internal sealed partial class OverviewJson : JsonSerializerContext;
