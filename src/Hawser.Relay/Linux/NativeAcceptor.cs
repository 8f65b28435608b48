using System.Buffers.Binary;
using System.Net.Sockets;
using Hawser.Protocol.Identity;

namespace Hawser.Relay.Linux;

/// <summary>One thread that accepts connections and spreads them over the loops.</summary>
internal sealed class NativeAcceptor : IAsyncDisposable
{
    private const int AddressBytes = 28;
    private const int IPv4Family = 2;
    private const int PauseMilliseconds = 100;
    private const ulong MostReserved = 512;
    private readonly RelayContext _context;
    private readonly Socket _listener;
    private readonly RelayLoop[] _loops;
    private readonly Wakeup _stop = new();
    private readonly LogBudget _pauseLines;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _highest = HighestDescriptor();
    private int _next;
    private volatile bool _stopping;

    public NativeAcceptor(RelayContext context, Socket listener, RelayLoop[] loops)
    {
        _context = context;
        _listener = listener;
        _loops = loops;
        _pauseLines = new LogBudget(context.Time, perSecond: 1);
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "relay accept" }.Start();
    }

    /// <summary>Stops accepting and closes the port.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _stop.Raise();
        await _ended.Task;
        _stop.Dispose();
        _listener.Dispose();
    }

    private void Run()
    {
        try
        {
            var descriptor = (int)_listener.SafeHandle.DangerousGetHandle();
            var flags = Native.FileControl(descriptor, Native.GetFlags, 0);
            _ = Native.FileControl(descriptor, Native.SetFlags, flags | Native.NonBlocking);
            while (!_stopping)
            {
                var mayGoOn = AcceptAll(descriptor);
                Wait(descriptor, mayGoOn);
            }
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    // Without a free descriptor the listener stays ready all the time: look at it again after a pause only.
    private unsafe void Wait(int descriptor, bool mayGoOn)
    {
        var entries = stackalloc Native.PollEntry[2];
        entries[0] = new Native.PollEntry { Descriptor = _stop.Descriptor, Wanted = Native.PollIn };
        entries[1] = new Native.PollEntry { Descriptor = descriptor, Wanted = Native.PollIn };
        _ = Native.Poll(entries, mayGoOn ? 2u : 1u, mayGoOn ? -1 : PauseMilliseconds);
    }

    private unsafe bool AcceptAll(int listener)
    {
        var address = stackalloc byte[AddressBytes];
        while (!_stopping)
        {
            var length = AddressBytes;
            var descriptor = Native.Accept(listener, address, &length, Native.NonBlocking | Native.CloseOnExec);
            if (descriptor >= 0)
            {
                Welcome(descriptor, Remote(new ReadOnlySpan<byte>(address, AddressBytes)));
                continue;
            }

            switch (Native.LastError)
            {
                case Native.Again:
                    return true;
                case Native.TooManyFiles or Native.TooManyFilesInSystem or Native.NoMemory or Native.NoBuffers:
                    _context.Metrics.CountAcceptPause();
                    if (_pauseLines.TryTake()) RelayContext.Log.AcceptPaused(_context.Logger);
                    return false;
                case var code when !IsOfOneConnection(code):
                    if (_pauseLines.TryTake()) RelayContext.Log.AcceptFailed(_context.Logger, code);
                    return false;
            }
        }

        return true;
    }

    // accept(2): errors of the network that belong to the connection, and an interrupted call, are simply tried again.
    private static bool IsOfOneConnection(int code) =>
        code is Native.Interrupted or 103 /* ECONNABORTED */ or 71 /* EPROTO */ or 1 /* EPERM: a firewall */
            or 100 or 64 or 112 or 113 or 95 or 101;

    private void Welcome(int descriptor, PeerAddress remote)
    {
        var refusal = Refusal(descriptor, remote);
        if (refusal != AcceptRefusal.None)
        {
            _context.Metrics.CountRefusal(refusal);
            _ = Native.Close(descriptor);
            return;
        }

        var loop = NextLoop();
        var leg = RelayAdmission.Admitted(new NativeLeg(descriptor, remote, loop));
        leg.Deadline = _context.Policy.After(_context.Policy.Options.JoinSeconds);
        if (loop.Post(new LoopRequest(LoopRequestKind.Adopt, leg))) return;
        _ = Native.Close(descriptor);
        _context.Admission.Leave(leg);
    }

    // Numbers are given lowest first: a high one says that few are left, and the rest of the process needs some too.
    private AcceptRefusal Refusal(int descriptor, PeerAddress remote)
    {
        if (descriptor <= _highest) return _context.Admission.TryEnter(remote);
        _context.Admission.Press();
        if (_pauseLines.TryTake()) RelayContext.Log.AcceptPaused(_context.Logger);
        return AcceptRefusal.DescriptorCap;
    }

    private static unsafe int HighestDescriptor()
    {
        Native.Limit limit;
        if (Native.GetLimit(Native.LimitOfDescriptors, &limit) != 0) return int.MaxValue;
        if (limit.Current > int.MaxValue) return int.MaxValue;
        return (int)(limit.Current - Math.Min(limit.Current / 8, MostReserved));
    }

    // The emptier of the next two: even enough, and it does not look at all of them.
    private RelayLoop NextLoop()
    {
        var one = _loops[_next];
        _next = (_next + 1) % _loops.Length;
        var other = _loops[_next];
        return other.Legs < one.Legs ? other : one;
    }

    private static PeerAddress Remote(ReadOnlySpan<byte> address)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return address[0] == IPv4Family
            ? PeerAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(address[4..]), port)
            : PeerAddress.FromBytes(address.Slice(8, PeerAddress.AddressLength), port);
    }
}
