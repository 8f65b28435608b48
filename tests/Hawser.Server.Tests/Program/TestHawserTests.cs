using System.Net;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Program;

public class TestHawserTests
{
    [Fact]
    public async Task The_whole_server_runs_in_one_process_and_says_that_it_is_ready()
    {
        await using var server = await TestHawser.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http };
        using var ready = await http.GetAsync("/health/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = await ready.Content.ReadAsStringAsync();
        text.ShouldBe("""{"status":"ready","parts":{"rendezvous":"ready","relay":"ready","store":"ready","api":"ready"}}""");
    }

    [Fact]
    public async Task Two_servers_in_one_process_do_not_meet()
    {
        await using var one = await TestHawser.StartAsync();
        await using var other = await TestHawser.StartAsync();
        one.Key.PublicText.ShouldNotBe(other.Key.PublicText);
        one.RendezvousPort.ShouldNotBe(other.RendezvousPort);
    }
}
