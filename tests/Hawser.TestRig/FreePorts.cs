using System.Net;
using System.Net.Sockets;

namespace Hawser.TestRig;

/// <summary>
/// Ports for tests: below the ephemeral range, so that no outgoing connection has taken one, and in blocks, because the
/// servers derive several from one.
/// </summary>
public static class FreePorts
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A base port whose whole block of <paramref name="width"/> is free for TCP and UDP now.</summary>
    /// <param name="width">How many ports follow, the base included.</param>
    /// <returns>The lowest port of the block.</returns>
    public static int Block(int width = 8)
    {
        lock (Gate)
        {
            for (var attempt = 0; attempt < 1000; attempt++)
            {
                var start = Random.Shared.Next(10_000, 32_000 - width);
                var block = Enumerable.Range(start, width).ToArray();
                if (block.Any(Given.Contains) || !block.All(IsFree)) continue;
                Given.UnionWith(block);
                return start;
            }

            throw new InvalidOperationException("no free block of ports");
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var tcp = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
            tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            using var udp = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            udp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
