using System.Net;
using System.Net.Sockets;

namespace Hawser.TestRig;

/// <summary>
/// Ports for tests: below the ephemeral range, so that no outgoing connection has taken one, and in blocks, because the
/// servers derive several from one. A block belongs to one process until that ends, also between the moment it was
/// found free and the moment a server binds it: each is held by a locked file. A process that has had very many gets
/// those again that it was given longest ago: their servers have ended, or they are not found free.
/// </summary>
public static class FreePorts
{
    private const int First = 10_000;
    private const int Last = 32_000;
    private const int Stride = 8;

    // Browsers go to no server there: another protocol has it.
    private const int Unsafe = 10_080;
    private static readonly Lock Gate = new();
    private const int BeforeAgain = 600;
    private static readonly HashSet<int> Given = [];
    private static readonly Dictionary<int, Queue<int>> Again = [];
    private static readonly List<FileStream> Held = [];
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "hawser-ports");

    /// <summary>A base port whose whole block of <paramref name="width"/> is free for TCP and UDP now.</summary>
    /// <param name="width">How many ports follow, the base included.</param>
    /// <returns>The lowest port of the block.</returns>
    public static int Block(int width = Stride)
    {
        lock (Gate)
        {
            if (!Again.TryGetValue(width, out var before)) Again[width] = before = new();
            if (before.Count > BeforeAgain && TryAgain(before, width) is { } known) return known;
            for (var attempt = 0; attempt < 1000; attempt++)
            {
                var start = First + (Random.Shared.Next((Last - First - width) / Stride) * Stride);
                var block = Enumerable.Range(start, width).ToArray();
                if (block.Any(Given.Contains) || !block.All(IsFree) || !TryHold(block)) continue;
                Given.UnionWith(block);
                before.Enqueue(start);
                return start;
            }

            throw new InvalidOperationException("no free block of ports");
        }
    }

    private static int? TryAgain(Queue<int> before, int width)
    {
        for (var i = 0; i < 20; i++)
        {
            var start = before.Dequeue();
            before.Enqueue(start);
            if (Enumerable.Range(start, width).All(IsFree)) return start;
        }

        return null;
    }

    // The lock is the system's and goes with the process, however it ends; the empty file may stay.
    private static bool TryHold(int[] block)
    {
        var locks = new List<FileStream>();
        try
        {
            Directory.CreateDirectory(Folder);
            foreach (var part in block.Where(p => p % Stride == 0))
            {
                locks.Add(new FileStream(Path.Combine(Folder, $"{part}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }

            Held.AddRange(locks);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            foreach (var held in locks) held.Dispose();
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        if (port == Unsafe) return false;
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
