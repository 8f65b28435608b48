using System.Net;
using System.Net.Sockets;

namespace Hawser.Bench.Machine;

/// <summary>Free ports below the range that the system hands out by itself.</summary>
internal static class Ports
{
    private static int s_next = 23000 + Environment.ProcessId % 300 * 24;

    /// <summary>The first of some neighbouring ports that are free for TCP and UDP.</summary>
    public static int Block(int count)
    {
        for (var tries = 0; tries < 2000; tries++)
        {
            var first = s_next;
            s_next = s_next + count > 31000 ? 23000 : s_next + count;
            if (Enumerable.Range(first, count).All(IsFree)) return first;
        }

        throw new InvalidOperationException("no free ports");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Any, port));
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
