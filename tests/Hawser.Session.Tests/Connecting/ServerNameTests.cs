using Hawser.Session.Connecting;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Connecting;

/// <summary>Rendezvous reference §2.3 and §6.18.</summary>
public sealed class ServerNameTests
{
    [Theory]
    [InlineData("rd.example", "rd.example", 21116)]
    [InlineData("rd.example:22116", "rd.example", 22116)]
    [InlineData("203.0.113.7", "203.0.113.7", 21116)]
    [InlineData("203.0.113.7:5000", "203.0.113.7", 5000)]
    [InlineData("2001:db8::1", "2001:db8::1", 21116)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 21116)]
    [InlineData("[2001:db8::1]:5000", "2001:db8::1", 5000)]
    [InlineData(" rd.example ", "rd.example", 21116)]
    public void Reads_what_people_write(string text, string host, int port)
    {
        ServerName.TryParse(text, ServerName.RendezvousPort, out var server).ShouldBeTrue();
        server.ShouldBe(new ServerName(host, port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("rd.example:")]
    [InlineData("rd.example:0")]
    [InlineData("rd.example:70000")]
    [InlineData("rd.example:-1")]
    [InlineData("rd.example:x")]
    public void Refuses_what_is_no_server(string text) =>
        ServerName.TryParse(text, ServerName.RendezvousPort, out _).ShouldBeFalse();

    [Theory]
    [InlineData("203.0.113.7", 21116, false, "ws://203.0.113.7:21118/")]
    [InlineData("2001:db8::1", 21116, false, "ws://[2001:db8::1]:21118/")]
    [InlineData("rd.example", 21116, false, "ws://rd.example/ws/id")]
    [InlineData("rd.example", 21116, true, "wss://rd.example/ws/id")]
    public void Derives_the_WebSocket_address_as_clients_do(string host, int port, bool tls, string expected) =>
        new ServerName(host, port).ToWebSocketUri("ws/id", tls).ToString().ShouldBe(expected);
}
