using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Jobs;
using Hawser.Data.Backups;

namespace Hawser.Api.Backups;

/// <summary>Writes one backup into the data folder; what <c>hawser backup</c> does.</summary>
internal sealed class BackupJob(ApiParts parts, BackupFolder folder, TimeProvider time) : JobKind
{
    internal const string KindName = "backup";

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    public override string Name => KindName;

    // The one item is the file's name; after a crash it is written again.
    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        folder.Prepare();
        var progress = new Latest();
        var file = folder.PathOf(item);
        var writing = BackupArchive.WriteAsync(
            parts.Store, file, step.Request.Args.ContainsKey("recordings"), parts.Version,
            time.GetUtcNow().UtcDateTime, progress, cancellationToken);
        while (!writing.IsCompleted)
        {
            await Task.WhenAny(writing, Task.Delay(TellEvery, time, cancellationToken));
            if (!writing.IsCompleted && progress.Total > 0) await step.Tell(progress.Done, progress.Total);
        }

        var report = await writing;
        step.Result = JsonSerializer.Serialize(
            new BackupResult(item, new FileInfo(file).Length, report.Tables, report.Rows, report.Files),
            BackupsJson.Default.BackupResult);
        return null;
    }

    /// <summary>Keeps what was told last.</summary>
    private sealed class Latest : IProgress<BackupProgress>
    {
        private long _done;
        private long _total;

        public int Done => (int)Math.Min(int.MaxValue, Interlocked.Read(ref _done));

        public int Total => (int)Math.Min(int.MaxValue, Interlocked.Read(ref _total));

        public void Report(BackupProgress value)
        {
            Interlocked.Exchange(ref _done, value.Done);
            Interlocked.Exchange(ref _total, value.Total);
        }
    }
}

/// <summary>What is in a backup.</summary>
internal sealed record BackupResult(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("tables")] int Tables,
    [property: JsonPropertyName("rows")] long Rows,
    [property: JsonPropertyName("files")] int Files);
