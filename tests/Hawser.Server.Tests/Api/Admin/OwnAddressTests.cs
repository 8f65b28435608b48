using System.Text.Json;
using Hawser.Protocol.Identity;
using Hawser.Server.Keys;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>The server's keys and ports, as the console shows them.</summary>
public sealed class OwnAddressTests
{
    [Fact]
    public async Task Another_key_pair_waits_for_the_next_start_and_the_old_one_is_kept()
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;
        try
        {
            string before;
            string next;
            await using (var server = await TestHawser.StartAsync(folder: folder))
            {
                using var client = new ApiClient(server);
                var token = await client.ApiTokenAsync(await client.AddUserAsync("root", admin: true), "setting:rw");
                var facts = (await client.GetAsync("/api/console/address", token)).Json.GetProperty("key");
                before = facts.GetProperty("public_key").GetString()!;
                before.ShouldBe(server.Node.Key.Signing!.PublicText);
                facts.GetProperty("source").GetString().ShouldBe("file");
                facts.GetProperty("fingerprint").GetString()!.Length.ShouldBe(64);
                facts.GetProperty("next_key").GetString().ShouldBe("");

                (await client.PostAsync("/api/console/address/key", "{}", token)).Status.ShouldBe(422);
                (await client.PostAsync("/api/console/address/key", """{"public_key":"another"}""", token)).Status.ShouldBe(422);
                KeyFiles.Read(folder)!.PublicText.ShouldBe(before, "nothing happened");
                var wish = JsonSerializer.Serialize(new { public_key = before, reason = "the old one got lost" });
                var done = await client.PostAsync("/api/console/address/key", wish, token);
                done.Status.ShouldBe(200, done.Text);
                next = done.Member("next_key")!;
                next.ShouldNotBe(before);
                // The server that runs goes on with the one that its clients know.
                server.Node.Key.Signing!.PublicText.ShouldBe(before);
                facts = (await client.GetAsync("/api/console/address", token)).Json.GetProperty("key");
                facts.GetProperty("next_key").GetString().ShouldBe(next);
                ServerKey.TryParse(File.ReadAllText(Path.Combine(folder, done.Member("kept_as")!)), out var kept, out _).ShouldBeTrue();
                kept!.PublicText.ShouldBe(before);
                (await client.PostAsync("/api/console/address/key", wish, token)).Status.ShouldBe(409, "once is enough");
            }

            await using var again = await TestHawser.StartAsync(folder: folder);
            again.Node.Key.Signing!.PublicText.ShouldBe(next);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_key_that_the_options_give_is_not_replaced_here()
    {
        await using var rig = await AdminRig.StartAsync(configure: o => o.Key = ServerKey.Generate().ToSecretText());
        var key = (await rig.GetAsync("/api/console/address")).ShouldBeFine().GetProperty("key");
        key.Of("source").ShouldBe("option");
        (await rig.PostAsync("/api/console/address/key", JsonSerializer.Serialize(new { public_key = key.Of("public_key") })))
            .ShouldBeProblem(409, "key_stays");
    }

    [Fact]
    public async Task The_server_asks_its_own_ports_as_clients_do()
    {
        await using var rig = await AdminRig.StartAsync();
        var found = (await rig.PostAsync("/api/console/address/ports", "")).ShouldBeFine().EnumerateArray().ToList();
        found.ShouldNotBeEmpty();
        found.ShouldAllBe(f => f.Of("address") == "127.0.0.1");
        found.ShouldContain(f => f.GetProperty("port").GetInt32() == rig.Server.RelayPort && f.Of("state") == "ok");
        found.Where(f => f.GetProperty("needed").GetBoolean()).ShouldAllBe(f => f.Of("state") == "ok");

        (await rig.PatchAsync("/api/settings/console", """{"public_host":"nowhere.invalid"}""")).ShouldBeFine();
        found = (await rig.PostAsync("/api/console/address/ports", "")).ShouldBeFine().EnumerateArray().ToList();
        found.ShouldContain(f => f.Of("address") == "nowhere.invalid" && f.Of("state") == "failed");
        var reader = await rig.Api.ApiTokenAsync(rig.Root, "setting:r");
        (await rig.PostAsync("/api/console/address/ports", "", reader)).Status.ShouldBe(403);
    }
}
