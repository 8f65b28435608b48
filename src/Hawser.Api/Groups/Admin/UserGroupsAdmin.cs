using Hawser.Api.Access;
using Hawser.Api.Audit;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Groups;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Groups.Admin;

/// <summary>
/// <c>/api/user-groups</c> (admin reference §4.2). Refusals are 200 with <c>error</c>; mutations that have nothing to
/// tell are 200 and zero bytes.
/// </summary>
internal static class UserGroupsAdmin
{
    private const int MostUsers = 10_000;
    private const string NoSuchGroup = "There is no such user group.";

    private static readonly Sorts<UserGroup> Orders = new Sorts<UserGroup>("name")
        .Add("name", g => g.NormalizedName).Add("created_at", g => g.CreatedAt);

    private static readonly string[] Columns =
        ["guid", "name", "note", "user_count", "allowed_outgoings", "allowed_incomings", "created_at", "is_default"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/user-groups", ListAsync)
            .ForAdmins(Area.UserGroup, write: false, AdminRight.UserGroupsView)
            .WithSummary("User groups, and who may reach whose devices.")
            .Query("name", "Only this name; % is any text.")
            .Query("q", "A part of the name or note.")
            .Query("sort", "name or created_at; a minus turns it round.")
            .Query("format", "csv or jsonl: all that match, as a file.")
            .Answers<Page<UserGroupItem>>();
        routes.MapGet("/api/user-groups/{guid}", GetAsync)
            .ForAdmins(Area.UserGroup, write: false, AdminRight.UserGroupsView)
            .WithSummary("One user group; ours.").Answers<UserGroupItem>();
        routes.MapPost("/api/user-groups", AddAsync)
            .ForAdmins(Area.UserGroup, write: true, AdminRight.UserGroupsEdit)
            .WithSummary("Makes a user group.").Reads<GroupBody>(GroupBody.Example).Answers<MadeGroup>().OrError();
        routes.MapPatch("/api/user-groups/{guid}", UpdateAsync).GuardsEdits("user group", "guid", VersionAsync)
            .ForAdmins(Area.UserGroup, write: true, AdminRight.UserGroupsEdit)
            .WithSummary("Changes a user group; what is missing stays, an empty list clears.")
            .Reads<GroupBody>(GroupBody.Example).AnswersNothing().OrError();
        routes.MapDelete("/api/user-groups/{guid}", DeleteAsync)
            .ForAdmins(Area.UserGroup, write: true, AdminRight.UserGroupsEdit)
            .WithSummary("Deletes a user group; its users go to the default one.").ReadsNothing().AnswersNothing()
            .OrError();
        routes.MapPost("/api/user-groups/{guid}", AddUsersAsync)
            .ForAdmins(Area.UserGroup, write: true, AdminRight.UsersGroup)
            .WithSummary("Moves users, by guid, into a user group.")
            .Reads<IReadOnlyList<string>>("""["019a7c5e-0000-7000-8000-000000000000"]""").AnswersNothing().OrError();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, PageQuery page, HawserDb db, ConsoleLog log, CancellationToken cancellationToken)
    {
        var groups = db.UserGroups.AsNoTracking().Matching(context, "name", g => g.Name)
            .Searching(context, g => g.Name, g => g.Note);
        var sorted = Orders.Apply(groups, context).ThenBy(g => g.Guid);
        if (FileOfRows.IsAsked(context))
        {
            await log.ExportedAsync(db, context, ConsoleOperation.ExportList, "user-groups", cancellationToken);
            return new FileOfRows("user-groups", Columns, GroupText.InPortions(
                context, sorted, (beside, some) => ItemsAsync(beside, some, cancellationToken), Cells), keys: 2);
        }

        var total = await groups.CountAsync(cancellationToken);
        var rows = await sorted.Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        return ClientResults.Json(
            new Page<UserGroupItem>(total, await ItemsAsync(db, rows, cancellationToken)),
            GroupsAdminJson.Default.PageUserGroupItem);
    }

