using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Delegation;
using Hawser.Api.Devices;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Data;
using Hawser.Data.Groups;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Groups.Admin;

/// <summary>
/// <c>/api/device-groups/{guid}/members</c> and the same of user groups: who is in a group and who is not, and changing
/// both at once. Unlike with the vendor's calls, a device that joins a group stays in its others. Ours.
/// </summary>
internal static class GroupMembers
{
    private const int Most = 10_000;
    private const int BodyBytes = 1 << 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        Lists(routes.MapGet("/api/device-groups/{guid}/members", DevicesAsync)
            .ForAdmins(Area.DeviceGroup, write: false, AdminRight.DeviceGroupsView), "Devices");
        Lists(routes.MapGet("/api/user-groups/{guid}/members", UsersAsync)
            .ForAdmins(Area.UserGroup, write: false, AdminRight.UserGroupsView), "Users");
        routes.MapPost("/api/device-groups/{guid}/members", ChangeDevicesAsync)
            .ForAdmins(Area.DeviceGroup, write: true, AdminRight.DevicesGroup)
            .WithSummary("Puts devices into a group beside their others, and takes devices out of it, at once.")
            .Reads<MembersBody>(MembersBody.Example).AnswersNothing();
        routes.MapPost("/api/user-groups/{guid}/members", ChangeUsersAsync)
            .ForAdmins(Area.UserGroup, write: true, AdminRight.UsersGroup)
            .WithSummary("Moves users into a group, and others out of it to the default one, at once.")
            .Reads<MembersBody>(MembersBody.Example).AnswersNothing();
    }

    private static void Lists(IEndpointConventionBuilder route, string what) =>
        route.WithSummary($"{what}, each with whether it is in the group.")
            .Query("q", "A part of the id, the name, or the owner's name or the present group.")
            .Query("member", "1: only those in it; 0: only the others.").Answers<Page<MemberItem>>();

    private static async Task<IResult> DevicesAsync(
        HttpContext context, string guid, CurrentUser user, PageQuery page, HawserDb db,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(db.DeviceGroups.Where(g => g.Guid == Wanted(guid)), cancellationToken) is not { } wanted)
        {
            return Problem.NotFound("device group");
        }

        var rows =
            from d in AdminScope.Devices(db, user, AdminRight.DevicesView).AsNoTracking()
            join details in db.DeviceDetails on d.Guid equals details.DeviceGuid into known
            from x in known.DefaultIfEmpty()
            select new MemberRow
            {
                Guid = d.Guid,
                Key = d.Id,
                Name = x == null ? "" : x.NameOverride != "" ? x.NameOverride : x.Hostname,
                More = db.Users.Where(u => u.Guid == x.OwnerGuid).Select(u => u.Name).FirstOrDefault() ?? "",
                IsMember = db.DeviceGroupMembers.Any(m => m.DeviceGuid == d.Guid && m.GroupGuid == wanted.Guid),
            };
        return await AnswerAsync(rows, context, page, cancellationToken);
    }

    private static async Task<IResult> UsersAsync(
        HttpContext context, string guid, CurrentUser user, PageQuery page, HawserDb db,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(db.UserGroups.Where(g => g.Guid == Wanted(guid)), cancellationToken) is not { } wanted)
        {
            return Problem.NotFound("user group");
        }

        var rows =
            from u in AdminScope.Users(db, user, AdminRight.UsersView).AsNoTracking()
            join g in db.UserGroups on u.UserGroupGuid equals g.Guid
            select new MemberRow
            {
                Guid = u.Guid,
                Key = u.Name,
                Name = u.DisplayName,
                More = g.Name,
                IsMember = u.UserGroupGuid == wanted.Guid,
            };
        return await AnswerAsync(rows, context, page, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(
        IQueryable<MemberRow> rows, HttpContext context, PageQuery page, CancellationToken cancellationToken)
    {
        var asked = context.Request.Query["member"].ToString();
        if (asked is "0" or "1") rows = rows.Where(r => r.IsMember == (asked == "1"));

        rows = rows.Searching(context, r => r.Key, r => r.Name, r => r.More);
        var total = await rows.CountAsync(cancellationToken);
        var some = await rows.OrderBy(r => r.Key).Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        return ClientResults.Json(
            new Page<MemberItem>(total, some.ConvertAll(r => new MemberItem(
                r.Guid, r.Key, r.Name, r.More, r.IsMember))),
            MembersJson.Default.PageMemberItem);
    }

    private static async Task<IResult> ChangeDevicesAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, ConsoleLog log, StrategyEpoch epoch,
        DeviceHints hints, TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await ReadAsync(context);
        if (body is null) return error!;
        var ids = new List<string>();
        await using (var change = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (await FindAsync(db.DeviceGroups.Where(g => g.Guid == Wanted(guid)), cancellationToken) is not { } group)
            {
                return Problem.NotFound("device group");
            }

            var devices = AdminScope.Devices(db, user, AdminRight.DevicesGroup);
            foreach (var some in body.All.Chunk(500))
            {
                var known = await devices.Where(d => some.Contains(d.Guid)).Select(d => d.Id)
                    .ToListAsync(cancellationToken);
                if (known.Count < some.Length) return Problem.NotFound("device, at least one of them");
                ids.AddRange(known);
            }

            foreach (var some in body.Remove.Chunk(500))
            {
                await db.DeviceGroupMembers.Where(m => m.GroupGuid == group.Guid && some.Contains(m.DeviceGuid))
                    .ExecuteDeleteAsync(cancellationToken);
            }

            var now = time.GetUtcNow().UtcDateTime;
            foreach (var some in body.Add.Distinct().Chunk(500))
            {
                var there = await db.DeviceGroupMembers
                    .Where(m => m.GroupGuid == group.Guid && some.Contains(m.DeviceGuid)).Select(m => m.DeviceGuid)
                    .ToListAsync(cancellationToken);
                db.DeviceGroupMembers.AddRange(some.Except(there).Select(
                    d => new DeviceGroupMember { DeviceGuid = d, GroupGuid = group.Guid, AddedAt = now }));
            }

            Tell(log, db, context, (group.Name, "device group"), body);
            await db.SaveChangesAsync(cancellationToken);
            await change.CommitAsync(cancellationToken);
        }

        await epoch.BumpAsync(db, cancellationToken);
        foreach (var id in ids) hints.Changed(id);
        return ClientResults.Empty;
    }

    private static async Task<IResult> ChangeUsersAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await ReadAsync(context);
        if (body is null) return error!;
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(db.UserGroups.Where(g => g.Guid == Wanted(guid)), cancellationToken) is not { } group)
        {
            return Problem.NotFound("user group");
        }

        var home = await db.UserGroups.Where(g => g.IsDefault).Select(g => g.Guid).FirstAsync(cancellationToken);
        if (home == group.Guid && body.Remove.Count > 0)
        {
            return Problem.Invalid("Everybody is in one group; who leaves the default one goes to another.", "remove");
        }

        // Out first: whoever is in both lists stays.
        foreach (var (list, to) in new[] { (body.Remove, home), (body.Add, group.Guid) })
        {
            foreach (var some in list.Distinct().Chunk(500))
            {
                var users = AdminScope.Editable(db, user, AdminRight.UsersGroup).Where(u => some.Contains(u.Guid));
                if (await users.CountAsync(cancellationToken) < some.Length)
                {
                    return Problem.NotFound("user for you to move, at least one of them");
                }

                // One who is in another group by now is not pulled out of that.
                if (to == home) users = users.Where(u => u.UserGroupGuid == group.Guid);
                await users.ExecuteUpdateAsync(s => s.SetProperty(u => u.UserGroupGuid, to), cancellationToken);
            }
        }

        Tell(log, db, context, (group.Name, "user group"), body);
        await db.SaveChangesAsync(cancellationToken);
        await change.CommitAsync(cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<(Members? Body, IResult? Error)> ReadAsync(HttpContext context)
    {
        var (body, error) = await OwnBody.ReadAsync(context, MembersJson.Default.MembersBody, BodyBytes);
        if (body is null) return (null, error);
        var members = new Members(body.Add ?? [], body.Remove ?? []);
        if (members.All.Count == 0) return (null, Problem.Invalid("Who comes, or who goes?", "add"));
        return members.All.Count > Most ? (null, Problem.Invalid($"At most {Most} at once.", "add")) : (members, null);
    }

    private static void Tell(
        ConsoleLog log, HawserDb db, HttpContext context, (string Name, string Kind) group, Members body) =>
        log.Add(db, context, ConsoleOperation.UpdateGroup, group.Name, ("kind", group.Kind),
            ("added", body.Add.Count == 0 ? null : $"{body.Add.Count}"),
            ("removed", body.Remove.Count == 0 ? null : $"{body.Remove.Count}"));

    // Nothing has the empty guid.
    private static Guid Wanted(string guid) => Guid.TryParse(guid, out var wanted) ? wanted : Guid.Empty;

    private static Task<T?> FindAsync<T>(IQueryable<T> groups, CancellationToken cancellationToken)
        where T : class => groups.AsNoTracking().FirstOrDefaultAsync(cancellationToken);

    private sealed record Members(IReadOnlyList<Guid> Add, IReadOnlyList<Guid> Remove)
    {
        public IReadOnlyList<Guid> All { get; } = [.. Add.Concat(Remove).Distinct()];
    }

    private sealed class MemberRow
    {
        public required Guid Guid { get; init; }

        public required string Key { get; init; }

        public required string Name { get; init; }

        public required string More { get; init; }

        public required bool IsMember { get; init; }
    }
}

/// <summary>Somebody, or a device, who may be in a group.</summary>
/// <param name="Guid">Which.</param>
/// <param name="Key">The device's id, or the user's name.</param>
/// <param name="Name">How people call it.</param>
/// <param name="More">The device's owner, or the user's present group.</param>
/// <param name="IsMember">Whether it is in the group.</param>
internal sealed record MemberItem(
    [property: JsonPropertyName("guid")] Guid Guid, [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("more")] string More,
    [property: JsonPropertyName("is_member")] bool IsMember);

/// <summary>Who comes and who goes.</summary>
internal sealed record MembersBody
{
    internal const string Example =
        """{"add":["0190f6a2-7c1e-7d53-9d52-3f0f4d1c9b11"],"remove":["0190f6a2-7c1e-7d53-9d52-3f0f4d1c9b12"]}""";

    [JsonPropertyName("add")]
    public IReadOnlyList<Guid>? Add { get; init; }

    [JsonPropertyName("remove")]
    public IReadOnlyList<Guid>? Remove { get; init; }
}

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(Page<MemberItem>))]
[JsonSerializable(typeof(MembersBody))]
internal sealed partial class MembersJson : JsonSerializerContext;
