using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace Hawser.LabPeer;

/// <summary>
/// A cable between two network devices of this machine that delays and loses, each direction for itself and the same
/// way at every run. What netem does in kernels that have it.
/// </summary>
internal static partial class Line
{
    private const int LongestFrame = 2048;
    private const int Waiting = 4096;
    private const nuint SetDevice = 0x400454ca;
    private const short Tap = 0x0002;
    private const short WithoutHeader = 0x1000;
    private const int NameLength = 16;

    private static readonly TimeProvider Time = TimeProvider.System;
    private static long _delayMs;
    private static long _lossPerMille;
    private static long _lost;

    public static async Task<int> RunAsync()
    {
        using var left = Open("line0");
        using var right = Open("line1");
        Console.Out.WriteLine(JsonSerializer.Serialize(new { @event = "drawn" }));
        foreach (var (from, to, seed) in new[] { (left, right, 1), (right, left, 2) })
        {
            var frames = Channel.CreateBounded<Frame>(new BoundedChannelOptions(Waiting)
            {
                FullMode = BoundedChannelFullMode.DropWrite,
            });
            // A device is read by a thread that waits for it: it ends with the process.
            new Thread(() => Take(from, frames.Writer, new Random(seed))) { IsBackground = true }.Start();
            _ = GiveAsync(to, frames.Reader);
        }

        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            Volatile.Write(ref _delayMs, long.Parse(words[0], CultureInfo.InvariantCulture));
            Volatile.Write(ref _lossPerMille, (long)(10 * double.Parse(words[1], CultureInfo.InvariantCulture)));
            Console.Out.WriteLine(JsonSerializer.Serialize(new { @event = "changed", lost = Interlocked.Read(ref _lost) }));
        }

        return 0;
    }

    private static void Take(SafeFileHandle from, ChannelWriter<Frame> frames, Random random)
    {
        var buffer = new byte[LongestFrame];
        while (true)
        {
            var count = (int)Read(from, buffer, LongestFrame);
            if (count <= 0)
            {
                // The device is down, or moved this very moment.
                Thread.Yield();
                continue;
            }

            if (random.Next(1000) < Volatile.Read(ref _lossPerMille))
            {
                Interlocked.Increment(ref _lost);
                continue;
            }

            var due = Time.GetTimestamp() + (Volatile.Read(ref _delayMs) * Time.TimestampFrequency / 1000);
            frames.TryWrite(new Frame(buffer.AsSpan(0, count).ToArray(), due));
        }
    }

    private static async Task GiveAsync(SafeFileHandle to, ChannelReader<Frame> frames)
    {
        await foreach (var frame in frames.ReadAllAsync())
        {
            var rest = Time.GetElapsedTime(Time.GetTimestamp(), frame.Due);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, Time);
            // When the other end is down it is as good as lost.
            Write(to, frame.Bytes, (nuint)frame.Bytes.Length);
        }
    }

    private static SafeFileHandle Open(string name)
    {
        var device = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        // struct ifreq: the name, then the flags.
        var request = new byte[40];
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(NameLength), (short)(Tap | WithoutHeader));
        if (ControlDevice(device, SetDevice, request) >= 0) return device;
        throw new IOException($"{name}: error {Marshal.GetLastPInvokeError()} of /dev/net/tun");
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ControlDevice(SafeFileHandle device, nuint request, [In, Out] byte[] argument);

    [LibraryImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(SafeFileHandle device, [Out] byte[] buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(SafeFileHandle device, byte[] buffer, nuint length);

    private readonly record struct Frame(byte[] Bytes, long Due);
}
