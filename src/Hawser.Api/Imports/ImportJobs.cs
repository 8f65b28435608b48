using System.Text.Json;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Import;

namespace Hawser.Api.Imports;

/// <summary>Takes over the devices of an hbbs.</summary>
internal sealed class HbbsImportJob(ApiParts parts, ImportFolder folder, TimeProvider time)
    : ImportJob(folder, HbbsImport.DatabaseName)
{
    internal const string Word = "hbbs";
    internal const string KindName = "devices.hbbs";

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    public override string Name => KindName;

    protected override async Task<ImportCounts> RunAsync(
        JobStep step, string file, CancellationToken cancellationToken)
    {
        var told = time.GetTimestamp();
        var report = await HbbsTakeover.RunAsync(
            file, parts.Store, dryRun: false, time.GetUtcNow().UtcDateTime,
            async (done, total) =>
            {
                if (time.GetElapsedTime(told) < TellEvery) return;
                told = time.GetTimestamp();
                await step.Tell(done, total);
            },
            cancellationToken);
        // The ID server knows devices by heart.
        parts.Feed.Publish(new LiveEvent("devices-imported", ""));
        return ImportCounts.Of(report);
    }
}

/// <summary>Takes over users, groups and address books of lejianwen's server.</summary>
internal sealed class RustDeskApiImportJob(ImportFolder folder, Secrets secrets, TimeProvider time)
    : ImportJob(folder, RustDeskApiImport.DatabaseName)
{
    internal const string Word = "rustdesk_api";
    internal const string KindName = "users.rustdesk_api";

    public override string Name => KindName;

    protected override async Task<ImportCounts> RunAsync(
        JobStep step, string file, CancellationToken cancellationToken) => ImportCounts.Of(
            await RustDeskApiImport.RunAsync(
                file, step.Db, secrets.Protect, time.GetUtcNow().UtcDateTime, cancellationToken));
}

/// <summary>One database of another server, which lies on one node.</summary>
internal abstract class ImportJob(ImportFolder folder, string database) : JobKind
{
    // The files are gone by then.
    public override bool IsRepeatable(JobRequest request) => false;

    public override bool IsHere(JobRequest request) => folder.Find(SourceOf(request), database) is not null;

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        var source = SourceOf(step.Request);
        if (folder.Find(source, database) is not { } file) return "The files of the old server are not here any more.";
        try
        {
            var counts = await RunAsync(step, file, cancellationToken);
            step.Result = JsonSerializer.Serialize(counts, ImportsJson.Default.ImportCounts);
        }
        catch (StoreException e) when (!e.IsPassing)
        {
            return e.Message;
        }

        folder.Forget(source);
        return null;
    }

    protected abstract Task<ImportCounts> RunAsync(JobStep step, string file, CancellationToken cancellationToken);

    private static string SourceOf(JobRequest request) => request.Args.GetValueOrDefault("source", "folder ");
}
