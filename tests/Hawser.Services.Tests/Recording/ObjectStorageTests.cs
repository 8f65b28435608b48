using Hawser.Recording.Library;
using Hawser.Recording.Storage;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Recording;

/// <summary>C63: recordings in a real S3 server.</summary>
public sealed class ObjectStorageTests
{
    [Fact]
    public async Task C63_a_recording_is_stored_finished_read_and_deleted()
    {
        using var s3 = await ObjectStorage.StartAsync();
        await using var node = await StartAsync(s3);
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 5);
        (await node.StartAsync()).Code.ShouldBe(RecordCode.Ok);
        for (var i = 0; i < 5; i++) (await node.AppendAsync(chunks[i])).ShouldBe(new AppendAnswer(RecordCode.Ok) { Index = i });
        (await node.Storage.ChunksAsync(RecorderNode.Id, default)).Select(c => (c.Index, c.Length))
            .ShouldBe(chunks.Select((c, i) => (i, (long)c.Length)));
        var end = await node.StopAsync(chunks: 5);
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        var (bytes, video) = await node.FinalAsync();
        (video, (long)bytes.Length).ShouldBe((150, end.Size));

        // Ranges, as a player asks for them.
        var file = (await node.Recordings.OpenAsync(RecorderNode.Ann, RecorderNode.Id, RecordPart.Final, default))!;
        await using (file.Content)
        {
            var part = new byte[100];
            foreach (var at in (int[])[50, 0, bytes.Length - 100, 1000])
            {
                file.Content.Position = at;
                await file.Content.ReadExactlyAsync(part);
                part.ShouldBe(bytes[at..(at + 100)]);
            }
        }

        (await node.Recordings.DeleteAsync(RecorderNode.Ann, RecorderNode.Id, default)).ShouldBe(RecordCode.Ok);
        (await node.Storage.OpenAsync(RecorderNode.Id, StoredNames.FinalWebm, default)).ShouldBeNull();
    }

    [Fact]
    public async Task C63_a_key_that_is_taken_is_not_replaced()
    {
        using var s3 = await ObjectStorage.StartAsync();
        await using var node = await StartAsync(s3);
        await node.StartAsync();
        await using (var prepared = await node.Storage.PrepareAsync(RecorderNode.Id, new(new byte[] { 1, 2, 3 }), default))
        {
            (await prepared.PublishAsync(0, default)).ShouldBeTrue();
            (await prepared.PublishAsync(0, default)).ShouldBeFalse();
        }

        (await node.AppendAsync((await TestVideo.WebmAsync())[..1000])).Index.ShouldBe(1);
        await using var first = (await node.Storage.OpenChunkAsync(RecorderNode.Id, 0, default))!;
        using var bytes = new MemoryStream();
        await first.CopyToAsync(bytes);
        bytes.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_large_final_file_goes_up_in_parts()
    {
        using var s3 = await ObjectStorage.StartAsync();
        await using var node = await StartAsync(s3);
        var draft = node.Storage.Draft(RecorderNode.Id, "webm");
        var bytes = new byte[70 << 20];
        new Random(7).NextBytes(bytes);
        await File.WriteAllBytesAsync(draft, bytes);
        await node.Storage.PublishAsync(RecorderNode.Id, draft, StoredNames.FinalWebm, default);
        var stored = (await node.Storage.OpenAsync(RecorderNode.Id, StoredNames.FinalWebm, default))!;
        await using var content = stored.Content;
        stored.Length.ShouldBe(bytes.Length);
        content.Position = 69 << 20;
        var end = new byte[1 << 20];
        await content.ReadExactlyAsync(end);
        end.AsSpan().SequenceEqual(bytes.AsSpan(69 << 20)).ShouldBeTrue();
        File.Delete(draft);
    }

    [Fact]
    public async Task A_storage_that_is_away_is_told_and_costs_no_chunk()
    {
        RecordEnd end;
        var s3 = await ObjectStorage.StartAsync();
        await using var node = await StartAsync(s3);
        await node.StartAsync();
        s3.Dispose();
        (await node.AppendAsync((await TestVideo.WebmAsync())[..1000])).Code.ShouldBe(RecordCode.StorageError);
        end = await node.StopAsync();
        end.Code.ShouldBe(RecordCode.EmptyRecording);
    }

    private static Task<RecorderNode> StartAsync(ObjectStorage s3) => RecorderNode.StartAsync(o =>
    {
        (o.Recorder.S3Bucket, o.Recorder.S3Endpoint) = (ObjectStorage.Bucket, s3.Endpoint);
        (o.Recorder.S3AccessKey, o.Recorder.S3SecretKey) = ("S3RVER", "S3RVER");
    });
}
