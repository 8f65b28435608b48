using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Admin;

/// <summary>
/// <c>/api/users/deleted</c>: accounts that can be had back. Who may not delete everywhere sees what he deleted
/// himself. Ours.
/// </summary>
internal static class UsersDeleted
{
    private const string Path = "/api/users/deleted";
    private const int NamesInRow = 100;

    private static readonly Sorts<DeletedUser> Orders = new Sorts<DeletedUser>("-deleted_at")
        .Add("deleted_at", d => d.DeletedAt).Add("name", d => d.Name).Add("group_name", d => d.UserGroup)
        .Add("deleted_by", d => d.DeletedBy);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).ForAdmins(Area.User, write: false, AdminRight.UsersDelete)
            .WithSummary("Accounts that were deleted and can be had back, the last first.")
            .Query("q", "A part of the name, mail address, group or who deleted it.")
            .Query("sort", "deleted_at, name, group_name or deleted_by.").Answers<Page<DeletedUserItem>>();
        routes.MapPost(Path + "/restore", RestoreAsync).ForAdmins(Area.User, write: true, AdminRight.UsersDelete)
            .WithSummary("Has deleted accounts back with password, group, roles, rules, devices and books, as a job; "
                + "tokens ended for good.")
            .Reads<BinBody>(BinBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);
        routes.MapPost(Path + "/purge", PurgeAsync).AfterStepUp()
            .ForAdmins(Area.User, write: true, AdminRight.UsersDelete)
            .WithSummary("Removes deleted accounts and their address books for good, as a job.")
            .Reads<BinBody>(BinBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, CancellationToken cancellationToken)
    {
        var rows = Shown(db, user)
            .Searching(context, d => d.Name, d => d.DisplayName, d => d.Email, d => d.UserGroup, d => d.DeletedBy);
        var total = await rows.CountAsync(cancellationToken);
        var some = await Orders.Apply(rows, context).ThenBy(d => d.Guid).Skip(page.Skip).Take(page.Size)
            .Select(d => new
            {
                d.Guid, d.Name, d.DisplayName, d.Email, d.UserGroup, d.IsAdmin, d.Devices, d.Books, d.DeletedAt,
                d.DeletedBy, IsTaken = db.Users.Any(u => u.NormalizedName == d.NormalizedName),
            }).ToListAsync(cancellationToken);
        return ClientResults.Json(
            new Page<DeletedUserItem>(total, some.ConvertAll(d => new DeletedUserItem
            {
                Guid = d.Guid, Name = d.Name, DisplayName = d.DisplayName, Email = d.Email, Group = d.UserGroup,
                IsAdmin = d.IsAdmin, Devices = d.Devices, Books = d.Books, DeletedAt = WireTime.Seconds(d.DeletedAt),
                DeletedBy = d.DeletedBy, IsNameTaken = d.IsTaken,
            })),
            UsersDeletedJson.Default.PageDeletedUserItem);
    }

    private static async Task<IResult> RestoreAsync(
        HttpContext context, CurrentUser user, HawserDb db, JobDesk desk, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, request, refusal) = await ReadAsync(context, user, db, cancellationToken);
        if (request is null) return refusal!;
        var guids = body!.Guids!;
        if (body.Name is { Length: > 0 } name)
        {
            if (guids.Count > 1) return Problem.Invalid("A name is for one account.", "name");
            if (AccountNames.Complaint(name.Trim()) is { } complaint) return Problem.Invalid(complaint, "name");
        }

        if (await AnyAdminAsync(db, guids, cancellationToken))
        {
            // As when somebody is made an administrator.
            if (user.Kind == TokenKind.Api)
            {
                return Problem.Of(StatusCodes.Status403Forbidden, "in_person", UserEdits.NotByScript);
            }

            if (!user.IsAdmin) return Problem.Forbidden;
            if (StepUp.IsNeeded(context)) return Problem.StepUp;
        }

        await WriteDownAsync(context, db, log, (ConsoleOperation.RestoreUser, body), cancellationToken);
        return await desk.StartAsync(context, db, UserUndeleteJob.KindName, request, cancellationToken);
    }

    private static async Task<IResult> PurgeAsync(
        HttpContext context, CurrentUser user, HawserDb db, JobDesk desk, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, request, refusal) = await ReadAsync(context, user, db, cancellationToken);
        if (request is null) return refusal!;
        await WriteDownAsync(context, db, log, (ConsoleOperation.PurgeUser, body!), cancellationToken);
        return await desk.StartAsync(context, db, UserPurgeJob.KindName, request, cancellationToken);
    }

    private static Task<(BinBody? Body, JobRequest? Request, IResult? Refusal)> ReadAsync(
        HttpContext context, CurrentUser user, HawserDb db, CancellationToken cancellationToken)
    {
        Func<Guid[], Task<int>>? count = user.MayEverywhere(AdminRight.UsersDelete) ? null
            : some => Shown(db, user).CountAsync(d => some.Contains(d.Guid), cancellationToken);
        return BinWork.ReadAsync(context, "user", count);
    }

    private static async Task<bool> AnyAdminAsync(
        HawserDb db, IReadOnlyList<Guid> guids, CancellationToken cancellationToken)
    {
        foreach (var some in guids.Chunk(500))
        {
            if (await db.DeletedUsers.AnyAsync(d => d.IsAdmin && some.Contains(d.Guid), cancellationToken)) return true;
        }

        return false;
    }

    // Who it was stays known when the job and they are gone. The job's row is stored with it, or neither.
    private static async Task WriteDownAsync(
        HttpContext context, HawserDb db, ConsoleLog log, (ConsoleOperation Operation, BinBody Body) done,
        CancellationToken cancellationToken)
    {
        foreach (var some in done.Body.Guids!.Chunk(NamesInRow))
        {
            var names = await db.DeletedUsers.Where(d => some.Contains(d.Guid)).OrderBy(d => d.Name)
                .Select(d => d.Name).ToListAsync(cancellationToken);
            if (names.Count == 0) continue;
            log.Add(db, context, done.Operation, names, ("reason", done.Body.Reason), ("new_name", done.Body.Name));
        }
    }

    private static IQueryable<DeletedUser> Shown(HawserDb db, CurrentUser user) =>
        user.MayEverywhere(AdminRight.UsersDelete) ? db.DeletedUsers.AsNoTracking()
            : db.DeletedUsers.AsNoTracking().Where(d => d.DeletedByGuid == user.Guid);
}

