using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Hawser.Api.Devices;
using Hawser.Api.Settings;
using Hawser.Data.Devices;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Machines that wait for approval: who asked, who is let in and into what, who stays outside.</summary>
public sealed class PendingDeviceTests : IAsyncLifetime
{
    private AdminRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await AdminRig.StartAsync();
        await RequireAsync(true);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task T6_a_machine_that_asks_waits_and_registers_at_once_when_it_is_approved_into_a_group()
    {
        await _rig.DeviceGroupAsync("Tills");
        await _rig.DeviceGroupAsync("North");
        await _rig.UserAsync("mara");
        (await _rig.PostAsync("/api/strategies", """{"name":"Quiet","options":{}}""")).Status.ShouldBeLessThan(300);
        (await RegisterAsync("771200345")).ShouldBe(Result.NotDeployed);
        var row = await WaitsAsync("771200345");
        (row.Of("address"), row.Of("clash"), row.Of("state"), row.Of("key_fingerprint").Length).ShouldBe(("127.0.0.1", "", "waiting", 64));
        (await SysinfoAsync("771200345")).ShouldBe("UNKNOWN_DEVICE");
        await ListAsync(rows => rows.Any(r => r.Of("device_name") == "till-7"), "its name");
        (await _rig.GetAsync("/api/console/overview", _rig.Person)).Text.ShouldContain("\"part\":\"pending\",\"state\":\"waiting\",\"about\":\"1\"");
        (await _rig.AllAsync("/api/devices")).ShouldBeEmpty("it is no device yet");

        foreach (var (member, field) in new[]
        {
            ("\"device_groups\":[\"Nowhere\"]", "device_groups"), ("\"user_name\":\"nobody\"", "user_name"), ("\"strategy_name\":\"none\"", "strategy_name"),
        })
        {
            var refused = await _rig.PostAsync("/api/devices/pending/approve", $"{{\"guids\":[\"{row.Of("guid")}\"],{member}}}");
            refused.ShouldBeProblem(400, "invalid");
            refused.Text.ShouldContain($"\"{field}\"");
        }

        var job = await EndedAsync(await _rig.PostAsync("/api/devices/pending/approve", $$"""
            {"guids":["{{row.Of("guid")}}"],"device_groups":["Tills","North"],"user_name":"mara","strategy_name":"Quiet","note":"at the door"}
            """));
        (job.Of("done"), job.Of("failed")).ShouldBe(("1", "0"));
        (await RegisterAsync("771200345")).ShouldBe(Result.Ok);
        (await RegisterAsync("771200346", "another")).ShouldBe(Result.NotDeployed);
        var device = (await _rig.AllAsync("/api/devices")).ShouldHaveSingleItem();
        (device.Of("user_name"), device.Of("strategy_name"), device.Of("note"), device.GetProperty("info").Of("device_name"))
            .ShouldBe(("mara", "Quiet", "at the door", "till-7"));
        (await _rig.GetAsync($"/api/devices/{device.Of("guid")}")).ShouldBeFine().GetProperty("device_groups").GetArrayLength().ShouldBe(2);
        (await _rig.LogAsync()).ShouldContain((3, "771200345"));
        await ListAsync(rows => rows.Select(r => r.Of("id")).SequenceEqual(["771200346"]), "the other one waits");
        (await EndedAsync(await _rig.PostAsync("/api/devices/pending/approve", """{"query":"q=771200346","expected":1}"""))).Of("failed").ShouldBe("0");
        (await RegisterAsync("771200346", "another")).ShouldBe(Result.Ok);
        (await _rig.PostAsync("/api/devices/pending/approve", """{"query":""}""")).ShouldBeProblem(400, "invalid");
        (await _rig.PostAsync("/api/devices/pending/approve", "{}")).ShouldBeProblem(400, "invalid");
    }

    [Fact]
    public async Task A_rejected_machine_stays_outside_until_that_is_taken_back()
    {
        (await RegisterAsync("771200345")).ShouldBe(Result.NotDeployed);
        var row = await WaitsAsync("771200345");
        var body = $"{{\"guids\":[\"{row.Of("guid")}\"]}}";
        var job = await EndedAsync(await _rig.PostAsync("/api/devices/pending/reject", body));
        (await _rig.AllAsync("/api/devices/pending")).ShouldBeEmpty();
        (await _rig.AllAsync("/api/devices/pending?state=rejected")).ShouldHaveSingleItem().Of("state").ShouldBe("rejected");
        (await RegisterAsync("771200345")).ShouldBe(Result.NotDeployed);
        (await EndedAsync(await _rig.PostAsync($"/api/jobs/{job.Of("guid")}/undo"))).Of("failed").ShouldBe("0");
        (await _rig.AllAsync("/api/devices/pending")).ShouldHaveSingleItem();
        await EndedAsync(await _rig.PostAsync("/api/devices/pending/reject", """{"query":"","expected":1}"""));
        (await _rig.PostAsync("/api/devices/pending/wait", """{"query":"state=rejected","expected":2}""")).ShouldBeProblem(409, "count_changed");
        await EndedAsync(await _rig.PostAsync("/api/devices/pending/wait", """{"query":"state=rejected"}"""));
        (await _rig.AllAsync("/api/devices/pending")).ShouldHaveSingleItem();
        (await _rig.LogAsync()).Count(l => l == (230, "771200345")).ShouldBe(3);
    }

