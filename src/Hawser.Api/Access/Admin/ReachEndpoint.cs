using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access.Admin;

/// <summary>
/// <c>GET /api/access/reach</c>: all that one user reaches, or all who reach one device; that owners ask of their own.
/// Ours.
/// </summary>
internal static class ReachEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/access/reach", HandleAsync)
            .ForUsersOrScope(Area.Access, write: false)
            .WithSummary(
                "The devices that a user reaches, or the users who reach a device, and by what. For administrators, "
                + "the right access.view, and owners: who reaches their own device.")
            .Query("user", "Whose devices; with neither: those of callers who are not logged in.")
            .Query("user_group", "Those of a new user of this group, instead.")
            .Query("is_admin", "1: of a new administrator there.")
            .Query("device", "Whose callers, by the device's id.")
            .Query("at", "When, UTC; left away: now.").Query("format", "csv or jsonl: all of them as a file.")
            .Answers<Page<ReachItem>>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, PageQuery page, HawserDb db, ApiParts parts, ConsoleLog log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var (name, device, at) = (query["user"].ToString(), query["device"].ToString(), query["at"].ToString());
        var caller = CurrentUser.Of(context);
        if (!caller.May(AdminRight.AccessView) && !await IsOwnAsync(db, caller, device, cancellationToken))
        {
            return Problem.Forbidden;
        }

        var when = time.GetUtcNow().UtcDateTime;
        if (at.Length > 0 && !WireTime.TryParse(at, out when)) return Problem.Invalid("at is not a time.", "at");
        if (name.Length > 0 && device.Length > 0) return Problem.Invalid("Either user or device.", "device");
        if ((name + device + query["user_group"]).Contains('\0', StringComparison.Ordinal))
        {
            return Problem.NotFound("user or device");
        }

        var snapshot = new AccessSnapshot(await AccessReader.ReadAsync(db, parts.Pins, cancellationToken));
        var isFile = FileOfRows.IsAsked(context);
        if (isFile) await log.ExportedAsync(db, context, ConsoleOperation.ExportList, "reach", cancellationToken);
        var slice = isFile ? (0, int.MaxValue) : (page.Skip, page.Size);
        if (device.Length > 0)
        {
            var facts = await AccessReader.ReadFactsAsync(db, device, cancellationToken);
            if (facts.Guid == Guid.Empty) return Problem.NotFound("device");
            var (callers, some) = await AccessReach.OfDeviceAsync(db, snapshot, facts, slice, when, cancellationToken);
            var people = await PeopleAsync(db, some, cancellationToken);
            return isFile ? File("reached-by", "user", some, people) : Answer(callers, some, people);
        }

        AccessCaller? user = null;
        if (name.Length > 0)
        {
            var normalized = name.ToUpperInvariant();
            user = await db.Users.AsNoTracking().Where(u => u.NormalizedName == normalized)
                .Select(u => new AccessCaller(u.Guid, u.Name, u.IsAdmin, u.UserGroupGuid))
                .FirstOrDefaultAsync(cancellationToken);
            if (user is null) return Problem.NotFound("user");
        }

        if (query["user_group"].ToString() is { Length: > 0 } groupName)
        {
            var normalized = NameText.Normalize(groupName);
            var group = await db.UserGroups.Where(g => g.NormalizedName == normalized).Select(g => (Guid?)g.Guid)
                .FirstOrDefaultAsync(cancellationToken);
            if (group is not { } guid) return Problem.NotFound("user group");
            // Nobody yet has rules or devices of his own.
            user = new AccessCaller(Guid.CreateVersion7(), "", query["is_admin"] == "1", guid);
        }

        var (total, ends) = await AccessReach.OfUserAsync(db, snapshot, user, slice, when, cancellationToken);
        var labels = await LabelsAsync(db, ends, cancellationToken);
        return isFile ? File("reach", "device", ends, labels) : Answer(total, ends, labels);
    }

    private static Task<bool> IsOwnAsync(
        HawserDb db, CurrentUser caller, string device, CancellationToken cancellationToken) =>
        device.Length == 0 ? Task.FromResult(false) : (
            from d in db.Devices
            where d.Id == device
            join details in db.DeviceDetails on d.Guid equals details.DeviceGuid
            select details.OwnerGuid).AnyAsync(owner => owner == caller.Guid, cancellationToken);

    private static FileOfRows File(
        string name, string what, List<ReachedEnd> ends, Dictionary<string, string> labels)
    {
        return new FileOfRows(name, [what, "name", "reason", "rule", "control_role"], RowsAsync());

        async IAsyncEnumerable<string?[]> RowsAsync()
        {
            foreach (var end in ends)
            {
                yield return
                [
                    end.Name, labels.GetValueOrDefault(end.Name), AccessExplainer.Words(end.Decision.Reason),
                    end.Decision.Rule is { } rule ? rule.Name.Length > 0 ? rule.Name : $"{rule.Guid}" : null,
                    end.Decision.Role?.Name,
                ];
            }

            await Task.CompletedTask;
        }
    }

    private static IResult Answer(int total, List<ReachedEnd> ends, Dictionary<string, string> labels) =>
        ClientResults.Json(
            new Page<ReachItem>(total, ends.ConvertAll(e => new ReachItem
            {
                Name = e.Name,
                Label = labels.GetValueOrDefault(e.Name) ?? "",
                Reason = AccessExplainer.Words(e.Decision.Reason),
                Rule = e.Decision.Rule?.Guid,
                RuleName = e.Decision.Rule?.Name,
                ControlRole = e.Decision.Role?.Name,
            })),
            AccessAdminJson.Default.PageReachItem);

    private static async Task<Dictionary<string, string>> PeopleAsync(
        HawserDb db, List<ReachedEnd> ends, CancellationToken cancellationToken)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var names in ends.Select(e => e.Name).Chunk(500))
        {
            var some = await db.Users.AsNoTracking().Where(u => names.Contains(u.Name))
                .Select(u => new { u.Name, u.DisplayName }).ToListAsync(cancellationToken);
            foreach (var one in some) labels[one.Name] = one.DisplayName;
        }

        return labels;
    }

    private static async Task<Dictionary<string, string>> LabelsAsync(
        HawserDb db, List<ReachedEnd> ends, CancellationToken cancellationToken)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var ids in ends.Select(e => e.Name).Chunk(500))
        {
            var some = await (
                from device in db.Devices.AsNoTracking()
                where ids.Contains(device.Id)
                join details in db.DeviceDetails.AsNoTracking() on device.Guid equals details.DeviceGuid
                select new { device.Id, details.NameOverride, details.Hostname }).ToListAsync(cancellationToken);
            foreach (var one in some)
            {
                labels[one.Id] = string.IsNullOrEmpty(one.NameOverride) ? one.Hostname : one.NameOverride;
            }
        }

        return labels;
    }
}
