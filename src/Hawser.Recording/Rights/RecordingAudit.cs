using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Rights;

/// <summary>What was done to a recording; the numbers of console operations from 100 on are ours.</summary>
internal enum RecordingDeed
{
    /// <summary>It was begun.</summary>
    Started = 180,

    /// <summary>It was ended.</summary>
    Stopped = 181,

    /// <summary>Its file was fetched.</summary>
    Downloaded = 182,

    /// <summary>It was deleted.</summary>
    Deleted = 184,
}

/// <summary>Writes who did what to recordings: ids only, never a token, a link or a byte of them.</summary>
internal sealed partial class RecordingAudit(RecordingParts parts)
{
    /// <summary>The area of console operations that recordings are.</summary>
    internal const int Area = 8;

    private readonly ILogger _log = parts.Logs.CreateLogger<RecordingAudit>();

    /// <summary>Writes a row. A database that does not take it ends nothing that was done.</summary>
    public async Task WriteAsync(RecordingDeed deed, Visitor visitor, string recordId, IPAddress? from)
    {
        try
        {
            await using var db = parts.Store.CreateDb();
            db.ConsoleAudits.Add(new ConsoleAudit
            {
                OperatorGuid = visitor.Caller.Account,
                Operator = visitor.Name,
                Area = Area,
                Operation = (int)deed,
                Info = JsonSerializer.Serialize(new AuditInfo(recordId), AuditJson.Default.AuditInfo),
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

    private static partial class Log
    {
        [LoggerMessage(7180, LogLevel.Warning, "That a recording was {Deed} could not be written down: {Reason}")]
        internal static partial void NotWritten(ILogger logger, RecordingDeed deed, string reason);
    }
}

/// <summary>What a row says of the recording.</summary>
internal sealed record AuditInfo([property: JsonPropertyName("recordId")] string RecordId);

/// <summary>Writes without reflection.</summary>
[JsonSerializable(typeof(AuditInfo))]
internal sealed partial class AuditJson : JsonSerializerContext;
