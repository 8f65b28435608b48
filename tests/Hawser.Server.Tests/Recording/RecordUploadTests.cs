using System.Security.Cryptography;
using Hawser.Data.Recordings;
using Hawser.Recording;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording;

public class RecordUploadTests
{
    [Fact]
    public async Task A_recording_arrives_in_parts_and_ends_with_its_header()
    {
        await using var rig = await RecordingRig.StartAsync();
        var bytes = RandomNumberGenerator.GetBytes(3_500_000);
        (await rig.StartAsync()).ToString().ShouldBe("200 ");
        (await rig.RowAsync())!.Status.ShouldBe(RecordingStatus.Recording);
        for (var at = 0; at < bytes.Length; at += 1_200_000)
        {
            (await rig.PartAsync(at, bytes[at..Math.Min(bytes.Length, at + 1_200_000)])).ToString().ShouldBe("200 ");
        }

        var header = RandomNumberGenerator.GetBytes(1024);
        (await rig.TailAsync(header)).ToString().ShouldBe("200 ");
        header.CopyTo(bytes, 0);
        (await File.ReadAllBytesAsync(rig.FileOf("source.webm"))).ShouldBe(bytes);
        File.Exists(rig.FileOf("source.part")).ShouldBeFalse();
        var row = (await rig.RowAsync())!;
        (row.Status, row.Size, row.Incomplete).ShouldBe((RecordingStatus.Finalising, 3_500_000, false));
        (row.DeviceGuid, row.DeviceId, row.Direction, row.Codec, row.Display).ShouldBe((rig.Device.Guid, rig.Device.Id, "incoming", "vp9", "display0"));
        row.StartedAt.ShouldBe(new DateTime(2026, 11, 21, 9, 30, 0, 123, DateTimeKind.Utc));
        (await rig.PartAsync(0, [1])).Error.ShouldNotBeNullOrEmpty("what has ended is not changed");
        (await rig.StartAsync()).Status.ShouldBe(409);
        (await rig.RemoveAsync()).Status.ShouldBe(409);
    }

