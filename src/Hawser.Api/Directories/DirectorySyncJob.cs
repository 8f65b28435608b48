using Hawser.Api.Directories.Wire;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Leases;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Directories;

/// <summary>Synchronises with the directory as often as it is set, on one of the nodes.</summary>
internal sealed partial class DirectorySyncJob(
    SettingsStore settings, DirectorySync sync, JobLeases leases, ApiGate gate, TimeProvider time,
    ILogger<DirectorySyncJob> log) : PeriodicWork(gate, time, Look)
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => RunWhenDueAsync(cancellationToken);

    /// <summary>Runs when it is time; tells the log when it can't.</summary>
    internal async Task RunWhenDueAsync(CancellationToken cancellationToken)
    {
        var directory = settings.Get(DirectorySettings.Key);
        if (!directory.Enabled || directory.Urls.Count == 0 || directory.SyncMinutes == 0 || !CanList(directory))
        {
            return;
        }

        try
        {
            await leases.RunAsync("ldap-sync", Lease, ct => RunAsync(directory, ct), cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }
    }

    private async Task RunAsync(DirectorySettings directory, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        if (settings.Get(SyncReport.Key).At is { } last && now - last < TimeSpan.FromMinutes(directory.SyncMinutes))
        {
            return;
        }

        SyncReport report;
        try
        {
            report = await sync.RunAsync(directory, isTrial: false, cancellationToken);
        }
        catch (LdapFault e)
        {
            Log.Failed(log, e.Message);
            report = new SyncReport { Complaint = e.Message };
        }

        report.At = now;
        await settings.SetAsync(SyncReport.Key, report, cancellationToken);
    }

    // Without a service account there is nobody who could search.
    private static bool CanList(DirectorySettings directory) =>
        directory.BindPattern.Length == 0 || directory.BindDn.Length > 0;

    private static partial class Log
    {
        [LoggerMessage(6114, LogLevel.Warning, "The directory was not synchronised: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
