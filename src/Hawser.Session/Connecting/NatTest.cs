using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting;

/// <summary>What the two halves of the TCP NAT test said.</summary>
/// <param name="LocalPort">The port that both connections left from.</param>
/// <param name="MainPort">The port that the server saw on P.</param>
/// <param name="SecondPort">The port that the server saw on P-1.</param>
public readonly record struct NatPorts(int LocalPort, int MainPort, int SecondPort)
{
    /// <summary>
    /// ASYMMETRIC when both ports agree: then a hole opened towards one place serves for another (§6.8).
    /// </summary>
    public NatType Type => MainPort == 0 || SecondPort == 0 ? NatType.UnknownNat
        : MainPort == SecondPort ? NatType.Asymmetric : NatType.Symmetric;
}

/// <summary>Finds out how the own NAT maps ports.</summary>
public static class NatTest
{
    private const int UdpBuffer = 1500;

    /// <summary>Asks on P, then from the same local port on P-1.</summary>
    /// <param name="options">The server.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The ports.</returns>
    /// <exception cref="IOException">The server can't be reached or does not answer.</exception>
    public static async Task<NatPorts> RunAsync(PeerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var limit = new Deadline(options.Timings.Answer, options.Time, cancellation);
        try
        {
            var first = await Dialer.ConnectAsync(options.Server, options.LocalAddress, limit.Token);
            var local = (IPEndPoint)first.LocalEndPoint!;
            var remote = new IPEndPoint(((IPEndPoint)first.RemoteEndPoint!).Address, options.Server.Port - 1);
            var main = await AskAsync(first, limit.Token);
            var second = await Dialer.ConnectAsync(remote, local, limit.Token);
            var other = await AskAsync(second, limit.Token);
            return new NatPorts(local.Port, main, other);
        }
        catch (SocketException e)
        {
            throw new IOException($"NAT test with {options.Server}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (limit.Expired)
        {
            throw new IOException($"NAT test with {options.Server}: no answer", e);
        }
    }

    /// <summary>Asks by UDP which port a socket has outside.</summary>
    /// <param name="socket">A bound UDP socket that is not connected.</param>
    /// <param name="server">The server's UDP address.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long to ask.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The port, or 0 when the server does not answer.</returns>
    internal static async Task<int> RunUdpAsync(
        Socket socket, IPEndPoint server, TimeProvider time, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = new Deadline(patience, time, cancellation);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var question = new RendezvousMessage { TestNatRequest = new TestNatRequest() }.ToByteArray();
        var asking = UdpPunch.RepeatAsync(socket, question, () => server, time, done.Token);
        try
        {
            var buffer = new byte[UdpBuffer];
            while (true)
            {
                var got = await UdpPunch.ReceiveAsync(socket, buffer, limit.Token);
                if (!WireMessages.TryReadRendezvous(buffer.AsSpan(0, got.ReceivedBytes), out var message)) continue;
                if (message!.TestNatResponse is { Port: > 0 and <= 65535 } answer) return answer.Port;
            }
        }
        catch (OperationCanceledException) when (limit.Expired)
        {
            return 0;
        }
        finally
        {
            await done.CancelAsync();
            await asking;
        }
    }

    private static async Task<int> AskAsync(Socket socket, CancellationToken cancellation)
    {
        await using var connection = RendezvousConnection.Over(socket);
        var request = new TestNatRequest();
        await connection.SendAsync(new RendezvousMessage { TestNatRequest = request }, cancellation);
        while (await connection.ReceiveAsync(cancellation) is { } message)
        {
            if (message.TestNatResponse is { } answer) return answer.Port;
        }

        throw new IOException("the server closed without answering the NAT test");
    }
}
