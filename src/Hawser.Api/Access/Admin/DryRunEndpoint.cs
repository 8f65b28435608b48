using System.Text.Json;
using System.Text.Json.Nodes;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access.Admin;

/// <summary><c>POST /api/access/dry-run</c>: who would gain and lose what by a change of rules. Ours.</summary>
internal static class DryRunEndpoint
{
    private const int MostExamples = 20;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/access/dry-run", HandleAsync)
            .ForAdmins(Area.Access, write: false, AdminRight.AccessView)
            .WithSummary("Who would gain and lose what by a change of rules and of the policy; nothing is changed.")
            .Query("current", "Which page of both lists, from 1.").Query("pageSize", "Pairs on a page, 100.")
            .Reads<DryRunBody>(DryRunBody.Example).Answers<DryRunAnswer>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, PageQuery page, HawserDb db, ApiParts parts, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AccessAdminJson.Default.DryRunBody, 1 << 20);
        if (body is null) return error!;
        var rows = await AccessReader.ReadAsync(db, parts.Pins, cancellationToken);
        var (settings, complaint) = Settings(rows.Settings, body.Settings);
        if (settings is null) return Problem.Invalid(complaint, "settings");
        var (rules, wrong, field) = await RulesAsync(db, body, cancellationToken);
        if (rules is null) return Problem.Invalid(wrong, field);
        var (moved, stranger) = await MovedAsync(db, body, cancellationToken);
        if (moved is null) return Problem.Invalid(stranger, "members");
        if (body.WithoutGroup is { } group && !await ForgetAsync(db, group, rules, moved, cancellationToken))
        {
            return Problem.Invalid("There is no such group, or it is the usual one.", "without_group");
        }

        var (devices, unknown) = await DevicesAsync(db, body, cancellationToken);
        if (devices is null) return Problem.Invalid(unknown, "devices");
        var difference = await AccessDryRun.CompareAsync(
            db, new AccessSnapshot(rows), new AccessSnapshot(AccessDryRun.With(rows, settings, rules)),
            new MembershipChange(moved, body.WithoutGroup, devices), page, time.GetUtcNow().UtcDateTime,
            cancellationToken);
        if (difference is null)
        {
            return Problem.Of(413, "too_many", $"There are more than {AccessDryRun.MostPairs} pairs to compare.");
        }

        return ClientResults.Json(new DryRunAnswer
        {
            Pairs = difference.Pairs,
            Gained = difference.Gained,
            Lost = difference.Lost,
            AnybodyGains = difference.Anybody.Gained,
            AnybodyLoses = difference.Anybody.Lost,
            Unassigned = difference.Unassigned.Count,
            UnassignedDevices = [.. difference.Unassigned.Take(MostExamples)],
            Gains = [.. difference.Gains.Select(p => new PairItem(p.User, p.Device))],
            Losses = [.. difference.Losses.Select(p => new PairItem(p.User, p.Device))],
        }, AccessAdminJson.Default.DryRunAnswer);
    }

    // As deleting it does: rules about it go, and its users go to the usual group.
    private static async Task<bool> ForgetAsync(
        HawserDb db, Guid group, List<AccessRule> rules, Dictionary<Guid, Guid> moved,
        CancellationToken cancellationToken)
    {
        rules.RemoveAll(r => r.SubjectGuid == group || r.TargetGuid == group);
        if (await db.DeviceGroups.AnyAsync(g => g.Guid == group, cancellationToken)) return true;
        var usual = await db.UserGroups.Where(g => g.IsDefault).Select(g => g.Guid).FirstAsync(cancellationToken);
        if (group == usual || !await db.UserGroups.AnyAsync(g => g.Guid == group, cancellationToken)) return false;
        var members = db.Users.Where(u => u.UserGroupGuid == group).OrderBy(u => u.Guid).Select(u => u.Guid);
        foreach (var user in await members.ToListAsync(cancellationToken)) moved.TryAdd(user, usual);
        return true;
    }

    private static async Task<(List<AccessRule>? Rules, string Error, string Field)> RulesAsync(
        HawserDb db, DryRunBody body, CancellationToken cancellationToken)
    {
        if ((body.Add?.Count ?? 0) + (body.Update?.Count ?? 0) + (body.Delete?.Count ?? 0) > 1000)
        {
            return (null, "At most 1000 changes at once.", "add");
        }

        var rules = await db.AccessRules.AsNoTracking().ToListAsync(cancellationToken);
        var gone = body.Delete?.ToHashSet() ?? [];
        rules.RemoveAll(r => gone.Contains(r.Guid));
        var changes = (body.Add ?? []).Select(r => (r, true)).Concat((body.Update ?? []).Select(r => (r, false)));
        foreach (var (change, isNew) in changes)
        {
            if (change is null) return (null, "A rule is null.", "add");
            var row = isNew ? new AccessRule() : rules.Find(r => r.Guid == change.Guid);
            if (row is null) return (null, $"There is no rule {change.Guid}.", "update");
            var (draft, error, field) = await change.ApplyAsync(db, isNew ? null : row, cancellationToken);
            if (draft is null) return (null, error, field);
            if (await AccessRules.ComplaintAsync(db, draft, cancellationToken) is { } complaint)
            {
                return (null, complaint, isNew ? "add" : "update");
            }

            AccessRules.Fill(row, draft, row.CreatedAt);
            if (isNew) rules.Add(row);
        }

        return (rules, "", "");
    }

    private static async Task<(Dictionary<Guid, Guid>? Moved, string Error)> MovedAsync(
        HawserDb db, DryRunBody body, CancellationToken cancellationToken)
    {
        var moved = new Dictionary<Guid, Guid>();
        if (body.Members is { Count: > 1000 }) return (null, "At most 1000 users at once.");
        foreach (var member in body.Members ?? [])
        {
            if (member is null) return (null, "A member is null.");
            if (await RuleWords.FindAsync(db, AccessTarget.User, member.User, cancellationToken) is not { } user)
            {
                return (null, $"There is no user \"{member.User}\".");
            }

            if (await RuleWords.FindAsync(db, AccessTarget.UserGroup, member.UserGroup, cancellationToken)
                is not { } group) return (null, $"There is no user group \"{member.UserGroup}\".");
            moved[user] = group;
        }

        return (moved, "");
    }

    private static async Task<(Dictionary<string, Func<TargetFacts, TargetFacts>>? Devices, string Error)>
        DevicesAsync(HawserDb db, DryRunBody body, CancellationToken cancellationToken)
    {
        var devices = new Dictionary<string, Func<TargetFacts, TargetFacts>>(StringComparer.Ordinal);
        if (body.Devices is { Count: > 1000 }) return (null, "At most 1000 devices at once.");
        foreach (var change in body.Devices ?? [])
        {
            if (change is null) return (null, "A device is null.");
            if (await RuleWords.FindAsync(db, AccessTarget.Device, change.Device, cancellationToken) is null)
            {
                return (null, $"There is no device \"{change.Device}\".");
            }

            var owner = default(User);
            if (change.Owner is { Length: > 0 } name)
            {
                var guid = await RuleWords.FindAsync(db, AccessTarget.User, name, cancellationToken);
                owner = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Guid == guid, cancellationToken);
                if (owner is null) return (null, $"There is no user \"{name}\".");
            }

            var (add, remove) = (await GroupAsync(change.AddGroup), await GroupAsync(change.RemoveGroup));
            if ((add is null && change.AddGroup is not null) || (remove is null && change.RemoveGroup is not null))
            {
                return (null, $"There is no device group \"{(add is null ? change.AddGroup : change.RemoveGroup)}\".");
            }

            devices[change.Device!] = facts => Elsewhere(facts, change.Owner is not null, owner, add, remove);
        }

        return (devices, "");

        Task<Guid?> GroupAsync(string? name) =>
            RuleWords.FindAsync(db, AccessTarget.DeviceGroup, name, cancellationToken);
    }

    private static TargetFacts Elsewhere(TargetFacts facts, bool isGiven, User? owner, Guid? add, Guid? remove)
    {
        if (isGiven)
        {
            facts = facts with
            {
                Owner = owner?.Guid, OwnerGroup = owner?.UserGroupGuid,
                OwnerEnabled = owner is not { Status: UserStatus.Disabled },
            };
        }

        if (remove is { } old) facts = facts with { Groups = facts.Groups.Remove(old) };
        return add is { } more && !facts.Groups.Contains(more)
            ? facts with { Groups = facts.Groups.Add(more) } : facts;
    }

    private static (AccessSettings? Settings, string Error) Settings(AccessSettings now, JsonElement? changed)
    {
        if (changed is not { ValueKind: JsonValueKind.Object } members) return (now, "");
        try
        {
            var tree = (JsonObject)JsonSerializer.SerializeToNode(now, AccessJson.Default.AccessSettings)!;
            foreach (var member in members.EnumerateObject())
            {
                if (!tree.ContainsKey(member.Name)) return (null, $"There is no member {member.Name}.");
                tree[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            }

            return (tree.Deserialize(AccessJson.Default.AccessSettings), "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, "The setting \"access\" does not take these values.");
        }
    }
}
