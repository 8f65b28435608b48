using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class RelayAdminTests
{
    [Fact]
    public async Task Relays_are_added_switched_off_and_removed_and_the_roster_obeys_at_once()
    {
        await using var rig = await AdminRig.StartAsync(configure: o => o.Rendezvous.RelayServers.Add("relay1.example.com"));
        var added = (await rig.PostAsync("/api/relays", """{"address":"127.0.0.2:21117","name":"Frankfurt"}""")).ShouldBeFine();
        added.Of("source").ShouldBe("settings");
        added.Of("name").ShouldBe("Frankfurt");
        (await rig.PostAsync("/api/relays", """{"address":"127.0.0.2:21117"}""")).ShouldBeProblem(409, "relay_known");
        (await rig.PostAsync("/api/relays", """{"address":"not a host"}""")).ShouldBeProblem(400, "invalid");

        (await rig.PatchAsync("/api/relays/relay1.example.com", """{"enabled":false}""")).ShouldBeFine().Of("state").ShouldBe("disabled");
        rig.Server.Node.Roster.Choose(default).ShouldBe("127.0.0.2:21117");
        (await rig.DeleteAsync("/api/relays/relay1.example.com")).ShouldBeProblem(409, "not_added_here");

        (await rig.PatchAsync("/api/relays/relay1.example.com", """{"enabled":true,"name":"Old"}""")).ShouldBeFine().Of("name").ShouldBe("Old");
        (await rig.DeleteAsync("/api/relays/127.0.0.2:21117")).ShouldBeDone();
        (await rig.DeleteAsync("/api/relays/127.0.0.2:21117")).ShouldBeProblem(404, "not_found");
        rig.Server.Node.Roster.List().ShouldHaveSingleItem().Address.ShouldBe("relay1.example.com");
        (await rig.LogAsync()).ConvertAll(l => l.Operation).ShouldBe([194, 195, 195, 196]);
    }
}
