using System.Text.Json;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Messages;
using Hawser.Session.Files.Linux;
using Microsoft.Win32.SafeHandles;

namespace Hawser.Session.Files;

/// <summary>What is on the disk where a file is to go.</summary>
internal enum OnDisk
{
    Nothing,
    Other,
    Identical,
    Partial,
}

/// <summary>The answer to "this file is coming".</summary>
internal readonly record struct FilePlan(OnDisk State, long Size, ulong Modified);

/// <summary>
/// Writes the files of one transfer (§14.4): into <c>name.download</c> with what was announced in <c>name.digest</c>,
/// renamed when whole. Both ends of a session receive with it. Not thread-safe.
/// </summary>
internal sealed class FileReceiver : IDisposable
{
    /// <summary>More than any sender puts into a block, and the most that a packed one may become.</summary>
    public const int LargestBlock = 1024 * 1024;

    // A file may grow while it is read at the other end, but whoever sends without an end fills this disk.
    private const ulong MostGrowth = 64 * 1024 * 1024;

    private readonly string _target;
    private readonly IReadOnlyList<FileEntry> _files;
    private SafeFileHandle? _open;
    private int _current = -1;
    private long _at;
    private ulong _most;

    /// <summary>A transfer; every name is checked before anything is written.</summary>
    /// <exception cref="FileRefusal">A name is not safe, or there are too many.</exception>
    public FileReceiver(string target, IReadOnlyList<FileEntry> files)
    {
        _target = target;
        _files = files;
        if (files.Count > FileListing.MostFiles) throw new FileRefusal("too many files in one transfer");
        for (var i = 0; i < files.Count; i++) FilePaths.Resolve(target, files[i].Name, files.Count == 1);
    }

    public int Count => _files.Count;

    /// <summary>How many bytes of the current file are there.</summary>
    public long Position => _at;

    public FileEntry this[int number] => _files[number];

    /// <summary>Where a file goes.</summary>
    public string PathOf(int number)
    {
        if (number < 0 || number >= _files.Count) throw new FileRefusal("no such file in this transfer");
        return FilePaths.Resolve(_target, _files[number].Name, _files.Count == 1);
    }

    /// <summary>Looks at the disk, and remembers what was announced.</summary>
    public FilePlan Plan(int number, ulong size, ulong modified, bool resume)
    {
        var path = PathOf(number);
        var (partial, digest) = (path + ".download", path + ".digest");
        if (resume && UnixFiles.IsRegular(partial) && ReadDigest(digest) is { } known
            && known.Size == size && known.Modified == modified)
        {
            // What came last may not have reached the disk whole; a resumed file starts with what has a length.
            return new FilePlan(OnDisk.Partial, Math.Min(new FileInfo(partial).Length, uint.MaxValue), modified);
        }

        if (!File.Exists(path)) return new FilePlan(OnDisk.Nothing, 0, 0);
        var info = new FileInfo(path);
        var (length, time) = (info.Length, FileListing.Seconds(info.LastWriteTimeUtc));
        var same = (ulong)length == size && time == modified;
        return new FilePlan(same ? OnDisk.Identical : OnDisk.Other, length, time);
    }

    /// <summary>Opens a file's temporary at a byte; what is behind it is cut off.</summary>
    public void Begin(int number, long offset, ulong size, ulong modified)
    {
        Finish();
        var path = PathOf(number);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        // Once more, now that all folders are there.
        PathOf(number);
        _open = UnixFiles.OpenWrite(path + ".download");
        try
        {
            var there = RandomAccess.GetLength(_open);
            if (offset < 0 || offset > there) throw new FileRefusal("no such place in the partial file");
            RandomAccess.SetLength(_open, offset);
            WriteDigest(path + ".digest", new FileDigest(size, modified));
        }
        catch
        {
            _open.Dispose();
            _open = null;
            throw;
        }

        _current = number;
        _at = offset;
        // Twice of what was announced, and some: see above.
        _most = Math.Max(size, MostGrowth) > long.MaxValue / 4 ? long.MaxValue : (2 * size) + MostGrowth;
    }

    /// <summary>Writes a block; an empty one ends the file.</summary>
    /// <exception cref="FileRefusal">It is out of order, or not what it says.</exception>
    public async ValueTask WriteAsync(FileTransferBlock block, CancellationToken cancellation)
    {
        if (block.FileNum < _current) throw new FileRefusal("block out of order");
        if (block.FileNum != _current || _open is null)
        {
            if (block.FileNum == _current) throw new FileRefusal("block behind the end of its file");
            var entry = _files[block.FileNum < _files.Count ? block.FileNum : throw new FileRefusal("no such file")];
            Begin(block.FileNum, 0, entry.Size, entry.ModifiedTime);
        }

        if (block.Data.IsEmpty)
        {
            Finish();
            return;
        }

        var data = block.Data.Memory;
        if (data.Length > LargestBlock) throw new FileRefusal("block too long");
        if (block.Compressed)
        {
            if (!Zstd.TryDecompress(data.Span, LargestBlock, out var plain)) throw new FileRefusal("broken block");
            data = plain;
        }

        if ((ulong)(_at + data.Length) > _most) throw new FileRefusal("more comes than was announced");
        await RandomAccess.WriteAsync(_open!, data, _at, cancellation);
        _at += data.Length;
    }

    /// <summary>Ends the current file: it gets its name and its time.</summary>
    public void Finish()
    {
        if (_open is null) return;
        _open.Dispose();
        _open = null;
        var path = PathOf(_current);
        File.Move(path + ".download", path, overwrite: true);
        var seconds = (long)Math.Min(_files[_current].ModifiedTime, 253402300799);
        File.SetLastWriteTimeUtc(path, DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime);
        File.Delete(path + ".digest");
    }

    /// <summary>Leaves what is there, so that it can be resumed.</summary>
    public void Dispose()
    {
        _open?.Dispose();
        _open = null;
    }

    /// <summary>Ends the transfer and removes the partial file.</summary>
    public void Abandon()
    {
        var unfinished = _open is not null;
        Dispose();
        if (!unfinished) return;
        var path = PathOf(_current);
        File.Delete(path + ".download");
        File.Delete(path + ".digest");
    }

    // Not through a link either: whoever put it there would choose what is overwritten.
    private static void WriteDigest(string path, FileDigest digest)
    {
        using var file = UnixFiles.OpenWrite(path);
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(
            file, JsonSerializer.SerializeToUtf8Bytes(digest, FileDigestJson.Default.FileDigest), 0);
    }

    private static FileDigest? ReadDigest(string path)
    {
        try
        {
            return UnixFiles.IsRegular(path) && new FileInfo(path).Length < 1024
                ? JsonSerializer.Deserialize(File.ReadAllText(path), FileDigestJson.Default.FileDigest) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