    [Fact]
    public async Task The_list_says_when_an_id_is_anothers_and_only_the_same_machine_gets_it()
    {
        var device = (await _rig.DevicesAsync(1))[0];
        (await RegisterAsync(device.Id, "impostor")).ShouldBe(Result.NotDeployed);
        var own = Convert.FromBase64String(device.Uuid);
        (await RegisterAsync(device.Id, own)).ShouldBe(Result.NotDeployed, "its key is another one");
        (await RegisterAsync("771200345", "one")).ShouldBe(Result.NotDeployed);
        (await RegisterAsync("771200345", "two")).ShouldBe(Result.NotDeployed);
        await ListAsync(rows => rows.Count == 4, "four wait");
        var rows = await _rig.AllAsync("/api/devices/pending?sort=id");
        rows.Select(r => r.Of("clash")).Order(StringComparer.Ordinal).ShouldBe(["key", "machine", "rival", "rival"]);
        var file = (await _rig.GetAsync("/api/devices/pending?sort=id&format=csv&columns=clash,state")).Text.TrimStart('\uFEFF');
        file.ShouldBe(string.Concat(
            rows.Select(r => $"{r.Of("guid")},{r.Of("id")},{r.Of("clash")},waiting\r\n").Prepend("guid,id,clash,state\r\n")));
        (await _rig.LogAsync()).ShouldContain(l => l.Targets.Contains("devices-pending", StringComparison.Ordinal));
        var impostor = await EndedAsync(await ApproveAsync(rows.Single(r => r.Of("clash") == "machine")));
        impostor.Of("failed").ShouldBe("1");
        impostor.GetProperty("failures")[0].Of("detail").ShouldContain("Another machine");
        (await EndedAsync(await ApproveAsync(rows.Single(r => r.Of("clash") == "key")))).Of("failed").ShouldBe("0");
        (await RegisterAsync(device.Id, own)).ShouldBe(Result.Ok);
        (await RegisterAsync(device.Id, "impostor")).ShouldBe(Result.NotDeployed);
        (await _rig.AllAsync("/api/devices")).ShouldHaveSingleItem().Of("guid").ShouldBe(device.Guid.ToString(), "it keeps its row");
    }

    [Fact]
    public async Task A_deployment_token_still_lets_a_machine_in_and_it_waits_no_more()
    {
        (await RegisterAsync("771200345")).ShouldBe(Result.NotDeployed);
        await WaitsAsync("771200345");
        var body = $"{{\"id\":\"771200345\",\"uuid\":\"{Convert.ToBase64String(Uuid("machine"))}\",\"pk\":\"{Convert.ToBase64String(Key)}\"}}";
        (await _rig.PostAsync("/api/devices/deploy", body)).Member("result").ShouldBe("OK");
        (await _rig.AllAsync("/api/devices/pending")).ShouldBeEmpty();
        (await RegisterAsync("771200345")).ShouldBe(Result.Ok);
    }

