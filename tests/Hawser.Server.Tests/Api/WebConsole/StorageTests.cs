using Hawser.Server.Tests.Api.Admin;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.WebConsole;

/// <summary>Where recordings are, whether that can be written, and what the server writes to people.</summary>
public sealed class StorageTests
{
    [Fact]
    public async Task The_place_of_recordings_is_told_with_its_room_and_can_be_tried()
    {
        await using var rig = await AdminRig.StartAsync(configure: o =>
        {
            (o.Recorder.MaxTotal, o.Recorder.KeepFree) = (5, 1);
            (o.Recorder.StartFree, o.Recorder.StartFreePercent) = (1, 0);
        });
        var space = (await rig.GetAsync("/api/console/storage")).ShouldBeFine();
        var folder = Path.Combine(rig.Server.Folder, "recordings");
        (space.Of("is_folder"), space.Of("place"), space.Of("used"), space.Of("count")).ShouldBe(("True", folder, "0", "0"));
        (space.Of("quota"), space.Of("keep_free"), space.Of("takes_more")).ShouldBe(("5242880", "1048576", "True"));
        space.GetProperty("free").GetInt64().ShouldBeInRange(1, space.GetProperty("size").GetInt64());

        var trial = (await rig.PostAsync("/api/console/storage/test", "")).ShouldBeFine();
        trial.GetProperty("ok").GetBoolean().ShouldBeTrue(trial.ToString());
        trial.GetProperty("steps").EnumerateArray().Select(s => s.Of("name")).ShouldBe(["create", "write", "read", "delete"]);
        Directory.EnumerateFileSystemEntries(folder, "storage-test*").ShouldBeEmpty();

        var mara = await rig.Api.TokenAsync(await rig.UserAsync("mara"));
        (await rig.GetAsync("/api/console/storage", mara)).Status.ShouldBe(403);
        (await rig.PostAsync("/api/console/storage/test", "", mara)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_place_that_can_not_be_written_is_told_by_the_step_that_failed()
    {
        await using var rig = await AdminRig.StartAsync();
        var folder = Path.Combine(rig.Server.Folder, "recordings");
        (await rig.PostAsync("/api/console/storage/test", "")).ShouldBeFine();
        Directory.Delete(folder, recursive: true);
        await File.WriteAllTextAsync(folder, "in the way");
        var trial = (await rig.PostAsync("/api/console/storage/test", "")).ShouldBeFine();
        trial.GetProperty("ok").GetBoolean().ShouldBeFalse();
        var first = trial.GetProperty("steps").EnumerateArray().First();
        (first.Of("name"), first.Of("ok")).ShouldBe(("create", "False"));
        first.Of("detail").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_server_without_a_recorder_has_no_place()
    {
        await using var rig = await AdminRig.StartAsync(configure: o =>
        {
            foreach (var role in new[] { "rendezvous", "relay", "api" }) o.Role.Add(role);
        });
        (await rig.GetAsync("/api/console/storage")).ShouldBeProblem(404, "not_found");
        (await rig.PostAsync("/api/console/storage/test", "")).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task Every_mail_can_be_read_in_each_language_before_it_is_sent()
    {
        await using var rig = await AdminRig.StartAsync();
        var texts = (await rig.GetAsync("/api/mail/texts")).ShouldBeFine().EnumerateArray().ToList();
        texts.Count.ShouldBe(16);
        foreach (var text in texts)
        {
            text.Of("subject").ShouldNotBeEmpty();
            text.Of("body").ShouldNotBeEmpty();
            (text.Of("subject") + text.Of("body")).ShouldNotContain("{");
        }

        var code = texts.Where(t => t.Of("notice") == "login_code").ToDictionary(t => t.Of("language"));
        code["en"].Of("subject").ShouldBe("Your login code: 123456");
        code["zh"].Of("body").ShouldContain("您好");
    }
}
