using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies.Admin;

/// <summary>
/// <c>POST /api/strategies/{guid}/draft</c>: what other options of a strategy would change on a device, on the devices
/// of a group, or on all; by the code that decides, and nothing is stored. Says too which devices are too old for an
/// option, and which are given the strategy but are under a stronger one. Ours.
/// </summary>
internal static class DraftPreview
{
    private const int Shown = 50;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/strategies/{guid}/draft", HandleAsync)
            .ForAdmins(Area.Strategy, write: false, AdminRight.StrategiesView)
            .WithSummary("What other options of a strategy would change on a device or a group; nothing is stored.")
            .Reads<DraftBody>(DraftBody.Example).Answers<DraftAnswer>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DraftJson.Default.DraftBody, 256 << 10);
        if (body is null) return error!;
        if (await StrategiesAdmin.FindAsync(db, guid, cancellationToken) is not { } strategy)
        {
            return Problem.NotFound("strategy");
        }

        var draft = body.ConfigOptions is null ? StrategyText.Parse(strategy.Options)
            : new(body.ConfigOptions.ToDictionary(o => o.Key, o => o.Value ?? ""), StringComparer.Ordinal);
        var check = StrategyRules.Check(draft, stopConfirmed: true);
        if (check.Errors.Count > 0) return Problem.Invalid(check.Errors, "config_options");
        if (body is { Peer: not null, Group: not null }) return Problem.Invalid("It is peer or group.", "peer");
        // Seeing a strategy is not seeing what is under it (admin reference §6.4).
        var devices = AdminScope.Devices(db, user, AdminRight.DevicesView).AsNoTracking();
        if (body.Peer is { } peer)
        {
            devices = devices.Where(d => d.Guid == peer);
            if (!await devices.AnyAsync(cancellationToken)) return Problem.NotFound("device");
        }
        else if (body.Group is { } group)
        {
            if (!await db.DeviceGroups.AnyAsync(g => g.Guid == group, cancellationToken))
            {
                return Problem.NotFound("device group");
            }

            devices = devices.Where(d => db.DeviceGroupMembers.Any(
                m => m.GroupGuid == group && m.DeviceGuid == d.Guid));
        }

        var (before, after) = await EffectAsync(db, strategy, draft, body.Peer, cancellationToken);
        var tally = new DraftTally(strategy.Guid, draft, Shown);
        await CountAsync(db, devices, tally, cancellationToken);
        return ClientResults.Json(
            await AnswerAsync(db, tally, DraftOption.Of(before, after), cancellationToken),
            DraftJson.Default.DraftAnswer);
    }

    private static async Task CountAsync(
        HawserDb db, IQueryable<Device> devices, DraftTally tally, CancellationToken cancellationToken)
    {
        for (var last = ""; ;)
        {
            var page = await (
                from device in devices
                where string.Compare(device.Id, last) > 0
                orderby device.Id
                join known in db.DeviceDetails.AsNoTracking() on device.Guid equals known.DeviceGuid into all
                from details in all.DefaultIfEmpty()
                select new DraftDevice(
                    device.Guid, device.Id, (Guid?)details.OwnerGuid, (string?)details.Version,
                    (string?)details.NameOverride, (string?)details.Hostname))
                .Take(StrategyPreview.AtOnce).ToListAsync(cancellationToken);
            var subjects = page.ConvertAll(d => new StrategySubject(d.Guid, d.Owner, null));
            var ladders = await StrategyLadder.ReadAsync(db, subjects, null, cancellationToken);
            foreach (var device in page) tally.Add(device, ladders.GetValueOrDefault(device.Guid) ?? []);
            if (page.Count < StrategyPreview.AtOnce) return;
            last = page[^1].Id;
        }
    }

    // Of one device what it has now, whichever strategy that is from; of many what the strategy says.
    private static async Task<(SortedDictionary<string, string> Before, SortedDictionary<string, string> After)>
        EffectAsync(
            HawserDb db, Strategy strategy, SortedDictionary<string, string> draft, Guid? device,
            CancellationToken cancellationToken)
    {
        var chosen = strategy.Enabled ? strategy : null;
        if (device is { } one)
        {
            var owner = await db.DeviceDetails.Where(d => d.DeviceGuid == one).Select(d => d.OwnerGuid)
                .FirstOrDefaultAsync(cancellationToken);
            chosen = (await EffectiveStrategies.ChooseAsync(
                db, [new StrategySubject(one, owner, null)], cancellationToken)).GetValueOrDefault(one);
            var rollouts = await StrategyDrafts.ReadAsync(db, [one], cancellationToken);
            if (chosen is not null && rollouts.GetValueOrDefault(one) is { } reached
                && reached.Strategy == chosen.Guid) chosen = reached.Instead();
        }

        var before = chosen is null ? new(StringComparer.Ordinal) : StrategyText.Parse(chosen.Options);
        return (before, chosen?.Guid == strategy.Guid ? draft : before);
    }

    private static async Task<DraftAnswer> AnswerAsync(
        HawserDb db, DraftTally tally, IReadOnlyList<DraftOption> options, CancellationToken cancellationToken)
    {
        var owners = tally.Shadowed.Where(s => s.Winner.Level == StrategyTarget.User).Select(s => s.Winner.Target)
            .ToHashSet();
        var people = await db.Users.AsNoTracking().Where(u => owners.Contains(u.Guid))
            .ToDictionaryAsync(u => u.Guid, u => u.Name, cancellationToken);
        var stronger = tally.Shadowed.Select(s => s.Winner.Strategy).ToHashSet();
        var names = await db.Strategies.AsNoTracking().Where(s => stronger.Contains(s.Guid))
            .ToDictionaryAsync(s => s.Guid, s => s.Name, cancellationToken);
        return new DraftAnswer
        {
            Devices = tally.Devices,
            Governed = tally.Governed,
            ShadowedCount = tally.ShadowedCount,
            TooOldCount = tally.TooOldCount,
            Options = options,
            TooOld = tally.TooOld,
            Shadowed =
            [
                .. tally.Shadowed.Select(s => new DraftShadow(
                    s.Device.Id, s.Device.Name, s.Winner.Strategy, names.GetValueOrDefault(s.Winner.Strategy, ""),
                    s.Winner.Level switch
                    {
                        StrategyTarget.Device => "device", StrategyTarget.User => "user", _ => "device_group",
                    },
                    s.Winner.Level switch
                    {
                        StrategyTarget.Device => s.Device.Id,
                        StrategyTarget.User => people.GetValueOrDefault(s.Winner.Target, ""),
                        _ => s.Winner.Group,
                    })),
            ],
        };
    }
}
