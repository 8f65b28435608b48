using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Rights;

/// <summary>What was done to a recording; numbers of console operations, which the API names.</summary>
internal enum RecordingDeed
{
    /// <summary>The list was taken as a file; what the API calls that for all its lists.</summary>
    Exported = 151,

    /// <summary>It was begun.</summary>
    Started = 162,

    /// <summary>It was ended.</summary>
    Stopped = 163,

    /// <summary>Its file was fetched.</summary>
    Downloaded = 164,

    /// <summary>Its title or its note was changed.</summary>
    Changed = 160,

    /// <summary>It was deleted.</summary>
    Deleted = 161,

    /// <summary>It was held: it can't be deleted.</summary>
    Held = 165,

    /// <summary>It is held no longer.</summary>
    Released = 166,

    /// <summary>It was to be finished once more.</summary>
    FinishedAgain = 167,

    /// <summary>It was played.</summary>
    Watched = 168,

    /// <summary>An MP4 was to be made of it.</summary>
    Copied = 169,
}

/// <summary>Writes who did what to recordings: ids only, never a token, a link or a byte of them.</summary>
internal sealed partial class RecordingAudit(RecordingParts parts)
{
    /// <summary>The area of console operations that recordings are.</summary>
    internal const int Area = 9;

    private const int AreaOfLists = 8;

    private const int MostViews = 200;

    private readonly ILogger _log = parts.Logs.CreateLogger<RecordingAudit>();

    /// <summary>Writes a row. A database that does not take it ends nothing that was done.</summary>
    public Task WriteAsync(RecordingDeed deed, Visitor visitor, string recordId, IPAddress? from) =>
        WriteAsync(deed, visitor, new AuditInfo(recordId), from);

    /// <summary>Writes a row with more than the id.</summary>
    public Task WriteAsync(RecordingDeed deed, Visitor visitor, AuditInfo info, IPAddress? from) =>
        StoreAsync(deed, visitor, JsonSerializer.Serialize(info, AuditJson.Default.AuditInfo), from);

    /// <summary>Writes down that the list was taken as a file.</summary>
    /// <param name="visitor">By whom.</param>
    /// <param name="query">What was asked for.</param>
    /// <param name="from">From where.</param>
    public Task ExportedAsync(Visitor visitor, string query, IPAddress? from) => StoreAsync(
        RecordingDeed.Exported, visitor,
        JsonSerializer.Serialize(
            new ExportInfo(["recordings"], query.Length > 1000 ? query[..1000] : query), AuditJson.Default.ExportInfo),
        from);

    private async Task StoreAsync(RecordingDeed deed, Visitor visitor, string info, IPAddress? from)
    {
        try
        {
            await using var db = parts.Store.CreateDb();
            db.ConsoleAudits.Add(new ConsoleAudit
            {
                OperatorGuid = visitor.Caller.Account,
                Operator = visitor.Name,
                Area = deed == RecordingDeed.Exported ? AreaOfLists : Area,
                Operation = (int)deed,
                Info = info,
                Address = from is null ? "" : (from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from).ToString(),
                CreatedAt = parts.Time.GetUtcNow().UtcDateTime,
            });
            // Also when the caller has gone meanwhile.
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.NotWritten(_log, deed, e.Message);
        }
    }

    /// <summary>Who watched or fetched a recording, the last ones first.</summary>
    /// <param name="recordId">Which.</param>
    /// <param name="since">When it was begun: an earlier one of its name is none of its matter.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<RecordingSeen>> ViewsAsync(
        string recordId, DateTime since, CancellationToken cancellationToken)
    {
        var own = JsonSerializer.Serialize(AuditInfo.OfView(recordId, byLink: false), AuditJson.Default.AuditInfo);
        var link = JsonSerializer.Serialize(AuditInfo.OfView(recordId, byLink: true), AuditJson.Default.AuditInfo);
        await using var db = parts.Store.CreateDb();
        return await db.ConsoleAudits.AsNoTracking()
            .Where(a => a.CreatedAt >= since && a.Area == Area && (a.Info == own || a.Info == link)
                && (a.Operation == (int)RecordingDeed.Downloaded || a.Operation == (int)RecordingDeed.Watched))
            .OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Guid).Take(MostViews)
            .Select(a => new RecordingSeen(
                a.OperatorGuid, a.Operator, a.Info == link, a.Address, a.CreatedAt,
                a.Operation == (int)RecordingDeed.Downloaded))
            .ToListAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(7180, LogLevel.Warning, "That a recording was {Deed} could not be written down: {Reason}")]
        internal static partial void NotWritten(ILogger logger, RecordingDeed deed, string reason);
    }
}

/// <summary>What a row says of the recording.</summary>
internal sealed record AuditInfo([property: JsonPropertyName("recordId")] string RecordId)
{
    /// <summary>Its new title; null: it stayed.</summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>Its new note; null: it stayed.</summary>
    [JsonPropertyName("note")]
    public string? Note { get; init; }

    /// <summary>Why; null: nobody said.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>By a link that the operator gave away; null: in person.</summary>
    [JsonPropertyName("link")]
    public bool? Link { get; init; }

    /// <summary>What is written when it was watched or fetched; the same text each time, to be found by.</summary>
    public static AuditInfo OfView(string recordId, bool byLink) =>
        new(recordId) { Link = byLink ? true : null };
}

/// <summary>What a row says of a list that was taken as a file; as the API says it.</summary>
internal sealed record ExportInfo(
    [property: JsonPropertyName("targets")] IReadOnlyList<string> Targets,
    [property: JsonPropertyName("query")] string Query);

/// <summary>Somebody watched or fetched a recording.</summary>
/// <param name="UserGuid">The account; null: nobody in particular.</param>
/// <param name="User">Its name then; empty: nobody in particular.</param>
/// <param name="ByLink">Somebody had a link that this account gave away.</param>
/// <param name="Address">From where.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Downloaded">Fetched to be kept, and not played here.</param>
internal sealed record RecordingSeen(
    Guid? UserGuid, string User, bool ByLink, string Address, DateTime At, bool Downloaded);

/// <summary>Writes without reflection.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditInfo))]
[JsonSerializable(typeof(ExportInfo))]
internal sealed partial class AuditJson : JsonSerializerContext;
