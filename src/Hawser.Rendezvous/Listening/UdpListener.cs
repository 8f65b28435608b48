using System.Net;
using System.Net.Sockets;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous.Listening.Linux;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// Receives and answers datagrams on port P: on Linux with blocking threads, each with its own socket and
/// batches of datagrams, elsewhere with one thread and the framework's calls.
/// </summary>
internal sealed partial class UdpListener : IDisposable
{
    private const int SendBuffer = 4 << 20;

    // SOL_SOCKET, SO_REUSEPORT: the framework has no name for it.
    private const int LinuxSocketLevel = 1;
    private const int LinuxReusePort = 15;

    // A thread answers some 300,000 datagrams a second, so half the cores is plenty, and fuller batches and fewer
    // switches
    // make each datagram cheaper (docs/benchmarks.md).
    private static int DefaultThreads => Math.Max(1, Environment.ProcessorCount / 2);

    private readonly RendezvousOptions _options;
    private readonly IPAddress? _bind;
    private readonly DatagramParts _parts;
    private readonly RendezvousMetrics _metrics;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IDatagramLoop> _loops = [];
    private readonly List<Thread> _threads = [];

    public UdpListener(
        RendezvousOptions options, IPAddress? bind, DatagramParts parts, RendezvousMetrics metrics, ILoggerFactory logs)
    {
        (_options, _bind, _parts, _metrics) = (options, bind, parts, metrics);
        _log = logs.CreateLogger<UdpListener>();
    }

    /// <summary>Whether every receiving thread lives and hears.</summary>
    public bool IsHealthy => _threads.Count > 0 && _threads.TrueForAll(static thread => thread.IsAlive)
        && _loops.TrueForAll(static loop => loop.IsHearing);

    /// <summary>The port that it listens on.</summary>
    public int Port { get; private set; }

    /// <summary>Binds the port and starts the threads. From now on the registry and the keys send through this
    /// socket.</summary>
    /// <exception cref="InvalidOperationException">The port is taken or may not be bound; the sentence names the
    /// option.</exception>
    public void Start()
    {
        var isBatched = OperatingSystem.IsLinux() && !_options.PortableUdp;
        var count = isBatched ? _options.UdpThreads > 0 ? _options.UdpThreads : DefaultThreads : 1;
        foreach (var socket in Bind(count))
        {
            var handler = new DatagramHandler(_parts, _metrics.AddDatagramCounters(), TrySend, _log);
            IDatagramLoop loop = isBatched
                ? new BatchLoop(socket, handler, _stop.Token)
                : new PortableLoop(socket, handler, _stop.Token);
            _loops.Add(loop);
        }

        (_parts.Registry.Datagrams, _parts.Keys.Datagrams) = (TrySend, TrySend);
        foreach (var loop in _loops)
        {
            var thread = new Thread(() => Run(loop)) { IsBackground = true, Name = $"hawser-udp-{_threads.Count}" };
            _threads.Add(thread);
            thread.Start();
        }

        Log.Listening(_log, Port, _threads.Count);
    }

    // A thread that ends is told by the role's health (C6); it must not take the relayed sessions along.
    private void Run(IDatagramLoop loop)
    {
        try
        {
            loop.Run();
        }
        catch (Exception e)
        {
            Log.ThreadEnded(_log, e);
        }
    }

    /// <summary>Sends a datagram from port P; never waits.</summary>
    /// <param name="payload">The datagram.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>False when the system refused it.</returns>
    public bool TrySend(ReadOnlySpan<byte> payload, PeerAddress destination) =>
        _loops.Count > 0 && !_stop.IsCancellationRequested && _loops[0].TrySend(payload, destination);

    /// <summary>Wakes the threads, waits until they have ended, and closes the sockets.</summary>
    public void Dispose()
    {
        if (_stop.IsCancellationRequested) return;
        _stop.Cancel();
        (_parts.Registry.Datagrams, _parts.Keys.Datagrams) = (null, null);
        foreach (var loop in _loops) loop.Wake();
        foreach (var thread in _threads) thread.Join();
        foreach (var loop in _loops) loop.Dispose();
        _stop.Dispose();
    }

    // The first socket is bound alone, so a second server is refused (C15); only then it lets its siblings share the
    // port.
    private List<Socket> Bind(int count)
    {
        var sockets = new List<Socket>();
        try
        {
            sockets.Add(BindFirst());
            var end = (IPEndPoint)sockets[0].LocalEndPoint!;
            Port = end.Port;
            if (count > 1) ShareThePort(sockets[0]);
            while (sockets.Count < count)
            {
                var socket = NewSocket(end.Address);
                sockets.Add(socket);
                ShareThePort(socket);
                socket.Bind(end);
            }

            return sockets;
        }
        catch (SocketException e)
        {
            foreach (var socket in sockets) socket.Dispose();
            throw new InvalidOperationException(Explain(e), e);
        }
    }

    private Socket BindFirst()
    {
        if (_bind is not null) return BindTo(_bind);
        try
        {
            return BindTo(IPAddress.IPv6Any);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressFamilyNotSupported
            or SocketError.AddressNotAvailable or SocketError.ProtocolNotSupported or SocketError.OperationNotSupported)
        {
            return BindTo(IPAddress.Any);
        }
    }

    private Socket BindTo(IPAddress address)
    {
        var socket = NewSocket(address);
        try
        {
            socket.Bind(new IPEndPoint(address, _options.Port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket NewSocket(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.SendBufferSize = SendBuffer;
        if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true;
        if (address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
        if (_options.UdpReceiveBuffer > 0) socket.ReceiveBufferSize = _options.UdpReceiveBuffer;
        return socket;
    }

    private static void ShareThePort(Socket socket)
    {
        Span<byte> yes = [1, 0, 0, 0];
        socket.SetRawSocketOption(LinuxSocketLevel, LinuxReusePort, yes);
    }

    private string Explain(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"UDP port {_options.Port} is in use, perhaps by another server; "
            + "stop that, or choose another port (--rendezvous-port).",
        SocketError.AccessDenied =>
            $"UDP port {_options.Port} may not be used by this account; choose a port above 1023 (--rendezvous-port).",
        SocketError.AddressNotAvailable =>
            $"The address {_bind} is not one of this machine's; choose another (--bind).",
        _ => $"UDP port {_options.Port} can't be opened: {e.Message} (--rendezvous-port, --bind).",
    };

    private static partial class Log
    {
        [LoggerMessage(1020, LogLevel.Information, "Listening on UDP port {Port} with {Threads} threads")]
        public static partial void Listening(ILogger log, int port, int threads);

        [LoggerMessage(1029, LogLevel.Critical, "A thread that receives datagrams has ended; restart the server")]
        public static partial void ThreadEnded(ILogger log, Exception e);
    }
}
