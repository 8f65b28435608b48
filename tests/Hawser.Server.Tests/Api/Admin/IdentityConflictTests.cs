using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Hawser.Api.Notifications;
using Hawser.Api.Watch;
using Hawser.Data.Devices;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>One id that two machines claim, and by which ways a device is there.</summary>
public sealed class IdentityConflictTests
{
    private const string Id = "771200345";

    [Fact]
    public async Task Where_nobody_wants_to_hear_of_it_a_second_machine_is_no_alarm_also_not_later()
    {
        await using var rig = await AdminRig.StartAsync();
        (await rig.PatchAsync("/api/settings/watch", """{"identity_conflict":false,"disk_free_percent":0}""")).ShouldBeFine();
        (await RegisterAsync(rig, "first", "127.0.0.1")).ShouldBe(Result.Ok);
        (await RegisterAsync(rig, "second", "127.0.0.2")).ShouldBe(Result.UuidMismatch);
        await ConflictAsync(rig);
        var watch = rig.Api.Services.GetRequiredService<ServerWatch>();
        await watch.LookAsync(CancellationToken.None);
        (await rig.PatchAsync("/api/settings/watch", """{"identity_conflict":true}""")).ShouldBeFine();
        await watch.LookAsync(CancellationToken.None);
        await using var db = rig.Db();
        (await db.AlarmAudits.CountAsync(a => a.Type == AlarmTexts.IdentityConflict)).ShouldBe(0);
    }

    [Fact]
    public async Task A_second_machine_is_shown_told_once_and_kept_apart()
    {
        await using var rig = await AdminRig.StartAsync();
        (await RegisterAsync(rig, "first", "127.0.0.1")).ShouldBe(Result.Ok);
        (await rig.AllAsync("/api/devices?needs=conflict")).ShouldBeEmpty();
        (await RegisterAsync(rig, "second", "127.0.0.2")).ShouldBe(Result.UuidMismatch);
        var device = await ConflictAsync(rig);
        device.GetProperty("has_conflict").GetBoolean().ShouldBeTrue();
        (await rig.AllAsync("/api/devices?needs=any")).Count.ShouldBe(1);
        (await rig.AllAsync("/api/devices?needs=nonsense")).ShouldBeEmpty();
        (await rig.GetAsync("/api/devices/facets?needs=conflict")).ShouldBeFine().Of("total").ShouldBe("1");
        (await rig.GetAsync("/api/console/overview", rig.Person)).Text.ShouldContain("\"part\":\"identity\",\"state\":\"conflict\",\"about\":\"1\"");
        var watch = rig.Api.Services.GetRequiredService<ServerWatch>();
        await watch.LookAsync(CancellationToken.None);
        await watch.LookAsync(CancellationToken.None);
        await using var db = rig.Db();
        await Eventually.IsAsync(() => db.AlarmAudits.AsNoTracking().Count(a => a.Type == AlarmTexts.IdentityConflict), 1, "alarms about it");

        var conflict = await ClaimAsync(rig, device);
        (conflict.Of("address"), conflict.Of("key_fingerprint").Length).ShouldBe(("127.0.0.2", 64));
        var path = $"/api/devices/{device.Of("guid")}/conflicts/{conflict.Of("guid")}";
        var person = await rig.Api.TokenAsync(await rig.UserAsync("person"));
        (await rig.PostAsync(path + "/keep", token: person)).Status.ShouldBe(403);
        (await rig.PostAsync($"/api/devices/{device.Of("guid")}/conflicts/nonsense/keep")).ShouldBeProblem(404, "not_found");
        (await rig.PostAsync(path + "/keep")).ShouldBeDone();
        (await rig.AllAsync("/api/devices?needs=conflict")).ShouldBeEmpty();
        (await rig.PostAsync(path + "/keep")).ShouldBeProblem(404, "not_found");
        (await RegisterAsync(rig, "second", "127.0.0.2")).ShouldBe(Result.UuidMismatch);
        (await RegisterAsync(rig, "first", "127.0.0.1")).ShouldBe(Result.Ok);
        (await rig.LogAsync()).ShouldContain((12, Id));
    }

