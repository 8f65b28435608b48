using System.Buffers;
using System.Net.Sockets;
using Hawser.Protocol;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Identity;

namespace Hawser.Relay;

/// <summary>A TCP leg on the portable path, or beside a WebSocket leg.</summary>
internal sealed class SocketLeg(Socket socket, PeerAddress remote, RelayContext context) : PumpLeg(remote, context)
{
    public Socket Socket { get; } = socket;

    // Exactly the frame and not a byte more: what follows belongs to the partner and stays in the kernel.
    public override async ValueTask<byte[]?> ReadJoinAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(JoinFrame.MaxBytes);
        try
        {
            if (!await ReceiveExactlyAsync(buffer.AsMemory(0, 1), cancellationToken)) return null;
            var headerLength = (buffer[0] & 3) + 1;
            if (!await ReceiveExactlyAsync(buffer.AsMemory(1, headerLength - 1), cancellationToken)) return null;
            FrameHeader.TryRead(buffer.AsSpan(0, headerLength), out _, out var length);
            if (length > JoinFrame.MaxPayload) throw new ProtocolViolation("first frame too long");
            if (!await ReceiveExactlyAsync(buffer.AsMemory(0, length), cancellationToken)) return null;
            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// The console command that has arrived instead of a frame; null when it is none. Takes no byte away.
    /// </summary>
    public async ValueTask<string?> PeekCommandAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(JoinFrame.MaxCommand + 1);
        try
        {
            var count = await Socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.Peek, cancellationToken);
            var seen = buffer.AsMemory(0, count);
            if (!JoinFrame.IsConsole(seen.Span)) return null;
            // Read it, so that closing does not reset the connection and lose the answer.
            await ReceiveExactlyAsync(seen, cancellationToken);
            return System.Text.Encoding.ASCII.GetString(seen.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Waits, without a buffer, until something can be received.</summary>
    public async ValueTask WaitReadableAsync() => await Socket.ReceiveAsync(Memory<byte>.Empty);

    /// <summary>Sends everything.</summary>
    public async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await Socket.SendAsync(bytes)..];
    }

    public override ValueTask EndWritingAsync(CancellationToken cancellationToken)
    {
        Socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    public override void Abort() => Socket.Dispose();

    // Early bytes of the waiting party hide the end of its stream here; its waiting time still ends it.
    public override bool HasVanished()
    {
        try
        {
            return Socket.Poll(0, SelectMode.SelectRead) && Socket.Available == 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    private async ValueTask<bool> ReceiveExactlyAsync(Memory<byte> memory, CancellationToken cancellationToken)
    {
        while (memory.Length > 0)
        {
            var count = await Socket.ReceiveAsync(memory, SocketFlags.None, cancellationToken);
            if (count == 0) return false;
            memory = memory[count..];
        }

        return true;
    }
}
