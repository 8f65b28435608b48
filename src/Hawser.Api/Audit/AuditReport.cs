using System.Security.Cryptography;
using System.Text;
using Hawser.Data.Audit;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Audit;

/// <summary>Who reports, from where, when.</summary>
/// <param name="DeviceId">The device's id.</param>
/// <param name="Uuid">What it says of its machine; empty: nothing that can be read.</param>
/// <param name="Mark">Fingerprint of its mark for repeats; empty: it has none.</param>
/// <param name="From">The address it comes from.</param>
/// <param name="At">When it came, UTC.</param>
internal sealed record ReportHead(string DeviceId, byte[] Uuid, string Mark, string From, DateTime At)
{
    private const int MaxId = 253;
    private const int MaxUuid = 1024;

    /// <summary>Reads it; null when the report can never be stored.</summary>
    public static ReportHead? Read(HttpContext context, TimeProvider time, string? id, string? uuid, string? nonce)
    {
        if (string.IsNullOrEmpty(id) || id.Length > MaxId || uuid is { Length: > MaxUuid }) return null;
        var from = AuditText.Of(context.Connection.RemoteIpAddress);
        return new ReportHead(id, Decode(uuid), MarkOf(id, uuid, nonce), from, time.GetUtcNow().UtcDateTime);
    }

    // Of the device too: nobody can spend a mark that another device is going to use.
    private static string MarkOf(string id, string? uuid, string? nonce) => string.IsNullOrEmpty(nonce) ? ""
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{id}\0{uuid}\0{nonce}")), 0, 24);

    private static byte[] Decode(string? uuid)
    {
        var bytes = new byte[MaxUuid];
        return uuid is not null && Convert.TryFromBase64String(uuid, bytes, out var length) ? bytes[..length] : [];
    }
}

/// <summary>A report on its way to the database; whoever sent it waits for its outcome.</summary>
internal abstract class AuditReport(ReportHead head)
{
    private const int Taken = 1;
    private const int Abandoned = 2;
    private readonly TaskCompletionSource<AuditOutcome> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _state;

    public ReportHead Head { get; } = head;

    /// <summary>The outcome, once it is known.</summary>
    public Task<AuditOutcome> Outcome => _outcome.Task;

    /// <summary>The writer takes it, unless whoever waited has given up.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, 0) == 0;

    /// <summary>Whoever waits gives up, unless the writer has taken it.</summary>
    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, 0) == 0;

    public void End(AuditOutcome outcome) => _outcome.TrySetResult(outcome);
}

/// <summary>Which of the three events of a connection (reference §10.3).</summary>
internal enum ConnectionEvent
{
    /// <summary>It was accepted.</summary>
    Opened,

    /// <summary>Its operator was let in.</summary>
    Authorised,

    /// <summary>It ended.</summary>
    Closed,
}

/// <summary>An event of a connection.</summary>
internal sealed class ConnectionReport(ReportHead head, ConnectionEvent what, int connId, long sessionId)
    : AuditReport(head)
{
    public ConnectionEvent What { get; } = what;

    public int ConnId { get; } = connId;

    /// <summary>64 bits without sign, kept as signed; 0: not known.</summary>
    public long SessionId { get; } = sessionId;

    public string Address { get; init; } = "";

    public string Reference { get; init; } = "";

    public string PeerId { get; init; } = "";

    public string PeerName { get; init; } = "";

    public int? Type { get; init; }

    public int PrimaryAuth { get; init; }

    public int TwoFactor { get; init; }
}

/// <summary>A transfer of files; the row is finished but for the device.</summary>
internal sealed class FileReport(ReportHead head, FileAudit row) : AuditReport(head)
{
    public FileAudit Row { get; } = row;
}

/// <summary>An alarm; the row is finished but for device and account.</summary>
internal sealed class AlarmReport(ReportHead head, AlarmAudit row) : AuditReport(head)
{
    public AlarmAudit Row { get; } = row;
}

/// <summary>An operator's note, which carries no proof but the session's number (reference §10.4).</summary>
internal sealed class NoteReport(ReportHead head, long sessionId, string note) : AuditReport(head)
{
    public long SessionId { get; } = sessionId;

    public string Note { get; } = note;
}

/// <summary>The device's heartbeats have stopped naming a connection.</summary>
internal sealed class LostReport(ReportHead head, Guid device, int connId) : AuditReport(head)
{
    public Guid Device { get; } = device;

    public int ConnId { get; } = connId;
}