    [Fact]
    public async Task From_a_blocked_address_nobody_new_comes_and_known_devices_go_on()
    {
        (await RegisterAsync("771200345", from: "127.0.0.7")).ShouldBe(Result.NotDeployed);
        (await RegisterAsync("771200346", from: "127.0.0.8")).ShouldBe(Result.NotDeployed);
        await ListAsync(rows => rows.Count == 2, "two wait");
        var row = (await _rig.AllAsync("/api/devices/pending?q=771200345")).Single();
        var blocked = (await _rig.PostAsync("/api/devices/blocked", $"{{\"guids\":[\"{row.Of("guid")}\"]}}")).ShouldBeFine();
        blocked.GetProperty("addresses").EnumerateArray().Select(a => a.GetString()).ShouldBe(["127.0.0.7"]);
        (await _rig.AllAsync("/api/devices/pending")).ShouldHaveSingleItem().Of("id").ShouldBe("771200346");
        await EndedAsync(await ApproveAsync((await _rig.AllAsync("/api/devices/pending")).Single()));
        (await RegisterAsync("771200346", from: "127.0.0.7")).ShouldBe(Result.Ok, "it is known");
        await RequireAsync(false);
        (await RegisterAsync("771200347", from: "127.0.0.7")).ShouldBe(Result.NotDeployed, "also while everybody else may come");
        (await RegisterAsync("771200348", from: "127.0.0.8")).ShouldBe(Result.Ok);
        (await _rig.PostAsync("/api/devices/blocked", """{"addresses":["not an address"]}""")).ShouldBeProblem(400, "invalid");
        (await _rig.PostAsync("/api/devices/blocked", "{}")).ShouldBeProblem(400, "invalid");
        (await _rig.PostAsync("/api/devices/blocked/remove", """{"addresses":["127.0.0.7"]}""")).ShouldBeFine();
        (await _rig.GetAsync("/api/devices/blocked")).ShouldBeFine().GetProperty("addresses").GetArrayLength().ShouldBe(0);
        (await RegisterAsync("771200347", from: "127.0.0.7")).ShouldBe(Result.Ok);
        (await _rig.LogAsync()).Where(l => l.Operation is 231 or 232).ShouldBe([(231, "127.0.0.7"), (232, "127.0.0.7")]);
    }

    [Fact]
    public async Task Rows_are_bounded_and_what_was_made_up_once_gives_way_to_who_is_still_there()
    {
        var now = new DateTime(2026, 3, 2, 10, 0, 0, DateTimeKind.Utc);
        await using var db = _rig.Db();
        DeviceClaim Claim(string id, int machine, DateTime at) => new()
        {
            Guid = DeviceClaim.GuidOf(id, BitConverter.GetBytes(machine), Key), DeviceId = id, Uuid = BitConverter.GetBytes(machine),
            PublicKey = Key, Address = "203.0.113.7", FirstSeenAt = at, LastSeenAt = at,
        };
        async Task<ClaimsSaved> SaveAsync(params DeviceClaim[] claims)
        {
            db.ChangeTracker.Clear();
            return await db.SaveClaimsAsync(claims, 10, claims[0].LastSeenAt, CancellationToken.None);
        }

        (await SaveAsync([.. Enumerable.Range(0, 12).Select(i => Claim($"flood-{i}", i, now))])).Dropped.ShouldBe(2);
        (await SaveAsync(Claim("late-1", 1, now.AddMinutes(1)))).Dropped.ShouldBe(1, "nobody was silent for long");
        (await SaveAsync(Claim("flood-3", 3, now.AddMinutes(14)))).Added.ShouldBeEmpty("it is known");
        (await SaveAsync(Claim("late-1", 1, now.AddMinutes(16)))).Added.ShouldBe(["late-1"]);
        (await SaveAsync([.. Enumerable.Range(0, 20).Select(i => Claim($"next-{i}", i, now.AddMinutes(17)))])).Dropped.ShouldBe(12);
        db.ChangeTracker.Clear();
        (await db.DeviceClaims.CountAsync()).ShouldBe(10);
        (await db.DeviceClaims.CountAsync(c => c.DeviceId == "flood-3" || c.DeviceId == "late-1")).ShouldBe(2);
        // Nobody fills the table with machines for one id either.
        (await SaveAsync([.. Enumerable.Range(0, 10).Select(i => Claim("the-same-id", i, now.AddMinutes(60)))])).Added.Count.ShouldBe(DeviceClaims.MostOfOneId);
        // What somebody decided holds when the machine asks again.
        await db.DeviceClaims.Where(c => c.DeviceId == "the-same-id").ExecuteUpdateAsync(s => s.SetProperty(c => c.State, ClaimState.Rejected));
        await SaveAsync(Claim("the-same-id", 1, now.AddMinutes(61)));
        (await db.DeviceClaims.CountAsync(c => c.State == ClaimState.Waiting && c.DeviceId == "the-same-id")).ShouldBe(0);
    }