    [Theory]
    [InlineData(FlushPolicy.Each)]
    [InlineData(FlushPolicy.Group)]
    [InlineData(FlushPolicy.End)]
    [InlineData(FlushPolicy.None)]
    public async Task Several_recordings_arrive_at_once_whatever_the_policy(FlushPolicy policy)
    {
        await using var rig = await RecordingRig.StartAsync(o => o.Flush = policy);
        var bytes = RandomNumberGenerator.GetBytes(900_000);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async n =>
        {
            var name = RecordingRig.Name.Replace("display0", $"display{n}", StringComparison.Ordinal);
            (await rig.StartAsync(name)).ToString().ShouldBe("200 ");
            for (var at = 0; at < bytes.Length; at += 300_000)
            {
                (await rig.PartAsync(at, bytes[at..(at + 300_000)], name)).ToString().ShouldBe("200 ");
            }

            (await rig.TailAsync(bytes[..1000], name)).ToString().ShouldBe("200 ");
            (await File.ReadAllBytesAsync(rig.FileOf("source.webm", name))).ShouldBe(bytes);
        }));
    }

    [Fact]
    public async Task A_recording_belongs_to_the_connection_it_was_made_of_and_to_the_operators_account()
    {
        await using var rig = await RecordingRig.StartAsync(session: false);
        var user = await rig.Api.AddUserAsync("mara");
        var connection = await rig.OpenSessionAsync(user: user.Guid);
        await rig.StartAsync();
        var row = (await rig.RowAsync())!;
        (row.ConnectionGuid, row.OwnerGuid).ShouldBe((connection.Guid, user.Guid));
    }

    [Fact]
    public async Task A_part_that_leaves_a_hole_is_refused_and_one_that_is_sent_again_is_taken()
    {
        await using var rig = await RecordingRig.StartAsync();
        await rig.StartAsync();
        (await rig.PartAsync(0, [1, 2, 3, 4])).Status.ShouldBe(200);
        var hole = await rig.PartAsync(5, [9]);
        (hole.Status, string.IsNullOrEmpty(hole.Error)).ShouldBe((409, false));
        (await rig.PartAsync(2, [3, 4, 5, 6])).Status.ShouldBe(200);
        (await rig.PartAsync(6, [])).Status.ShouldBe(200);
        await rig.TailAsync([1]);
        (await File.ReadAllBytesAsync(rig.FileOf("source.webm"))).ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_part_of_another_length_than_announced_changes_nothing(int announced)
    {
        await using var rig = await RecordingRig.StartAsync();
        await rig.StartAsync();
        await rig.PartAsync(0, [1, 2]);
        (await rig.PartAsync(2, [3, 4, 5, 6], length: announced)).Error.ShouldNotBeNullOrEmpty();
        // The same without a length in the head, which is found out only at its end.
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/record?type=part&file={RecordingRig.Name}&offset=2&length={announced}")
        {
            Content = new ByteArrayContent([3, 4, 5, 6]),
        };
        request.Headers.TransferEncodingChunked = true;
        using var response = await rig.Api.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBeInRange(400, 499);
        await rig.TailAsync([1]);
        (await File.ReadAllBytesAsync(rig.FileOf("source.webm"))).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Beginning_anew_drops_what_there_was()
    {
        await using var rig = await RecordingRig.StartAsync();
        await rig.StartAsync();
        await rig.PartAsync(0, new byte[1000]);
        (await rig.StartAsync()).Status.ShouldBe(200);
        await rig.PartAsync(0, [7]);
        await rig.TailAsync([8]);
        (await File.ReadAllBytesAsync(rig.FileOf("source.webm"))).ShouldBe([8]);
    }

    [Fact]
    public async Task What_is_discarded_leaves_nothing()
    {
        await using var rig = await RecordingRig.StartAsync();
        await rig.StartAsync();
        await rig.PartAsync(0, new byte[1000]);
        (await rig.RemoveAsync()).ToString().ShouldBe("200 ");
        (await rig.RowAsync()).ShouldBeNull();
        Directory.Exists(Path.GetDirectoryName(rig.FileOf("x"))).ShouldBeFalse();
        (await rig.PartAsync(0, [1])).Status.ShouldBe(404);
    }

    [Fact]
    public async Task An_upload_that_falls_silent_is_kept_as_incomplete()
    {
        var time = new ManualTime();
        await using var rig = await RecordingRig.StartAsync(time: time);
        const string empty = "incoming_771200345_20261121093000124_display1_vp9.webm";
        await rig.StartAsync();
        await rig.PartAsync(0, [1, 2, 3]);
        await rig.StartAsync(empty);
        time.Advance(TimeSpan.FromMinutes(9));
        (await rig.RowAsync())!.Status.ShouldBe(RecordingStatus.Recording);
        time.Advance(TimeSpan.FromMinutes(2));
        await Eventually.HoldsAsync(() => rig.RowAsync().GetAwaiter().GetResult()!.Status == RecordingStatus.Finalising, "ended");
        var row = (await rig.RowAsync())!;
        (row.Incomplete, row.Size).ShouldBe((true, 3));
        await Eventually.HoldsAsync(() => rig.RowAsync(empty).GetAwaiter().GetResult() is null, "what had no bytes is gone");
    }

    [Fact]
    public async Task An_upload_goes_on_after_the_server_was_restarted()
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;
        try
        {
            await using (var rig = await RecordingRig.StartAsync(folder: folder))
            {
                await rig.StartAsync();
                await rig.PartAsync(0, [1, 2, 3]);
            }

            await using var again = await RecordingRig.StartAsync(folder: folder);
            (await again.PartAsync(4, [5])).Status.ShouldBe(409);
            (await again.PartAsync(3, [4])).ToString().ShouldBe("200 ");
            (await again.TailAsync([9])).ToString().ShouldBe("200 ");
            (await File.ReadAllBytesAsync(again.FileOf("source.webm"))).ShouldBe([9, 2, 3, 4]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_a_stop_left_behind_is_set_right()
    {
        var time = new ManualTime();
        var folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;
        const string renamed = "incoming_771200345_20261121093000125_display0_vp9.webm";
        try
        {
            await using (var rig = await RecordingRig.StartAsync(time: time, folder: folder))
            {
                await rig.StartAsync();
                await rig.PartAsync(0, [1, 2, 3]);
                await rig.StartAsync(renamed);
                await rig.PartAsync(0, [1, 2], renamed);
            }

            // Killed between the new name and the row.
            await using var again = await RecordingRig.StartAsync(time: time, folder: folder);
            File.Move(again.FileOf("source.part", renamed), again.FileOf("source.webm", renamed));
            time.Advance(TimeSpan.FromMinutes(12));
            await again.SweepAsync();
            var (left, whole) = ((await again.RowAsync())!, (await again.RowAsync(renamed))!);
            (left.Status, left.Incomplete, left.Size).ShouldBe((RecordingStatus.Finalising, true, 3));
            (whole.Status, whole.Size).ShouldBe((RecordingStatus.Finalising, 2));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Two_senders_of_one_recording_do_not_tear_it()
    {
        await using var rig = await RecordingRig.StartAsync();
        await rig.StartAsync();
        var bytes = RandomNumberGenerator.GetBytes(200_000);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.PartAsync(0, bytes)));
        answers.ShouldAllBe(a => a.Status == 200);
        await rig.TailAsync(bytes[..100]);
        (await File.ReadAllBytesAsync(rig.FileOf("source.webm"))).ShouldBe(bytes);
    }
}
