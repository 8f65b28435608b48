using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Client;

/// <summary>
/// <c>POST /api/devices/cli</c> (reference §12.1), what <c>--assign</c> sends. The program prints the body as it is and
/// "Done!" for an empty one; all or nothing.
/// </summary>
internal static class AssignEndpoint
{
    /// <summary>For the document.</summary>
    internal const string Example = """
        {"id":"482913377","uuid":"OGY0ZTJiN2MtMTE=","user_name":"mara","device_group_name":"office"}
        """;

    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, Secrets secrets, DeployDesk deploy, StrategyEpoch epoch,
        DeviceHints hints, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await ClientBody.ReadAsync(context, DevicesJson.Default.AssignRequest);
        if (body.Value is not { } request) return body.Error!;
        if (request.IsEmpty) return ClientResults.Error(400, "There is nothing to assign.");
        var isDeployment = user.Kind == TokenKind.Deploy;
        if (isDeployment && request.NamesOthers) return ClientResults.Error(403, DeployDesk.DecidesItself);
        var device = DeviceReader.IsAskable(request.Id)
            ? await db.Devices.FirstOrDefaultAsync(d => d.Id == request.Id, cancellationToken) : null;
        if (device is null) return ClientResults.Error(404, $"There is no device \"{request.Id}\" on this server yet.");
        if (Convert.ToBase64String(device.Uuid) != request.Uuid)
        {
            return ClientResults.Error(403, $"The id \"{request.Id}\" is another machine's.");
        }

        var details = await db.DeviceDetails.FindAsync([device.Guid], cancellationToken);
        if (details is null)
        {
            db.DeviceDetails.Add(details = new DeviceDetails { DeviceGuid = device.Guid, Enabled = true });
        }

        var assignments = new DeviceAssignments(db, secrets, time.GetUtcNow().UtcDateTime);
        if (await ApplyAsync(assignments, device, details, request, cancellationToken) is { } error)
        {
            return ClientResults.Error(400, error);
        }

        if (isDeployment)
        {
            if (await deploy.TakeAsync(db, user, device.Id, cancellationToken) is not { } isNew)
            {
                return ClientResults.Error(403, DeployDesk.UsedUp);
            }

            if (isNew) await deploy.ApplyAsync(db, user, device, details, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        hints.Changed(request.Id);
        // Seen by every node, whichever one the device talks to.
        if (isDeployment || request.StrategyName is not null || request.UserName is not null
            || request.DeviceGroupName is not null)
        {
            await epoch.BumpAsync(db, cancellationToken);
        }

        return ClientResults.Empty;
    }

    private static async Task<string?> ApplyAsync(
        DeviceAssignments assignments, Device device, DeviceDetails details, AssignRequest request,
        CancellationToken cancellationToken)
    {
        string? error = null;
        if (request.UserName is { } user) error ??= await assignments.SetOwnerAsync(details, user, cancellationToken);
        if (request.StrategyName is { } strategy)
        {
            error ??= await assignments.SetStrategyAsync(device.Guid, strategy, cancellationToken);
        }

        if (request.DeviceGroupName is { } group)
        {
            error ??= await assignments.SetGroupAsync(device.Guid, group, cancellationToken);
        }

        if (!string.IsNullOrEmpty(request.AddressBookName))
        {
            var wish = new BookWish(request.AddressBookName, request.AddressBookTag, request.AddressBookAlias,
                request.AddressBookPassword, request.AddressBookNote);
            error ??= await assignments.SetBookAsync(device.Id, details, wish, cancellationToken);
        }

        if (error is not null) return error;
        if (request.Note is { } note) await assignments.SetNoteAsync(device.Guid, note, cancellationToken);
        if (request.DeviceName is { } name) details.NameOverride = DeviceAssignments.Cut(name, 255);
        if (request.DeviceUsername is { } username) details.UsernameOverride = DeviceAssignments.Cut(username, 255);
        return null;
    }
}

/// <summary>What is to be assigned; an empty text takes away, a missing one leaves as it is.</summary>
internal sealed record AssignRequest
{
    [JsonPropertyName("id")]
    public string Id { get; set => field = value ?? ""; } = "";

    [JsonPropertyName("uuid")]
    public string Uuid { get; set => field = value ?? ""; } = "";

    [JsonPropertyName("user_name")]
    public string? UserName { get; set; }

    [JsonPropertyName("strategy_name")]
    public string? StrategyName { get; set; }

    [JsonPropertyName("address_book_name")]
    public string? AddressBookName { get; set; }

    [JsonPropertyName("address_book_tag")]
    public string? AddressBookTag { get; set; }

    [JsonPropertyName("address_book_alias")]
    public string? AddressBookAlias { get; set; }

    [JsonPropertyName("address_book_password")]
    public string? AddressBookPassword { get; set; }

    [JsonPropertyName("address_book_note")]
    public string? AddressBookNote { get; set; }

    [JsonPropertyName("device_group_name")]
    public string? DeviceGroupName { get; set; }

    [JsonPropertyName("note")]
    public string? Note { get; set; }

    [JsonPropertyName("device_username")]
    public string? DeviceUsername { get; set; }

    [JsonPropertyName("device_name")]
    public string? DeviceName { get; set; }

    /// <summary>Whether something that a deployment token decides is asked for.</summary>
    [JsonIgnore]
    public bool NamesOthers => UserName is not null || StrategyName is not null || AddressBookName is not null
        || DeviceGroupName is not null;

    [JsonIgnore]
    public bool IsEmpty => UserName is null && StrategyName is null && AddressBookName is null
        && DeviceGroupName is null
        && Note is null && DeviceUsername is null && DeviceName is null;
}
