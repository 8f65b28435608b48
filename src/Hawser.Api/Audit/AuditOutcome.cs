using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Audit;

/// <summary>What became of a report.</summary>
internal enum AuditOutcome
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>It is the repeat of one that is.</summary>
    Repeated,

    /// <summary>No device has this id and uuid; dropped.</summary>
    Unknown,

    /// <summary>It says nothing that is kept; dropped.</summary>
    Ignored,

    /// <summary>The device reports too much.</summary>
    TooMany,

    /// <summary>It could not be stored; the device may send it again.</summary>
    Failed,
}

/// <summary>What devices are told.</summary>
internal static class AuditOutcomes
{
    private static readonly IResult TooMany = ClientResults.Error(429, "Too many reports from this device.");
    private static readonly IResult Failed = ClientResults.Error(503, "The report could not be stored.");

    /// <summary>
    /// 200 and zero bytes for whatever was taken or deliberately dropped: newer clients send anything else again
    /// (reference §10.2).
    /// </summary>
    public static IResult Answer(this AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.TooMany => TooMany,
        AuditOutcome.Failed => Failed,
        _ => ClientResults.Empty,
    };
}
