using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Hawser.Session.Connecting;

namespace Hawser.Session.Kcp;

/// <summary>
/// Agrees on a conversation over a punched path (§3.3): SYN, SYN|ACK, ACK|DATA. The field's peers send each once; we
/// repeat ours until the next step has arrived, which changes nothing for them.
/// </summary>
/// <param name="socket">The punched socket; owned by the stream that comes out, by the caller when none does.</param>
/// <param name="remote">The other end.</param>
/// <param name="time">The clock.</param>
/// <param name="timings">How long things take.</param>
internal sealed class KcpHandshake(Socket socket, IPEndPoint remote, TimeProvider time, KcpTimings timings)
{
    private const int LongestDatagram = 1500;

    /// <summary>The controller's side: chooses the conversation.</summary>
    /// <returns>The stream.</returns>
    /// <exception cref="IOException">Nobody answers.</exception>
    public async Task<KcpStream> DialAsync(CancellationToken cancellation)
    {
        var conversation = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        await ExchangeAsync(conversation, KcpFlags.Syn, (envelope, _) =>
            envelope == new KcpEnvelope(conversation, KcpFlags.Syn | KcpFlags.Ack) ? conversation : null, cancellation);
        return Open(conversation, isDialled: true, []);
    }

    /// <summary>The host's side: waits for a SYN.</summary>
    /// <returns>The stream.</returns>
    /// <exception cref="IOException">Nobody came.</exception>
    public async Task<KcpStream> AcceptAsync(CancellationToken cancellation)
    {
        byte[] first = [];
        uint? offered = null;
        var conversation = await ExchangeAsync(null, KcpFlags.Syn | KcpFlags.Ack, (envelope, datagram) =>
        {
            if (envelope.Flags == KcpFlags.Syn)
            {
                offered = envelope.Conversation;
                Send(envelope.Conversation, KcpFlags.Syn | KcpFlags.Ack);
            }

            var isDone = envelope.Flags == (KcpFlags.Ack | KcpFlags.Data) && envelope.Conversation == offered;
            if (!isDone) return null;
            first = datagram[KcpEnvelope.Length..].ToArray();
            return offered;
        }, cancellation);
        return Open(conversation, isDialled: false, first);
    }

    /// <summary>Repeats a datagram until one arrives that ends this step.</summary>
    private async Task<uint> ExchangeAsync(
        uint? conversation, KcpFlags flags, Step step, CancellationToken cancellation)
    {
        using var limit = new Deadline(timings.Handshake, time, cancellation);
        var buffer = new byte[LongestDatagram];
        var receiving = UdpPunch.ReceiveAsync(socket, buffer, limit.Token);
        try
        {
            while (true)
            {
                if (conversation is { } number) Send(number, flags);
                var pause = Task.Delay(timings.Repeat, time, limit.Token);
                while (await Task.WhenAny(receiving, pause) == receiving)
                {
                    var got = await receiving;
                    if (Step(got) is { } agreed) return agreed;
                    receiving = UdpPunch.ReceiveAsync(socket, buffer, limit.Token);
                }

                await pause;
            }
        }
        catch (OperationCanceledException e) when (limit.Expired)
        {
            throw new IOException("the other end does not answer on the punched path", e);
        }

        uint? Step(SocketReceiveFromResult got)
        {
            if (!remote.Equals(got.RemoteEndPoint)) return null;
            var datagram = buffer.AsSpan(0, got.ReceivedBytes);
            if (!KcpEnvelope.TryRead(datagram, out var envelope)) return null;
            if (step(envelope, datagram) is { } agreed) return agreed;
            if (envelope.Flags == KcpFlags.Syn) conversation = envelope.Conversation;
            return null;
        }
    }

    private KcpStream Open(uint conversation, bool isDialled, byte[] first)
    {
        socket.Connect(remote);
        return new KcpStream(socket, conversation, isDialled, first, time, timings);
    }

    private void Send(uint conversation, KcpFlags flags)
    {
        Span<byte> datagram = stackalloc byte[KcpEnvelope.Length];
        new KcpEnvelope(conversation, flags).Write(datagram);
        try
        {
            socket.SendTo(datagram, SocketFlags.None, remote);
        }
        catch (SocketException)
        {
            // An ICMP answer to an earlier datagram; it is repeated.
        }
    }

    private delegate uint? Step(KcpEnvelope envelope, ReadOnlySpan<byte> datagram);
}
