using System.Net;
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

    private static Task<RecorderNode> StartAsync(ObjectStorage s3, Action<HawserOptions>? configure = null) => RecorderNode.StartAsync(o =>
    {
        configure?.Invoke(o);
        (o.Recorder.S3Bucket, o.Recorder.S3Endpoint) = (ObjectStorage.Bucket, s3.Endpoint);
        (o.Recorder.S3AccessKey, o.Recorder.S3SecretKey) = ("S3RVER", "S3RVER");
    });
}
