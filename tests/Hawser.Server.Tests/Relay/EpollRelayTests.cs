namespace Hawser.Server.Tests.Relay;

/// <summary>Two TCP legs on an epoll loop (on other systems than Linux these are the portable tests again).</summary>
public sealed class EpollRelayTests : TcpRelaySpecification;

/// <summary>Two TCP legs on the portable pump.</summary>
public sealed class PortableRelayTests : TcpRelaySpecification
{
    protected override bool Portable => true;
}

/// <summary>Two WebSocket legs.</summary>
public sealed class WebSocketRelayTests : RelaySpecification
{
    protected override bool WebSockets => true;

    protected override int BulkMiB => 24;

    private protected override async Task<TestPeer> JoinAsync(
        RelayRig rig, string ticket, bool isFirst, string key = "") =>
        await rig.JoinWebSocketAsync(ticket, key);
}

/// <summary>The TCP party waits, the WebSocket party comes second.</summary>
public class TcpThenWebSocketRelayTests : RelaySpecification
{
    protected override bool WebSockets => true;

    protected override int BulkMiB => 24;

    protected override int OneMessage(int length) => length;

    private protected override async Task<TestPeer> JoinAsync(
        RelayRig rig, string ticket, bool isFirst, string key = "") =>
        isFirst ? await rig.JoinTcpAsync(ticket, key, framed: true) : await rig.JoinWebSocketAsync(ticket, key);
}

/// <summary>The WebSocket party waits, the TCP party comes second.</summary>
public sealed class WebSocketThenTcpRelayTests : RelaySpecification
{
    protected override bool WebSockets => true;

    protected override int BulkMiB => 24;

    protected override int OneMessage(int length) => length;

    private protected override async Task<TestPeer> JoinAsync(
        RelayRig rig, string ticket, bool isFirst, string key = "") =>
        isFirst ? await rig.JoinWebSocketAsync(ticket, key) : await rig.JoinTcpAsync(ticket, key, framed: true);
}
