using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Hawser.Api.Devices;
using Hawser.Data;
using Hawser.Data.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Watch;

/// <summary>Writes how this node is into the database, for whoever looks at all of them.</summary>
internal sealed partial class NodeNews(
    ApiParts parts, ApiGate gate, DevicePresence presence, TimeProvider time, ILogger<NodeNews> log)
    : PeriodicWork(gate, time, Period)
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>A node that wrote nothing for longer is down.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(7);
    private readonly DateTime _startedAt = time.GetUtcNow().UtcDateTime;
    private TimeSpan _cpu = Used();
    private long _cpuAt = time.GetTimestamp();

    /// <summary>This node; the same after a restart, so that it is one row.</summary>
    internal Guid Own { get; } = new(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{Environment.MachineName}\n{Path.GetFullPath(parts.DataFolder)}")).AsSpan(0, 16));

    /// <summary>Writes once.</summary>
    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = parts.Store.CreateDb();
            var now = Time.GetUtcNow().UtcDateTime;
            var row = await db.ServerNodes.FindAsync([Own], cancellationToken);
            if (row is null) db.ServerNodes.Add(row = new ServerNode { Guid = Own });
            // First, so that what follows says how the node is then.
            parts.Drain?.Invoke(row.DrainsSince is not null);
            (row.Name, row.Version) = (Environment.MachineName, parts.Version);
            (row.StartedAt, row.SeenAt, row.Devices) = (_startedAt, now, presence.Reporting);
            row.Parts = string.Join(';', (parts.Health?.Invoke() ?? []).Select(p => $"{p.Key}={p.Value}"));
            (row.CpuPercent, row.Memory) = (CpuPercent(), Environment.WorkingSet);
            await db.SaveChangesAsync(cancellationToken);
            await db.ServerNodes.Where(n => n.SeenAt < now - Forgotten).ExecuteDeleteAsync(cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }
    }

    // One that was drained stays so over a restart, from the first request on that it could be sent.
    /// <inheritdoc/>
    protected override Task BeginAsync(CancellationToken cancellationToken) => WriteAsync(cancellationToken);

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => WriteAsync(cancellationToken);

    private static TimeSpan Used()
    {
        using var own = Process.GetCurrentProcess();
        return own.TotalProcessorTime;
    }

    private int CpuPercent()
    {
        var (used, at) = (Used(), Time.GetTimestamp());
        var passed = Time.GetElapsedTime(_cpuAt, at);
        var percent = passed > TimeSpan.Zero ? (used - _cpu) / passed * 100 : 0;
        (_cpu, _cpuAt) = (used, at);
        return (int)Math.Clamp(percent, 0, 100_000);
    }

    private static partial class Log
    {
        [LoggerMessage(6714, LogLevel.Warning, "How this node is could not be written: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
