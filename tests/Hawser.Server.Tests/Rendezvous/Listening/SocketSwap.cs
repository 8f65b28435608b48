using System.Globalization;
using System.Runtime.InteropServices;

namespace Hawser.Server.Tests.Rendezvous.Listening;

/// <summary>
/// Puts <c>/dev/null</c> in the place of a socket's descriptor, so that every call on it fails as if the system had lost
/// it. The number stays taken all the while, so nobody else gets it.
/// </summary>
internal sealed class SocketSwap : IDisposable
{
    private const int ReadWrite = 2;
    private readonly int _place;
    private readonly int _kept;

    private SocketSwap(int descriptor)
    {
        _place = descriptor;
        _kept = dup(descriptor);
        var nothing = open("/dev/null", ReadWrite);
        if (_kept < 0 || nothing < 0 || dup2(nothing, descriptor) < 0) throw new InvalidOperationException("dup failed");
        _ = close(nothing);
    }

    /// <summary>The UDP socket of this process that is bound to a port.</summary>
    public static SocketSwap OfUdpPort(int port)
    {
        var local = port.ToString("X4", CultureInfo.InvariantCulture);
        var inodes = new[] { "/proc/net/udp", "/proc/net/udp6" }.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f.Length > 9 && f[1].EndsWith(":" + local, StringComparison.Ordinal))
            .Select(f => $"socket:[{f[9]}]").ToHashSet(StringComparer.Ordinal);
        var file = Directory.EnumerateFileSystemEntries("/proc/self/fd").First(f => inodes.Contains(Target(f)));
        return new SocketSwap(int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture));
    }

    /// <summary>Puts the socket back.</summary>
    public void PutBack() => _ = dup2(_kept, _place);

    public void Dispose() => _ = close(_kept);

    // Others come and go meanwhile.
    private static string Target(string file)
    {
        try
        {
            return new FileInfo(file).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int dup(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int dup2(int from, int to);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int open(string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int descriptor);
}
