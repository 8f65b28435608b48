using System.Buffers;
using Hawser.Recording.Storage;
using Microsoft.Win32.SafeHandles;

namespace Hawser.Recording;

/// <summary>What there is of a recording on the disk.</summary>
internal enum StoredAs
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>Bytes that still arrive.</summary>
    Arriving,

    /// <summary>All bytes, under their own name.</summary>
    Arrived,
}

/// <summary>
/// The bytes of recordings: a folder each, <c>source.part</c> while they arrive, <c>source.webm</c> or
/// <c>source.mp4</c> once they are all there; the change of name is what makes them so. Whoever takes recordings in, by
/// whatever door, writes through this, and whoever finishes them starts here.
/// </summary>
internal sealed class RecordingStore
{
    private const string Part = "source.part";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly RecordingOptions _options;

    public RecordingStore(RecordingOptions options, RecordingParts parts)
    {
        _options = options;
        Root = Path.GetFullPath(
            options.Folder.Length > 0 ? options.Folder : Path.Combine(parts.DataFolder, "recordings"));
    }

    /// <summary>The folder of all recordings.</summary>
    public string Root { get; }

    /// <summary>Whether the disk has room for so many bytes more, with what is to be kept free.</summary>
    public bool HasRoomFor(long bytes) => HasRoomFor(bytes, start: false);

    /// <summary>The same; a recording that begins needs more, so that those that run can be finished.</summary>
    public bool HasRoomFor(long bytes, bool start)
    {
        if (bytes <= 0) return true;
        var drive = new DriveInfo(Root);
        var free = FreeOf(drive) - bytes;
        if (!start || _options.KeepFree == 0) return free >= (long)_options.KeepFree << 20;
        return free >= (long)_options.StartFree << 20 && free >= drive.TotalSize / 100 * _options.StartFreePercent;
    }

    /// <summary>Opens the bytes that arrive; made when they are missing.</summary>
    /// <param name="name">The recording.</param>
    /// <param name="truncate">Begin anew.</param>
    public RecordingFile Open(RecordingName name, bool truncate)
    {
        var folder = FolderOf(name);
        Make(folder);
        var path = Path.Combine(folder, Part);
        return new RecordingFile(
            File.OpenHandle(path, truncate ? FileMode.Create : FileMode.OpenOrCreate, FileAccess.ReadWrite),
            _options.Flush);
    }

    /// <summary>Gives arrived bytes their name; from then on they are complete.</summary>
    public void Publish(RecordingName name)
    {
        var folder = FolderOf(name);
        File.Move(Path.Combine(folder, Part), Path.Combine(folder, "source." + name.Container), overwrite: false);
    }

    /// <summary>What there is of a recording.</summary>
    public StoredAs Find(RecordingName name)
    {
        var folder = FolderOf(name);
        if (File.Exists(Path.Combine(folder, "source." + name.Container))) return StoredAs.Arrived;
        return File.Exists(Path.Combine(folder, Part)) ? StoredAs.Arriving : StoredAs.Nothing;
    }

    /// <summary>What has arrived so far, also while more comes; null: nothing.</summary>
    public FileInfo? Arriving(RecordingName name)
    {
        var file = new FileInfo(Path.Combine(FolderOf(name), Part));
        return file.Exists ? file : Source(name);
    }

    /// <summary>The bytes that have arrived, for who reads them; null when they have not.</summary>
    public FileInfo? Source(RecordingName name)
    {
        var file = new FileInfo(Path.Combine(FolderOf(name), "source." + name.Container));
        return file.Exists ? file : null;
    }

    /// <summary>The finished file of an upload, if it has its name already; null: not.</summary>
    public FileInfo? Final(RecordingName name)
    {
        var file = new FileInfo(Path.Combine(FolderOf(name), "final." + name.Container));
        return file.Exists ? file : null;
    }

    /// <summary>Removes whatever there is of a recording.</summary>
    public void Discard(RecordingName name)
    {
        var folder = FolderOf(name);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>Whether an error means that the disk, or the account's part of it, is full.</summary>
    internal static bool IsFull(IOException e) => e.HResult is 28 or 122 or unchecked((int)0x80070070);

    /// <summary>Asked for with each part: the folder is made only when it is not there.</summary>
    private long FreeOf(DriveInfo drive)
    {
        try
        {
            return drive.AvailableFreeSpace;
        }
        catch (Exception e) when (e is DriveNotFoundException or DirectoryNotFoundException)
        {
            Make(Root);
            return drive.AvailableFreeSpace;
        }
    }

    private string FolderOf(RecordingName name)
    {
        var folder = Path.GetFullPath(Path.Combine(Root, name.Text));
        // The name's pattern sees to it; this is for the day when somebody changes the pattern.
        return Path.GetDirectoryName(folder) == Root ? folder
            : throw new InvalidOperationException("a recording's name leaves its folder");
    }

    /// <summary>Makes a folder for the server's user only.</summary>
    internal static void Make(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, Private);
    }
}

/// <summary>The bytes of a recording that arrives; one step at a time.</summary>
/// <param name="handle">The open file.</param>
/// <param name="flush">When bytes are forced to the disk.</param>
internal sealed class RecordingFile(SafeFileHandle handle, FlushPolicy flush) : IDisposable
{
    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private ReadOnlySequence<byte> _bytes;
    private long _offset;

    /// <summary>How many bytes there are.</summary>
    public long Length => RandomAccess.GetLength(handle);

    /// <summary>
    /// Writes at a place, out of the buffers as they are, on a thread that may wait where several write: a disk that is
    /// behind makes writers wait, and the pool's threads serve everybody.
    /// </summary>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> bytes, long offset, DiskThreads disk)
    {
        (_bytes, _offset) = (bytes, offset);
        try
        {
            await disk.RunShortAsync(static file => ((RecordingFile)file).Write(), this);
        }
        finally
        {
            _bytes = default;
        }
    }

    private void Write()
    {
        if (_bytes.IsSingleSegment)
        {
            RandomAccess.Write(handle, _bytes.FirstSpan, _offset);
            return;
        }

        foreach (var segment in _bytes) _segments.Add(segment);
        try
        {
            RandomAccess.Write(handle, _segments, _offset);
        }
        finally
        {
            _segments.Clear();
        }
    }

    /// <summary>Drops what comes after a place.</summary>
    public void CutTo(long length)
    {
        if (Length > length) RandomAccess.SetLength(handle, length);
    }

    /// <summary>A part is complete, and is answered for when this is done.</summary>
    public ValueTask FlushAsync(Durability durability) => durability.FlushAsync(handle);

    /// <summary>Everything is there.</summary>
    public void AllWritten()
    {
        if (flush != FlushPolicy.None) RandomAccess.FlushToDisk(handle);
    }

    public void Dispose() => handle.Dispose();
}
