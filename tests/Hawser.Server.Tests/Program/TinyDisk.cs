using System.Runtime.InteropServices;

namespace Hawser.Server.Tests.Program;

/// <summary>A file system of its own that can be full or read-only. Needs root, as CI has; fails loudly without.</summary>
internal sealed class TinyDisk : IDisposable
{
    private const int PageSize = 4096;
    private const ulong ReadOnlyFlag = 1;
    private const ulong RemountFlag = 32;
    private const int Detach = 2;
    private readonly string _options;

    public TinyDisk(string path, int pages, bool readOnly = false)
    {
        Path = path;
        _options = $"size={pages * PageSize},mode=0700";
        Directory.CreateDirectory(path);
        Mount(readOnly ? ReadOnlyFlag : 0);
    }

    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Leaves so many pages free.</summary>
    public void Fill(int free = 0)
    {
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[PageSize];
        try
        {
            while (true) filler.Write(page);
        }
        catch (IOException)
        {
            // Full: what was wanted.
        }

        filler.SetLength((filler.Length / PageSize - free) * PageSize);
    }

    public void MakeRoom() => File.Delete(Filler);

    public void MakeWritable() => Mount(RemountFlag);

    public void Dispose() => _ = umount2(Path, Detach);

    private void Mount(ulong flags)
    {
        if (mount("tmpfs", Path, "tmpfs", flags, _options) == 0) return;
        throw new InvalidOperationException($"a tmpfs can't be mounted (run the tests as root): errno {Marshal.GetLastPInvokeError()}");
    }

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int mount(string source, string target, string type, ulong flags, string data);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int umount2(string target, int flags);
}