/// <summary>A deleted account in a list.</summary>
internal sealed record DeletedUserItem
{
    /// <summary>Its row's identity, which it gets back.</summary>
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("display_name")]
    public required string DisplayName { get; init; }

    [JsonPropertyName("email")]
    public required string Email { get; init; }

    /// <summary>Its user group then.</summary>
    [JsonPropertyName("group_name")]
    public required string Group { get; init; }

    [JsonPropertyName("is_admin")]
    public required bool IsAdmin { get; init; }

    /// <summary>How many devices belonged to it.</summary>
    [JsonPropertyName("device_count")]
    public required int Devices { get; init; }

    /// <summary>How many shared address books were its own.</summary>
    [JsonPropertyName("book_count")]
    public required int Books { get; init; }

    /// <summary>When, in seconds.</summary>
    [JsonPropertyName("deleted_at")]
    public required long DeletedAt { get; init; }

    /// <summary>Who did it.</summary>
    [JsonPropertyName("deleted_by")]
    public required string DeletedBy { get; init; }

    /// <summary>Another account has its name now: it is restored under another one.</summary>
    [JsonPropertyName("name_taken")]
    public required bool IsNameTaken { get; init; }
}

/// <summary>What these routes write.</summary>
[JsonSerializable(typeof(Page<DeletedUserItem>))]
internal sealed partial class UsersDeletedJson : JsonSerializerContext;
