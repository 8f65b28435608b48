using System.Text.Json;
using Hawser.Api.Delegation;
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
/// <c>/api/devices/import</c>: owners, groups, strategies, notes and names of devices that are known, from CSV. An
/// empty cell takes away, a missing column leaves as it is. Ours.
/// </summary>
internal static class DevicesImport
{
    internal static readonly string[] Columns =
        ["id", "user_name", "device_group_name", "strategy_name", "note", "device_name", "device_username"];

    public static void Map(IEndpointRouteBuilder routes) => ImportPlan.Describe(
        routes.MapPost("/api/devices/import", StartAsync).ForAdmins(Area.Device, write: true, DeviceEdits.Assigning)
            .WithSummary("Assigns devices by CSV, as a job; with a dry run."));

    private static async Task<IResult> StartAsync(
        HttpContext context, CurrentUser user, HawserDb db, JobDesk desk, CancellationToken cancellationToken)
    {
        var (rows, error) = await ImportPlan.ReadAsync(context, "id", Columns);
        if (rows is null) return error!;
        var rights = rows[0].Cells.Keys.Where(c => c != "id").Select(DevicesAdmin.RightFor).Distinct().ToArray();
        if (rights.Any(r => !user.May(r))) return Problem.Forbidden;
        var plan = await CheckAsync(db, user, rights, rows, cancellationToken);
        if (ImportPlan.Of(plan).Answer(context) is { } answer) return answer;
        var request = new JobRequest
        {
            Args = new Dictionary<string, string>(StringComparer.Ordinal) { ["by"] = user.Name },
            Items = [.. plan.Where(r => r.Error.Length == 0).Select(r => r.Item)],
        };
        return await desk.StartAsync(context, db, DeviceImportJob.KindName, request, cancellationToken);
    }

    private static async Task<List<ImportRow>> CheckAsync(
        HawserDb db, CurrentUser user, AdminRight[] rights,
        List<(int Line, Dictionary<string, string> Cells)> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(r => r.Cells["id"].Trim()).ToHashSet(StringComparer.Ordinal);
        // What one of the rights does not reach is not there.
        foreach (var right in rights.DefaultIfEmpty(AdminRight.DevicesInfo))
        {
            ids = await ImportPlan.KnownAsync(
                ids, some => AdminScope.Devices(db, user, right).Where(d => some.Contains(d.Id)).Select(d => d.Id)
                    .ToListAsync(cancellationToken));
        }

        var users = await ImportPlan.KnownAsync(
            ImportPlan.Names(rows, "user_name"), some => db.Users.Where(u => some.Contains(u.NormalizedName))
                .Select(u => u.NormalizedName).ToListAsync(cancellationToken));
        var groups = await ImportPlan.KnownAsync(
            ImportPlan.Names(rows, "device_group_name"),
            some => db.DeviceGroups.Where(g => some.Contains(g.NormalizedName))
                .Select(g => g.NormalizedName).ToListAsync(cancellationToken));
        var strategies = await ImportPlan.KnownAsync(
            ImportPlan.Names(rows, "strategy_name"), some => db.Strategies.Where(s => some.Contains(s.NormalizedName))
                .Select(s => s.NormalizedName).ToListAsync(cancellationToken));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return rows.ConvertAll(row =>
        {
            var id = row.Cells["id"].Trim();
            var wrong = !ids.Contains(id) ? $"There is no device \"{id}\"."
                : !seen.Add(id) ? $"The device \"{id}\" is named twice."
                : Missing(row.Cells, "user_name", users, "user")
                    ?? Missing(row.Cells, "device_group_name", groups, "device group")
                    ?? Missing(row.Cells, "strategy_name", strategies, "strategy")
                    ?? NameText.NoteComplaint(row.Cells.GetValueOrDefault("note")) ?? "";
            return new ImportRow(row.Line, id, wrong)
            {
                Item = JsonSerializer.Serialize(row.Cells, ImportJson.Default.DictionaryStringString),
            };
        });
    }

    private static string? Missing(
        Dictionary<string, string> cells, string column, HashSet<string> known, string what) =>
        cells.GetValueOrDefault(column, "").Trim() is { Length: > 0 } name && !known.Contains(NameText.Normalize(name))
            ? $"There is no {what} \"{name}\"." : null;
}

/// <summary>Assigns one device as a row says.</summary>
internal sealed class DeviceImportJob(DeviceHints hints, Secrets secrets, TimeProvider time)
    : JobKind
{
    internal const string KindName = "devices.import";

    public override string Name => KindName;

    public override int Batch => 25;

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        var cells = JsonSerializer.Deserialize(item, ImportJson.Default.DictionaryStringString)!;
        var id = cells["id"].Trim();
        if (await step.Db.Devices.FirstOrDefaultAsync(d => d.Id == id, cancellationToken) is not { } device)
        {
            return "There is no such device any more.";
        }

        var details = await step.Db.DeviceDetails.FindAsync([device.Guid], cancellationToken);
        if (details is null)
        {
            details = new DeviceDetails { DeviceGuid = device.Guid, Enabled = true };
            step.Db.DeviceDetails.Add(details);
        }

        var assignments = new DeviceAssignments(step.Db, secrets, time.GetUtcNow().UtcDateTime);
        foreach (var column in DevicesImport.Columns.Skip(1))
        {
            if (!cells.TryGetValue(column, out var value)) continue;
            if (await DevicesAdmin.ApplyAsync(
                assignments, (device, details), column, value.Trim(), cancellationToken) is { } wrong) return wrong;
        }

        return null;
    }

    public override async Task StoredAsync(
        JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        foreach (var device in step.Db.Devices.Local) hints.Changed(device.Id);
        await Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions
            .GetRequiredService<Strategies.StrategyEpoch>(step.Services).BumpAsync(step.Db, cancellationToken);
    }
}
