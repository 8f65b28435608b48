using System.Net;
using Hawser.Cluster;
using Hawser.Recording.Library;
using Hawser.Recording.Storage;
using Hawser.Server;
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
            // As when the answer to the first was lost: it is its own.
            (await prepared.PublishAsync(0, default)).ShouldBeTrue();
        }

        await using (var other = await node.Storage.PrepareAsync(RecorderNode.Id, new(new byte[] { 1, 2, 3 }), default))
        {
            (await other.PublishAsync(0, default)).ShouldBeFalse();
        }

        (await node.AppendAsync((await TestVideo.WebmAsync())[..1000])).Index.ShouldBe(1);
        await using var first = (await node.Storage.OpenChunkAsync(RecorderNode.Id, 0, default))!;
        using var bytes = new MemoryStream();
        await first.CopyToAsync(bytes);
        bytes.ToArray().ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C45_C63_chunks_that_were_put_before_a_crash_and_have_no_row_are_taken_in(bool numbered)
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;
        try
        {
            using var s3 = await ObjectStorage.StartAsync();
            var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
            await using (var node = await StartAsync(s3, folder: folder))
            {
                await node.StartAsync();
                // As it is between the object and the row; with a client's numbers nobody knows of any before the first row.
                if (!numbered) (await node.AppendAsync(chunks[0])).Code.ShouldBe(RecordCode.Ok);
                await PutAsync(node, chunks[numbered ? 0 : 1]);
            }

            await using var again = await StartAsync(s3, folder: folder);
            var there = numbered ? 1 : 2;
            await Eventually.HoldsAsync(() => again.RowAsync().GetAwaiter().GetResult().Chunks == there, "what was put is taken in", 60);
            if (numbered)
            {
                (await again.AppendAsync(chunks[0], seq: 0)).ShouldBe(new AppendAnswer(RecordCode.Ok) { Index = 0, Duplicate = true });
            }

            for (var i = there; i < 4; i++)
            {
                (await again.AppendAsync(chunks[i], seq: numbered ? i : null)).ShouldBe(new AppendAnswer(RecordCode.Ok) { Index = i });
            }

            (await again.Storage.ChunksAsync(RecorderNode.Id, default)).Select(c => c.Index).ShouldBe([0, 1, 2, 3]);
            var end = await again.StopAsync(chunks: 4);
            (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
            (await again.FinalAsync()).Video.ShouldBe(150);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task C45_C63_a_number_that_is_taken_by_an_object_without_a_row_is_not_given_again()
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;
        try
        {
            using var s3 = await ObjectStorage.StartAsync();
            await using (var node = await StartAsync(s3, folder: folder))
            {
                await node.StartAsync();
                (await node.AppendAsync((await TestVideo.WebmAsync())[..1000], seq: 0)).Index.ShouldBe(0);
                await PutAsync(node, [1, 2, 3]);
            }

            // The client sends again what it was not answered: the object without a row is nobody's, and stays out.
            await using var again = await StartAsync(s3, folder: folder);
            await again.StartAsync();
            (await again.AppendAsync([1, 2, 3], seq: 1)).Index.ShouldBe(2);
            (await again.RowAsync()).Chunks.ShouldBe(2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
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

    [Fact]
    public async Task C63_downloads_are_sent_to_the_storage_with_ranges_when_it_has_an_address_for_browsers()
    {
        using var s3 = await ObjectStorage.StartAsync();
        await using var node = await StartAsync(s3, o => (o.Recorder.S3PublicAddress, o.Recorder.Anonymous) = (s3.Endpoint, true));
        var anybody = RecordCaller.Anonymous;
        (await node.Recordings.StartAsync(anybody, RecorderNode.Id, default)).Code.ShouldBe(RecordCode.Ok);
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 2);
        foreach (var chunk in chunks) await node.Recordings.AppendAsync(anybody, RecorderNode.Id, new(chunk), null, null, default);
        (await node.Recordings.StopAsync(anybody, RecorderNode.Id, 2, default).WaitAsync(TimeSpan.FromSeconds(120))).Code.ShouldBe(RecordCode.Ok);
        using var direct = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var address = new Uri($"http://127.0.0.1:{node.Server.RecorderPort}/recordings/download/{RecorderNode.Id}%2Ffinal.webm");
        using var sent = await direct.GetAsync(address);
        (sent.StatusCode, sent.Headers.CacheControl!.NoStore).ShouldBe((HttpStatusCode.Redirect, true));
        sent.Headers.Location!.AbsoluteUri.ShouldStartWith(s3.Endpoint + "/recordings/abc123/final.webm?");
        using var through = await direct.GetAsync(new Uri(address + "?inline=1"));
        var whole = await through.Content.ReadAsByteArrayAsync();

        // As a browser does it: it follows, and asks for its range there.
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Range = new(100, 299);
        using var part = await http.SendAsync(request);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe(whole[100..300]);
        part.Content.Headers.ContentType!.MediaType.ShouldBe("video/webm");
        part.Content.Headers.ContentDisposition!.ToString().ShouldBe("attachment; filename=\"abc123-final.webm\"");
        using var altered = await http.GetAsync(new Uri(sent.Headers.Location.AbsoluteUri.Replace("abc123", "abc124", StringComparison.Ordinal)));
        altered.IsSuccessStatusCode.ShouldBeFalse();
    }

    private static async Task PutAsync(RecorderNode node, byte[] chunk)
    {
        await using var prepared = await node.Storage.PrepareAsync(RecorderNode.Id, new(chunk), default);
        var index = await node.Service<IChunkCounter>().NextAsync(RecorderNode.Id, default);
        (await prepared.PublishAsync(index, default)).ShouldBeTrue();
    }

    private static Task<RecorderNode> StartAsync(ObjectStorage s3, Action<HawserOptions>? configure = null, string? folder = null) =>
        RecorderNode.StartAsync(
            o =>
            {
                configure?.Invoke(o);
                (o.Recorder.S3Bucket, o.Recorder.S3Endpoint) = (ObjectStorage.Bucket, s3.Endpoint);
                (o.Recorder.S3AccessKey, o.Recorder.S3SecretKey) = ("S3RVER", "S3RVER");
            },
            folder);
}
