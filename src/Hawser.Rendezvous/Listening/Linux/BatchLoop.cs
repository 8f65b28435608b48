using System.Net.Sockets;
using System.Runtime.InteropServices;
using Hawser.Protocol.Identity;
using Buffer = Hawser.Rendezvous.Listening.Linux.DatagramCalls.Buffer;

namespace Hawser.Rendezvous.Listening.Linux;

/// <summary>
/// Receives up to 64 datagrams with one call, handles them in place, and sends all answers with one call. Its memory is
/// outside the collector's heap and it allocates nothing.
/// </summary>
internal sealed unsafe class BatchLoop : IDatagramLoop
{
    private const int Batch = 64;

    // One more than is looked at, so that a longer datagram shows as too long.
    private const int Slot = 1536;
    private const int NameSlot = 32;
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;

    // So many errors in a row are no accident any more.
    private const int MostFaults = 10;

    private readonly Socket _socket;
    private readonly int _handle;
    private readonly DatagramHandler _handler;
    private readonly CancellationToken _stopping;
    private readonly byte* _memory;
    private readonly DatagramCalls.BatchHeader* _received;
    private readonly DatagramCalls.BatchHeader* _answers;
    private int _faults;

    public BatchLoop(Socket socket, DatagramHandler handler, CancellationToken stopping)
    {
        (_socket, _handler, _stopping) = (socket, handler, stopping);
        var keep = false;
        socket.SafeHandle.DangerousAddRef(ref keep);
        _handle = (int)socket.SafeHandle.DangerousGetHandle();

        var headers = Batch * sizeof(DatagramCalls.BatchHeader);
        var buffers = Batch * sizeof(Buffer);
        var size = (2 * (headers + buffers)) + (Batch * (Slot + NameSlot + DatagramHandler.MaxReply));
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)size);
        var next = _memory;
        _received = (DatagramCalls.BatchHeader*)Take(ref next, headers);
        _answers = (DatagramCalls.BatchHeader*)Take(ref next, headers);
        var inBuffers = (Buffer*)Take(ref next, buffers);
        var outBuffers = (Buffer*)Take(ref next, buffers);
        var replies = Take(ref next, Batch * DatagramHandler.MaxReply);
        var names = Take(ref next, Batch * NameSlot);
        for (var i = 0; i < Batch; i++)
        {
            inBuffers[i] = new Buffer { Start = next + (i * Slot), Length = Slot };
            outBuffers[i] = new Buffer { Start = replies + (i * DatagramHandler.MaxReply) };
            _received[i].Header.Name = names + (i * NameSlot);
            _received[i].Header.NameLength = NameSlot;
            _received[i].Header.Buffers = inBuffers + i;
            _received[i].Header.BufferCount = 1;
            _answers[i].Header.Buffers = outBuffers + i;
            _answers[i].Header.BufferCount = 1;
        }
    }

    /// <inheritdoc/>
    public bool IsHearing => Volatile.Read(ref _faults) <= MostFaults;

    /// <inheritdoc/>
    public void Run()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var count = DatagramCalls.Receive(_handle, _received, Batch, DatagramCalls.WaitForOne, null);
            if (_stopping.IsCancellationRequested) return;
            if (count > 0)
            {
                Volatile.Write(ref _faults, 0);
                Send(Handle(count));
            }
            else if (count < 0 && Marshal.GetLastPInvokeError() != DatagramCalls.Interrupted)
            {
                _handler.Counters.Count(DatagramCount.ReceiveError);
                // Out of memory in the kernel and the like: wait a little instead of spinning.
                if (Interlocked.Increment(ref _faults) > MostFaults) _stopping.WaitHandle.WaitOne(10);
            }
        }
    }

    /// <inheritdoc/>
    public bool TrySend(ReadOnlySpan<byte> payload, PeerAddress destination)
    {
        var name = stackalloc byte[NameSlot];
        new Span<byte>(name, NameSlot).Clear();
        var family = _socket.AddressFamily;
        if (!SocketName.TryWrite(destination, family, new Span<byte>(name, NameSlot))) return false;
        var isIPv6 = family == AddressFamily.InterNetworkV6;
        *(ushort*)name = isIPv6 ? FamilyIPv6 : FamilyIPv4;
        var length = (uint)(isIPv6 ? SocketName.IPv6Length : SocketName.IPv4Length);
        var isHeld = false;
        try
        {
            _socket.SafeHandle.DangerousAddRef(ref isHeld);
            fixed (byte* start = payload)
            {
                var size = (nuint)payload.Length;
                return DatagramCalls.SendTo(_handle, start, size, DatagramCalls.DontWait, name, length) >= 0;
            }
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (isHeld) _socket.SafeHandle.DangerousRelease();
        }
    }

    /// <inheritdoc/>
    // Fails for a socket that is not connected, and wakes its receiver nevertheless.
    public void Wake() => DatagramCalls.Shutdown(_handle, DatagramCalls.ShutdownBoth);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _socket.SafeHandle.DangerousRelease();
        _socket.Dispose();
    }

    private static byte* Take(ref byte* next, int size)
    {
        var start = next;
        next += size;
        return start;
    }

    private int Handle(int count)
    {
        var now = _handler.Now;
        var answers = 0;
        for (var i = 0; i < count; i++)
        {
            ref var received = ref _received[i];
            ref var answer = ref _answers[answers];
            var datagram = new ReadOnlySpan<byte>(received.Header.Buffers->Start, (int)received.Length);
            var room = new Span<byte>(answer.Header.Buffers->Start, DatagramHandler.MaxReply);
            var length = HandleOne(datagram, Source(received.Header.Name), now, room);
            if (length > 0)
            {
                answer.Header.Buffers->Length = (nuint)length;
                answer.Header.Name = received.Header.Name;
                answer.Header.NameLength = received.Header.NameLength;
                answers++;
            }

            received.Header.NameLength = NameSlot;
        }

        return answers;
    }

    private int HandleOne(ReadOnlySpan<byte> datagram, PeerAddress source, long now, Span<byte> room)
    {
        try
        {
            return _handler.Handle(datagram, source, now, room);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A fault of ours ends this datagram, not the thread that serves everybody.
            _handler.Fault(e);
            return 0;
        }
    }

    // A destination that can't be reached costs its own answer only (C5); a full buffer costs the rest of this batch.
    private void Send(int count)
    {
        var sent = 0;
        while (sent < count)
        {
            var done = DatagramCalls.Send(_handle, _answers + sent, (uint)(count - sent), DatagramCalls.DontWait);
            if (done > 0)
            {
                sent += done;
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == DatagramCalls.Interrupted) continue;
            var lost = error == DatagramCalls.TryAgain ? count - sent : 1;
            _handler.Counters.Count(DatagramCount.SendError, lost);
            sent += lost;
        }
    }

    private static PeerAddress Source(byte* name) => *(ushort*)name switch
    {
        FamilyIPv6 => SocketName.ReadIPv6(new ReadOnlySpan<byte>(name, SocketName.IPv6Length)),
        FamilyIPv4 => SocketName.ReadIPv4(new ReadOnlySpan<byte>(name, SocketName.IPv4Length)),
        _ => default,
    };
}