    [Fact]
    public async Task A_flood_over_the_wire_fills_no_more_than_it_may_and_a_real_machine_is_still_seen()
    {
        await using var rig = await AdminRig.StartAsync(configure: o => (o.Rendezvous.MaxClaims, o.Rendezvous.NewIdsPerDay) = (50, 20));
        await RequireAsync(true, rig);
        using var flood = new WireDatagrams(rig.Server.RendezvousPort, "127.0.0.9");
        for (var i = 0; i < 400; i++)
        {
            await flood.SendAsync(new RendezvousMessage { RegisterPk = Message($"made-up-{i}", Uuid($"{i}")) });
            if (i % 50 == 49) (await flood.ReceiveMessageAsync()).ShouldNotBeNull();
        }

        using var peer = new WireDatagrams(rig.Server.RendezvousPort, "127.0.0.10");
        await peer.SendAsync(new RendezvousMessage { RegisterPk = Message("771200345", Uuid("machine")) });
        (await peer.ReceiveMessageAsync())!.RegisterPkResponse.Result.ShouldBe(Result.NotDeployed);
        await ListAsync(rows => rows.Any(r => r.Of("id") == "771200345"), "the real machine is in the list", rig);
        (await rig.AllAsync("/api/devices/pending")).Count.ShouldBeLessThanOrEqualTo(21, "an address brings 20 new devices a day");
        rig.Server.Rendezvous.Metrics.ClaimsDropped(Hawser.Rendezvous.Registering.ClaimDrop.Address).ShouldBePositive();
    }

    [Fact]
    public async Task Only_whose_right_reaches_devices_of_nobody_sees_who_waits()
    {
        (await RegisterAsync("771200345")).ShouldBe(Result.NotDeployed);
        var row = await WaitsAsync("771200345");
        var person = await _rig.Api.TokenAsync(await _rig.UserAsync("person"));
        (await _rig.GetAsync("/api/devices/pending", person)).Status.ShouldBe(403);
        (await _rig.GetAsync("/api/devices/blocked", person)).Status.ShouldBe(403);
        foreach (var path in (string[])["pending/approve", "pending/reject", "pending/wait", "blocked", "blocked/remove"])
        {
            (await _rig.PostAsync($"/api/devices/{path}", $"{{\"guids\":[\"{row.Of("guid")}\"]}}", person)).Status.ShouldBe(403, path);
        }
    }

    private static byte[] Key { get; } = [.. Enumerable.Repeat((byte)7, Device.KeyLength)];

    private static byte[] Uuid(string machine) => Encoding.UTF8.GetBytes(machine);

    private static RegisterPk Message(string id, byte[] uuid) =>
        new() { Id = id, Uuid = ByteString.CopyFrom(uuid), Pk = ByteString.CopyFrom(Key) };

    private async Task RequireAsync(bool required, AdminRig? rig = null)
    {
        var settings = (rig ?? _rig).Server.Node.Services!.GetRequiredService<SettingsStore>();
        await settings.SetAsync(DeviceSettings.Key, settings.Get(DeviceSettings.Key) with { DeploymentRequired = required }, CancellationToken.None);
    }

    private Task<Result> RegisterAsync(string id, string machine = "machine", string from = "127.0.0.1") => RegisterAsync(id, Uuid(machine), from);

    // Over UDP, as hosts do.
    private async Task<Result> RegisterAsync(string id, byte[] uuid, string from = "127.0.0.1")
    {
        using var peer = new WireDatagrams(_rig.Server.RendezvousPort, from);
        await peer.SendAsync(new RendezvousMessage { RegisterPk = Message(id, uuid) });
        return (await peer.ReceiveMessageAsync())!.RegisterPkResponse.Result;
    }

    private async Task<string> SysinfoAsync(string id) => (await _rig.Api.PostAsync("/api/sysinfo", $$"""
        {"id":"{{id}}","uuid":"{{Convert.ToBase64String(Uuid("machine"))}}","version":"1.4.9","os":"linux / Debian","hostname":"till-7"}
        """)).Text;

    private Task<Answer> ApproveAsync(JsonElement row) =>
        _rig.PostAsync("/api/devices/pending/approve", $"{{\"guids\":[\"{row.Of("guid")}\"]}}");

    private async Task<JsonElement> WaitsAsync(string id)
    {
        await ListAsync(rows => rows.Any(r => r.Of("id") == id), $"{id} waits");
        return (await _rig.AllAsync("/api/devices/pending")).Single(r => r.Of("id") == id);
    }

    private async Task ListAsync(Func<List<JsonElement>, bool> isSo, string what, AdminRig? rig = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isSo(await (rig ?? _rig).AllAsync("/api/devices/pending")))
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60)) throw new TimeoutException($"never: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private async Task<JsonElement> EndedAsync(Answer started)
    {
        started.Status.ShouldBe(202, started.Text);
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(90))
        {
            var job = (await _rig.GetAsync($"/api/jobs/{started.Member("guid")}")).ShouldBeFine();
            if (job.TryGetProperty("ended_at", out _)) return job;
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
        }

        throw new TimeoutException("never: the job ended");
    }
}
