using Hawser.Data.Devices;
using Hawser.Data.Recordings;
using Hawser.Recording;
using Hawser.Server.Tests.Options;
using Hawser.Server.Tests.Program;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording;

/// <summary>Who may upload, how much, and what happens when the disk says no.</summary>
public class RecordLimitTests
{
    [Theory]
    [InlineData(UploadPolicy.Off, true, 403)]
    [InlineData(UploadPolicy.Connected, true, 200)]
    [InlineData(UploadPolicy.Connected, false, 403)]
    [InlineData(UploadPolicy.Known, false, 200)]
    public async Task Who_may_upload_is_a_matter_of_policy(UploadPolicy policy, bool session, int status)
    {
        await using var rig = await RecordingRig.StartAsync(o => o.Uploads = policy, session: session);
        (await rig.StartAsync()).Status.ShouldBe(status);
        (await rig.StartAsync("incoming_999999999_20261121093000123_display0_vp9.webm")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_session_that_was_reported_from_elsewhere_does_not_count()
    {
        await using var rig = await RecordingRig.StartAsync(session: false);
        await rig.OpenSessionAsync(from: "203.0.113.9");
        (await rig.StartAsync()).Status.ShouldBe(403);
    }

    [Fact]
    public async Task After_a_session_there_is_a_moment_in_which_its_recording_may_begin()
    {
        var time = new ManualTime();
        await using var rig = await RecordingRig.StartAsync(time: time);
        await using var db = rig.Api.OpenDb();
        await db.ConnectionAudits.ExecuteUpdateAsync(s => s.SetProperty(c => c.EndedAt, time.GetUtcNow().UtcDateTime));
        time.Advance(TimeSpan.FromMinutes(9));
        (await rig.StartAsync()).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromMinutes(2));
        (await rig.StartAsync("incoming_771200345_20261121093000124_display0_vp9.webm")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_disabled_device_may_not_upload()
    {
        await using var rig = await RecordingRig.StartAsync();
        await using var db = rig.Api.OpenDb();
        db.DeviceDetails.Add(new DeviceDetails { DeviceGuid = rig.Device.Guid, Enabled = false });
        await db.SaveChangesAsync();
        (await rig.StartAsync()).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_recording_a_day_and_the_store_have_an_end()
    {
        const string second = "incoming_771200345_20261121093000124_display0_vp9.webm";
        await using var rig = await RecordingRig.StartAsync(
            o => (o.MaxRecording, o.MaxDevicePerDay, o.MaxTotal, o.Uploads) = (1, 2, 3, UploadPolicy.Known));
        var big = new byte[1 << 20];
        await rig.StartAsync();
        (await rig.PartAsync(0, big)).Status.ShouldBe(200);
        (await rig.PartAsync(1 << 20, [1])).Status.ShouldBe(413, "the recording");
        await rig.TailAsync([1]);
        await rig.StartAsync(second);
        (await rig.PartAsync(0, big, second)).Status.ShouldBe(200);
        await rig.TailAsync([1], second);
        (await rig.StartAsync("incoming_771200345_20261121093000125_display0_vp9.webm")).Status.ShouldBe(413, "the day");
        var other = await rig.Api.AddDeviceAsync("771200346");
        var third = $"incoming_{other.Id}_20261121093000125_display0_vp9.webm";
        await rig.StartAsync(third);
        (await rig.PartAsync(0, big, third)).Status.ShouldBe(200);
        var full = await rig.PartAsync(0, big, "incoming_771200346_20261121093000126_display0_vp9.webm");
        full.Status.ShouldBe(404);
        (await rig.StartAsync("incoming_771200346_20261121093000126_display0_vp9.webm")).Status.ShouldBe(413, "everything");
        await rig.RemoveAsync(third);
        (await rig.StartAsync("incoming_771200346_20261121093000126_display0_vp9.webm")).Status.ShouldBe(200, "there is room again");
    }

    [Fact]
    public void A_day_ends_at_midnight()
    {
        var time = new ManualTime();
        var quota = new RecordingQuota(new RecordingOptions { MaxDevicePerDay = 1 }, time);
        quota.TryTake("1", 1 << 20).ShouldBe(UploadOutcome.Done);
        quota.TryTake("1", 1).ShouldBe(UploadOutcome.DayIsFull);
        quota.TryTake("2", 1).ShouldBe(UploadOutcome.Done);
        time.Advance(TimeSpan.FromDays(1));
        quota.TryTake("1", 1 << 20).ShouldBe(UploadOutcome.Done);
    }

    [Fact]
    public async Task No_more_than_so_many_recordings_arrive_at_the_same_time()
    {
        await using var rig = await RecordingRig.StartAsync(o => o.MaxOpen = 1);
        (await rig.StartAsync()).Status.ShouldBe(200);
        var answer = await rig.StartAsync("incoming_771200345_20261121093000124_display0_vp9.webm");
        (answer.Status, string.IsNullOrEmpty(answer.Error)).ShouldBe((429, false));
        (await rig.StartAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task As_many_arrive_that_begin_at_once_as_may_and_each_that_ends_makes_room_for_one()
    {
        await using var rig = await RecordingRig.StartAsync(o => o.MaxOpen = 4);
        string Name(int n) => RecordingRig.Name.Replace("display0", $"display{n}", StringComparison.Ordinal);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 24).Select(async n => (await rig.StartAsync(Name(n))).Status));
        statuses.Count(s => s == 200).ShouldBe(4);
        statuses.Count(s => s == 429).ShouldBe(20);
        for (var n = 0; n < 24; n++)
        {
            // Refused ones left nothing behind.
            (await rig.RowAsync(Name(n)) is not null).ShouldBe(statuses[n] == 200);
        }

        var first = Array.IndexOf(statuses, 200);
        (await rig.RemoveAsync(Name(first))).Status.ShouldBe(200);
        statuses = await Task.WhenAll(Enumerable.Range(30, 8).Select(async n => (await rig.StartAsync(Name(n))).Status));
        statuses.Count(s => s == 200).ShouldBe(1);
    }

    [Fact]
    public async Task Who_begins_one_recording_many_times_at_once_has_one()
    {
        await using var rig = await RecordingRig.StartAsync(o => o.MaxOpen = 4);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => rig.StartAsync()));
        answers.ShouldAllBe(a => a.Status == 200);
        (await rig.PartAsync(0, [1, 2])).Status.ShouldBe(200);
        (await rig.TailAsync([3])).Status.ShouldBe(200);
        (await File.ReadAllBytesAsync(rig.FileOf("source.webm"))).ShouldBe([3, 2]);
    }

    [Fact]
    public async Task Parts_may_be_longer_than_other_requests_but_not_without_end()
    {
        await using var rig = await RecordingRig.StartAsync(o => o.MaxPart = 4);
        await rig.StartAsync();
        (await rig.PartAsync(0, new byte[4 << 20])).Status.ShouldBe(200);
        (await rig.PartAsync(0, [1], length: (4 << 20) + 1)).Status.ShouldBe(413);
        (await rig.StepAsync($"type=tail&file={RecordingRig.Name}&offset=0&length=1025", new byte[1025])).Status.ShouldBe(413);
    }

    [Theory]
    [InlineData("")]
    [InlineData("type=new")]
    [InlineData("type=new&file=")]
    [InlineData("type=new&file=..%2F..%2Fetc%2Fpasswd")]
    [InlineData("type=new&file=incoming_771200345_20261121093000123_display0_vp9.webm%00")]
    [InlineData("type=new&file=incoming_771200345_20261121093000123_display0_vp9.webm&file=incoming_771200345_20261121093000123_display0_vp9.webm")]
    [InlineData("type=NEW&file=incoming_771200345_20261121093000123_display0_vp9.webm")]
    [InlineData("type=part&file=incoming_771200345_20261121093000123_display0_vp9.webm")]
    [InlineData("type=part&file=incoming_771200345_20261121093000123_display0_vp9.webm&offset=-1&length=1")]
    [InlineData("type=part&file=incoming_771200345_20261121093000123_display0_vp9.webm&offset=0&length=-1")]
    [InlineData("type=part&file=incoming_771200345_20261121093000123_display0_vp9.webm&offset=9223372036854775807&length=9223372036854775807")]
    [InlineData("type=part&file=incoming_771200345_20261121093000123_display0_vp9.webm&offset=99999999999999999999&length=1")]
    [InlineData("type=tail&file=incoming_771200345_20261121093000123_display0_vp9.webm&offset=5&length=0")]
    [InlineData("type=tail&file=incoming_771200345_20261121093000123_display0_vp9.webm&offset=0&length=9")]
    public async Task Nonsense_is_refused_with_a_sentence(string query)
    {
        await using var rig = await RecordingRig.StartAsync();
        await rig.StartAsync();
        var answer = await rig.StepAsync(query);
        answer.Status.ShouldBeInRange(400, 499);
        answer.Error.ShouldNotBeNullOrEmpty();
        answer.Type!.ToString().ShouldBe("application/json; charset=utf-8");
        (await rig.RowAsync())!.Size.ShouldBe(0);
        Directory.EnumerateFileSystemEntries(rig.Store.Root).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_full_disk_is_told_and_what_there_is_stays_whole()
    {
        using var folder = new TemporaryFolder();
        using var disk = new TinyDisk(folder.File("disk"), 300);
        await using var rig = await RecordingRig.StartAsync(o => o.Folder = disk.Path);
        await rig.StartAsync();
        (await rig.PartAsync(0, new byte[400_000])).Status.ShouldBe(200);
        disk.Fill(free: 10);
        // Announced, it is refused beforehand; and when another program takes the room meanwhile, by the disk.
        var answer = await rig.PartAsync(400_000, new byte[900_000]);
        (answer.Status, answer.Error!.Contains("disk", StringComparison.Ordinal)).ShouldBe((413, true));
        disk.MakeRoom();
        (await rig.PartAsync(400_000, [5])).Status.ShouldBe(200);
        (await rig.TailAsync([1])).Status.ShouldBe(200);
        new FileInfo(rig.FileOf("source.webm")).Length.ShouldBe(400_001);
        (await rig.RowAsync())!.Status.ShouldBe(RecordingStatus.Finalising);
    }

    [Fact]
    public async Task A_folder_that_can_not_be_written_is_told_as_an_error_and_not_by_silence()
    {
        using var folder = new TemporaryFolder();
        using var disk = new TinyDisk(folder.File("disk"), 300, readOnly: true);
        await using var rig = await RecordingRig.StartAsync(o => o.Folder = Path.Combine(disk.Path, "below"));
        var answer = await rig.StartAsync();
        (answer.Status, string.IsNullOrEmpty(answer.Error)).ShouldBe((500, false));
    }
}
