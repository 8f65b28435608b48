using System.Buffers;
using Hawser.Data.Recordings;
using Hawser.Recording;
using Hawser.Recording.Library;
using Hawser.Recording.Storage;
using Hawser.Server;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Services.Tests.Recording;

/// <summary>One of several recorders.</summary>
internal sealed class RecorderNode : IAsyncDisposable
{
    public const string Id = "abc123";

    private RecorderNode(TestHawser server) => Server = server;

    public TestHawser Server { get; }

    public Recordings Recordings => Service<Recordings>();

    public IRecordingStorage Storage => Service<IRecordingStorage>();

    public static RecordCaller Ann { get; } = RecordCaller.OfAccount(
        new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), RecordRights.Record | RecordRights.View | RecordRights.Manage);

    public static async Task<RecorderNode> StartAsync(Action<HawserOptions> configure, string? folder = null) => new(
        await TestHawser.StartAsync(
            o =>
            {
                o.Role.Add("recorder");
                (o.Recorder.KeepFree, o.Recorder.Flush, o.Recorder.Posters) = (0, FlushPolicy.None, false);
                o.Recorder.FinishRetrySeconds = 1;
                configure(o);
            },
            folder: folder));

    public T Service<T>()
        where T : notnull => Server.Node.Services!.GetRequiredService<T>();

    public Task<StartAnswer> StartAsync(string id = Id) => Recordings.StartAsync(Ann, id, CancellationToken.None);

    public Task<AppendAnswer> AppendAsync(byte[] bytes, string id = Id, long? seq = null) =>
        Recordings.AppendAsync(Ann, id, new ReadOnlySequence<byte>(bytes), seq, null, CancellationToken.None);

    public Task<RecordEnd> StopAsync(string id = Id, int? chunks = null) =>
        Recordings.StopAsync(Ann, id, chunks, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(120));

    public Task<RecordView> ViewAsync(string id = Id) => Recordings.ViewAsync(Ann, id, CancellationToken.None);

    /// <summary>The final file, and how many pictures are in it.</summary>
    public async Task<(byte[] Bytes, int Video)> FinalAsync(string id = Id)
    {
        var file = (await Recordings.OpenAsync(Ann, id, RecordPart.Final, CancellationToken.None))!;
        using var bytes = new MemoryStream();
        await using (file.Content) await file.Content.CopyToAsync(bytes);
        var path = Path.Combine(Server.Folder, "probe.webm");
        await File.WriteAllBytesAsync(path, bytes.ToArray());
        return (bytes.ToArray(), (await TestVideo.ProbeAsync(path)).Video);
    }

    public async Task<RecordingRow> RowAsync(string id = Id)
    {
        await using var db = Server.Node.Store!.CreateDb();
        return await db.Recordings.AsNoTracking().SingleAsync(r => r.RecordId == id);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
