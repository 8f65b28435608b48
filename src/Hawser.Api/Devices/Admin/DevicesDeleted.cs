using System.Text.Json.Serialization;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>/api/devices/deleted</c>: devices that can be had back. Who may not delete everywhere sees what he deleted
/// himself. Ours.
/// </summary>
internal static class DevicesDeleted
{
    private const string Path = "/api/devices/deleted";

    private static readonly Sorts<DeletedDevice> Orders = new Sorts<DeletedDevice>("-deleted_at")
        .Add("deleted_at", d => d.DeletedAt).Add("id", d => d.Id).Add("device_name", d => d.Name)
        .Add("deleted_by", d => d.DeletedBy);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).ForAdmins(Area.Device, write: false, AdminRight.DevicesDelete)
            .WithSummary("Devices that were deleted and can be had back, the last first.")
            .Query("q", "A part of the id, the name, the owner or who deleted it.")
            .Query("sort", "deleted_at, id, device_name or deleted_by.").Answers<Page<DeletedItem>>();
        routes.MapPost(Path + "/restore", RestoreAsync).ForAdmins(Area.Device, write: true, AdminRight.DevicesDelete)
            .WithSummary("Has deleted devices back with owner, groups, strategy and rules, as a job.")
            .Reads<BinBody>(BinBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);
        routes.MapPost(Path + "/purge", PurgeAsync).AfterStepUp()
            .ForAdmins(Area.Device, write: true, AdminRight.DevicesDelete)
            .WithSummary("Removes deleted devices for good, as a job.")
            .Reads<BinBody>(BinBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, CancellationToken cancellationToken)
    {
        var rows = Shown(db, user)
            .Searching(context, d => d.Id, d => d.Name, d => d.Owner, d => d.DeletedBy);
        var total = await rows.CountAsync(cancellationToken);
        var some = await Orders.Apply(rows, context).ThenBy(d => d.Guid).Skip(page.Skip).Take(page.Size)
            .Select(d => new { d.Guid, d.Id, d.Name, d.Owner, d.DeletedAt, d.DeletedBy })
            .ToListAsync(cancellationToken);
        return ClientResults.Json(
            new Page<DeletedItem>(total, some.ConvertAll(d => new DeletedItem(
                d.Guid, d.Id, d.Name, d.Owner, WireTime.Seconds(d.DeletedAt), d.DeletedBy))),
            DevicesDeletedJson.Default.PageDeletedItem);
    }

    private static Task<IResult> RestoreAsync(
        HttpContext context, CurrentUser user, HawserDb db, JobDesk desk, CancellationToken cancellationToken) =>
        StartAsync(context, user, (db, desk), DeviceUndeleteJob.KindName, cancellationToken);

    private static Task<IResult> PurgeAsync(
        HttpContext context, CurrentUser user, HawserDb db, JobDesk desk, CancellationToken cancellationToken) =>
        StartAsync(context, user, (db, desk), DevicePurgeJob.KindName, cancellationToken);

    private static async Task<IResult> StartAsync(
        HttpContext context, CurrentUser user, (HawserDb Db, JobDesk Desk) with, string kind,
        CancellationToken cancellationToken)
    {
        // Of what is not in the bin, only who sees all of it may be told so by a job.
        Func<Guid[], Task<int>>? count = user.MayEverywhere(AdminRight.DevicesDelete) ? null
            : some => Shown(with.Db, user).CountAsync(d => some.Contains(d.Guid), cancellationToken);
        var (_, request, refusal) = await BinWork.ReadAsync(context, "device", count);
        return request is null ? refusal!
            : await with.Desk.StartAsync(context, with.Db, kind, request, cancellationToken);
    }

    private static IQueryable<DeletedDevice> Shown(HawserDb db, CurrentUser user) =>
        user.MayEverywhere(AdminRight.DevicesDelete) ? db.DeletedDevices.AsNoTracking()
            : db.DeletedDevices.AsNoTracking().Where(d => d.DeletedByGuid == user.Guid);
}

/// <summary>A deleted device in a list.</summary>
/// <param name="Guid">Its row's identity, which it gets back.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name then.</param>
/// <param name="Owner">Its owner then; empty: nobody.</param>
/// <param name="DeletedAt">When, in seconds.</param>
/// <param name="DeletedBy">Who did it.</param>
internal sealed record DeletedItem(
    [property: JsonPropertyName("guid")] Guid Guid, [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("device_name")] string Name, [property: JsonPropertyName("user_name")] string Owner,
    [property: JsonPropertyName("deleted_at")] long DeletedAt,
    [property: JsonPropertyName("deleted_by")] string DeletedBy);

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(Page<DeletedItem>))]
internal sealed partial class DevicesDeletedJson : JsonSerializerContext;
