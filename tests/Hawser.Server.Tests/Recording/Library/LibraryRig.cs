using System.Buffers;
using Hawser.Data.Recordings;
using Hawser.Recording;
using Hawser.Recording.Library;
using Hawser.Recording.Storage;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Server.Tests.Recording.Library;

/// <summary>A recorder on its own, asked without HTTP.</summary>
internal sealed class LibraryRig : IAsyncDisposable
{
    public const string Id = "abc123";

    private readonly TestHawser _server;

    private LibraryRig(TestHawser server) => _server = server;

    public static RecordCaller Ann { get; } = Caller(1);

    public static RecordCaller Ben { get; } = Caller(2);

    public Recordings Recordings => Service<Recordings>();

    public string Root => Service<RecordingStore>().Root;

    public static RecordCaller Caller(byte number) => RecordCaller.OfAccount(
        new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, number), RecordRights.Record | RecordRights.View | RecordRights.Manage);

    public static async Task<LibraryRig> StartAsync(Action<RecordingOptions>? configure = null, string? folder = null) => new(
        await TestHawser.StartAsync(
            o =>
            {
                o.Role.Add("recorder");
                (o.Recorder.KeepFree, o.Recorder.Flush, o.Recorder.Posters) = (0, FlushPolicy.None, false);
                o.Recorder.FinishRetrySeconds = 1;
                configure?.Invoke(o.Recorder);
            },
            folder: folder));

    public T Service<T>()
        where T : notnull => _server.Node.Services!.GetRequiredService<T>();

    public Task<StartAnswer> StartAsync(string id = Id, RecordCaller? caller = null) =>
        Recordings.StartAsync(caller ?? Ann, id, CancellationToken.None);

    public Task<AppendAnswer> AppendAsync(byte[] bytes, string id = Id, RecordCaller? caller = null, long? seq = null, string? checksum = null) =>
        Recordings.AppendAsync(caller ?? Ann, id, new ReadOnlySequence<byte>(bytes), seq, checksum, CancellationToken.None);

    public Task<RecordEnd> StopAsync(string id = Id, int? chunks = null, RecordCaller? caller = null) =>
        Recordings.StopAsync(caller ?? Ann, id, chunks, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(120));

    public Task<RecordView> ViewAsync(string id = Id, RecordCaller? caller = null) =>
        Recordings.ViewAsync(caller ?? Ann, id, CancellationToken.None);

    /// <summary>Start and chunks; the recording goes on.</summary>
    public async Task SendAsync(IEnumerable<byte[]> chunks, string id = Id)
    {
        (await StartAsync(id)).Code.ShouldBeOk();
        foreach (var chunk in chunks) (await AppendAsync(chunk, id)).Code.ShouldBeOk();
    }

    /// <summary>A whole recording.</summary>
    public async Task<RecordEnd> RecordAsync(IReadOnlyCollection<byte[]> chunks, string id = Id)
    {
        await SendAsync(chunks, id);
        return await StopAsync(id, chunks.Count);
    }

    public async Task<RecordingRow?> RowAsync(string id = Id)
    {
        await using var db = _server.Node.Store!.CreateDb();
        return await db.Recordings.AsNoTracking().FirstOrDefaultAsync(r => r.RecordId == id);
    }

    public async Task ChangeRowAsync(Action<RecordingRow> change, string id = Id)
    {
        await using var db = _server.Node.Store!.CreateDb();
        change(await db.Recordings.FirstAsync(r => r.RecordId == id));
        await db.SaveChangesAsync();
    }

    public async Task<int[]> IndexesAsync(string id = Id) =>
        [.. (await Service<IRecordingStorage>().ChunksAsync(id, CancellationToken.None)).Select(c => c.Index)];

    public string FileOf(string name, string id = Id) => Path.Combine(Root, id, name);

    public Task SweepAsync() => Service<LibrarySweeper>().SweepAsync(CancellationToken.None);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();
}

internal static class CodeAssertions
{
    public static void ShouldBeOk(this RecordCode code)
    {
        if (code != RecordCode.Ok) throw new InvalidOperationException($"the step was refused: {code}");
    }
}