    [Fact]
    public async Task The_other_machine_becomes_the_device_and_the_first_is_refused()
    {
        await using var rig = await AdminRig.StartAsync();
        (await RegisterAsync(rig, "first", "127.0.0.1")).ShouldBe(Result.Ok);
        (await RegisterAsync(rig, "second", "127.0.0.2")).ShouldBe(Result.UuidMismatch);
        var device = await ConflictAsync(rig);
        var path = $"/api/devices/{device.Of("guid")}/conflicts/{(await ClaimAsync(rig, device)).Of("guid")}/adopt";
        (await rig.PostAsync(path)).ShouldBeDone();
        // The ID server hears of it by the feed, a moment later.
        await ResultAsync(rig, "second", "127.0.0.2", Result.Ok);
        (await RegisterAsync(rig, "first", "127.0.0.1")).ShouldBe(Result.UuidMismatch);
        var now = (await rig.AllAsync("/api/devices")).ShouldHaveSingleItem();
        now.Of("guid").ShouldBe(device.Of("guid"), "it keeps its row");
        (await rig.PostAsync(path)).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task A_device_is_there_while_it_is_registered_or_reports_and_the_list_says_which()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        (await RegisterAsync(rig, "first", "127.0.0.1")).ShouldBe(Result.Ok);
        await ShouldBeAsync("id_server");
        (await rig.AllAsync("/api/devices?needs=api")).Count.ShouldBe(1, "it registers, and never called the API");
        (await rig.GetAsync("/api/console/overview", rig.Person)).ShouldBeFine().Of("online").ShouldBe("1");
        var guid = (await rig.AllAsync("/api/devices")).Single().Of("guid");
        (await rig.DeleteAsync($"/api/devices/{guid}", token: rig.Person)).ShouldBeRefused("online");
        await BeatAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        await ShouldBeAsync("both");
        time.Advance(TimeSpan.FromSeconds(33));
        await ShouldBeAsync("api");
        time.Advance(TimeSpan.FromSeconds(30));
        await ShouldBeAsync("");
        (await rig.AllAsync("/api/devices?online=nonsense")).ShouldBeEmpty();
        await BeatAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        await ShouldBeAsync("api");

        async Task BeatAsync() => (await rig.Api.PostAsync("/api/heartbeat", $$"""
            {"id":"{{Id}}","uuid":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes("first"))}}","ver":1004009,"modified_at":0}
            """)).Status.ShouldBe(200);

        async Task ShouldBeAsync(string ways)
        {
            var device = (await rig.AllAsync("/api/devices")).ShouldHaveSingleItem();
            (device.Of("online_by"), device.GetProperty("is_online").GetBoolean()).ShouldBe((ways, ways.Length > 0));
            (await rig.AllAsync("/api/devices?online=1")).Count.ShouldBe(ways.Length > 0 ? 1 : 0);
            (await rig.AllAsync("/api/devices?online=0")).Count.ShouldBe(ways.Length > 0 ? 0 : 1);
            (await rig.GetAsync("/api/devices/facets")).ShouldBeFine().Of("online").ShouldBe(ways.Length > 0 ? "1" : "0");
        }
    }

    private static async Task<JsonElement> ConflictAsync(AdminRig rig)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if ((await rig.AllAsync("/api/devices?needs=conflict")) is [var device]) return device;
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60)) throw new TimeoutException("never: a conflict");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task<JsonElement> ClaimAsync(AdminRig rig, JsonElement device) =>
        (await rig.GetAsync($"/api/devices/{device.Of("guid")}/signals")).ShouldBeFine().GetProperty("conflicts").EnumerateArray().Single();

    private static async Task ResultAsync(AdminRig rig, string machine, string from, Result wanted)
    {
        var began = TimeProvider.System.GetTimestamp();
        // Not too often: an address may ask for other machines' ids a few times a minute only.
        while (await RegisterAsync(rig, machine, from) != wanted)
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60)) throw new TimeoutException($"never: {wanted}");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }

    private static async Task<Result> RegisterAsync(AdminRig rig, string machine, string from)
    {
        using var peer = new WireDatagrams(rig.Server.RendezvousPort, from);
        await peer.SendAsync(new RendezvousMessage
        {
            RegisterPk = new RegisterPk
            {
                Id = Id, Uuid = ByteString.CopyFromUtf8(machine), Pk = ByteString.CopyFrom([.. Enumerable.Repeat((byte)7, Device.KeyLength)]),
            },
        });
        return (await peer.ReceiveMessageAsync())!.RegisterPkResponse.Result;
    }
}
