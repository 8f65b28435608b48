using System.Text.Json;
using Hawser.Protocol.Identity;
using Hawser.Server.Hosting;
using Hawser.Server.Keys;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Options;

public class ClientConfigurationTests
{
    [Fact]
    public void T69_the_vector_is_written_byte_for_byte()
    {
        using var vector = JsonDocument.Parse(File.ReadAllText(Repository.File("vectors/client-config.json")));
        string Of(string name) => vector.RootElement.GetProperty(name).GetString()!;
        ClientConfiguration.Write(Of("host"), Of("relay"), Of("api"), Of("key")).ShouldBe(Of("text"));
    }

    [Theory]
    [InlineData(21116, 21117, 21114, "rd.example", "", "")]
    [InlineData(3116, 3117, 3114, "rd.example:3116", "", "")]
    [InlineData(21116, 4000, 8080, "rd.example", "rd.example:4000", "http://rd.example:8080")]
    public void It_names_only_what_clients_would_not_derive(
        int rendezvous, int relay, int http, string host, string relayText, string api)
    {
        var options = new HawserOptions { PublicHost = "rd.example" };
        options.Rendezvous.Port = rendezvous;
        options.Relay.Port = relay;
        options.Http.Port = http;
        var key = ServerKey.Generate();
        var text = StartBlock.ConfigurationString(options, new KeyPolicy(key, key.PublicText, false, ""));
        using var json = JsonDocument.Parse(ClientConfiguration.Read(text));
        json.RootElement.GetProperty("host").GetString().ShouldBe(host);
        json.RootElement.GetProperty("relay").GetString().ShouldBe(relayText);
        json.RootElement.GetProperty("api").GetString().ShouldBe(api);
        json.RootElement.GetProperty("key").GetString().ShouldBe(key.PublicText);
    }
}