    private static string?[] Cells(UserGroupItem g) =>
    [
        g.Guid, g.Name, g.Note, GroupText.Number(g.UserCount), GroupText.Peers(g.AllowedOutgoings),
        GroupText.Peers(g.AllowedIncomings), GroupText.Number(g.CreatedAt), g.IsDefault ? "1" : "0",
    ];

    private static async Task<IResult> GetAsync(string guid, HawserDb db, CancellationToken cancellationToken) =>
        await ItemAsync(db, guid, cancellationToken) is { } item
            ? ClientResults.Json(item, GroupsAdminJson.Default.UserGroupItem) : Problem.NotFound("user group");

    private static async Task<string?> VersionAsync(
        HttpContext context, string guid, CancellationToken cancellationToken) =>
        (await ItemAsync(context.RequestServices.GetRequiredService<HawserDb>(), guid, cancellationToken))?.Version;

    private static async Task<UserGroupItem?> ItemAsync(
        HawserDb db, string guid, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)) return null;
        var rows = await db.UserGroups.AsNoTracking().Where(g => g.Guid == wanted).ToListAsync(cancellationToken);
        return (await ItemsAsync(db, rows, cancellationToken)).FirstOrDefault();
    }

    private static async Task<List<UserGroupItem>> ItemsAsync(
        HawserDb db, List<UserGroup> rows, CancellationToken cancellationToken)
    {
        var guids = rows.ConvertAll(g => g.Guid);
        var counts = await db.Users.Where(u => guids.Contains(u.UserGroupGuid)).GroupBy(u => u.UserGroupGuid)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var incomings = await GroupAccess.IncomingsOfUserGroupsAsync(db, guids, cancellationToken);
        var outgoings = await GroupAccess.OutgoingsOfUserGroupsAsync(db, guids, cancellationToken);
        return rows.ConvertAll(g => new UserGroupItem
        {
            Guid = g.Guid.ToString(),
            Name = g.Name,
            Note = g.Note,
            CreatedAt = WireTime.Seconds(g.CreatedAt),
            AllowedIncomings = PeerBody.Of(incomings[g.Guid]),
            AllowedOutgoings = PeerBody.Of(outgoings[g.Guid]),
            UserCount = counts.GetValueOrDefault(g.Guid),
            IsDefault = g.IsDefault,
        });
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, HawserDb db, GroupAccess access, ConsoleLog log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, GroupsAdminJson.Default.GroupBody);
        if (body is null) return error!;
        if (body.Complaint(isNew: true) is { } complaint) return Refuse(complaint);
        var group = new UserGroup
        {
            Name = body.Name!.Trim(), NormalizedName = NameText.Normalize(body.Name), Note = body.Note ?? "",
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await IsTakenAsync(db, group, cancellationToken)) return Refuse(Taken(group.Name));
        db.UserGroups.Add(group);
        log.Add(db, context, ConsoleOperation.AddGroup, group.Name, ("kind", "user group"));
        if (await StoreAsync(db, access, group, body, cancellationToken) is { } refusal) return Refuse(refusal);
        await change.CommitAsync(cancellationToken);
        return ClientResults.Json(new MadeGroup(group.Guid.ToString()), GroupsAdminJson.Default.MadeGroup);
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context, string guid, HawserDb db, GroupAccess access, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, GroupsAdminJson.Default.GroupBody);
        if (body is null) return error!;
        if (body.Complaint(isNew: false) is { } complaint) return Refuse(complaint);
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(db, guid, cancellationToken) is not { } group) return Refuse(NoSuchGroup);
        var before = group.Name;
        if (body.Name is { } name) (group.Name, group.NormalizedName) = (name.Trim(), NameText.Normalize(name));
        if (body.Note is { } note) group.Note = note;
        if (await IsTakenAsync(db, group, cancellationToken)) return Refuse(Taken(group.Name));
        log.Add(db, context, ConsoleOperation.UpdateGroup, before, ("kind", "user group"),
            ("new_name", group.Name == before ? null : group.Name),
            ("allowed_incomings", GroupText.Of(body.AllowedIncomings)),
            ("allowed_outgoings", GroupText.Of(body.AllowedOutgoings)));
        if (await StoreAsync(db, access, group, body, cancellationToken) is { } refusal) return Refuse(refusal);
        await change.CommitAsync(cancellationToken);
        return ClientResults.Empty;
    }

    // Its users go to the default group: everybody is in one (admin reference §6.1).
    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, CancellationToken cancellationToken)
    {
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(db, guid, cancellationToken) is not { } group) return Refuse(NoSuchGroup);
        if (group.IsDefault) return Refuse("The default group can't be deleted.");
        var home = await db.UserGroups.Where(g => g.IsDefault).Select(g => g.Guid).FirstAsync(cancellationToken);
        var users = await db.Users.Where(u => u.UserGroupGuid == group.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.UserGroupGuid, home), cancellationToken);
        await AccessRules.ForgetAsync(db, group.Guid, cancellationToken);
        await db.AddressBookShares.Where(s => s.SubjectGuid == group.Guid).ExecuteDeleteAsync(cancellationToken);
        db.UserGroups.Remove(group);
        log.Add(db, context, ConsoleOperation.DeleteGroup, group.Name, ("kind", "user group"),
            ("users_moved", $"{users}"));
        await db.SaveChangesAsync(cancellationToken);
        await change.CommitAsync(cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<IResult> AddUsersAsync(
        HttpContext context, string guid, CurrentUser caller, HawserDb db, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (sent, error) = await ClientBody.ReadAsync(
            context, GroupsAdminJson.Default.IReadOnlyListString, 1 << 20);
        if (sent is null) return error!;
        if (sent.Count > MostUsers) return Refuse($"At most {MostUsers} users at once.");
        var wanted = new HashSet<Guid>();
        foreach (var text in sent)
        {
            if (!Guid.TryParse(text, out var user)) return Refuse($"\"{text}\" is not the guid of a user.");
            wanted.Add(user);
        }

        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(db, guid, cancellationToken) is not { } group) return Refuse(NoSuchGroup);
        var names = new List<string>();
        foreach (var some in wanted.Chunk(500))
        {
            var users = AdminScope.Editable(db, caller, AdminRight.UsersGroup).Where(u => some.Contains(u.Guid));
            var known = await users.OrderBy(u => u.NormalizedName).Select(u => u.Name).ToListAsync(cancellationToken);
            if (known.Count < some.Length) return Refuse("There is no user with one of these guids.");
            names.AddRange(known);
            await users.ExecuteUpdateAsync(
                s => s.SetProperty(u => u.UserGroupGuid, group.Guid), cancellationToken);
        }

        log.Add(db, context, ConsoleOperation.UpdateUser, names, ("user_group", group.Name));
        await db.SaveChangesAsync(cancellationToken);
        await change.CommitAsync(cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<string?> StoreAsync(
        HawserDb db, GroupAccess access, UserGroup group, GroupBody body, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        if (GroupBody.Peers(body.AllowedIncomings) is { } incomings)
        {
            var done = await access.SetIncomingsOfUserGroupAsync(db, group.Guid, incomings, cancellationToken);
            if (!done.IsDone) return done.Error;
        }

        if (GroupBody.Peers(body.AllowedOutgoings) is not { } outgoings) return null;
        var result = await access.SetOutgoingsOfUserGroupAsync(db, group.Guid, outgoings, cancellationToken);
        return result.IsDone ? null : result.Error;
    }

    private static async Task<UserGroup?> FindAsync(HawserDb db, string guid, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted) ? await db.UserGroups.FindAsync([wanted], cancellationToken) : null;

    private static Task<bool> IsTakenAsync(HawserDb db, UserGroup group, CancellationToken cancellationToken) =>
        db.UserGroups.AnyAsync(
            g => g.NormalizedName == group.NormalizedName && g.Guid != group.Guid, cancellationToken);

    private static string Taken(string name) => $"There is a user group \"{name}\" already.";

    private static IResult Refuse(string text) => ClientResults.Error(StatusCodes.Status200OK, text);
}
