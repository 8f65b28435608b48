using System.Buffers;

namespace Hawser.Recording.Storage;

/// <summary>A chunk on its way to the disk; what a disk thread is given, so that little is allocated.</summary>
internal sealed class LocalChunk : PreparedChunk
{
    [ThreadStatic]
    private static List<ReadOnlyMemory<byte>>? t_segments;

    private readonly DiskThreads _disk;
    private readonly Durability _durability;
    private readonly string _folder;
    private readonly string _path;
    private ReadOnlySequence<byte> _bytes;
    private FileStream? _file;
    private bool _isThere;
    private bool _isPublished;
    private string _target = "";

    public LocalChunk(DiskThreads disk, Durability durability, string folder, ReadOnlySequence<byte> bytes)
    {
        (_disk, _durability, _folder, _bytes) = (disk, durability, folder, bytes);
        _path = Path.Combine(folder, StoredNames.Loose(""));
    }

    /// <summary>Done: the bytes may be given back.</summary>
    public async ValueTask WriteAsync()
    {
        try
        {
            if (_durability.FlushesEach) await _disk.RunAsync(static chunk => ((LocalChunk)chunk).Write(), this);
            else await _disk.RunShortAsync(static chunk => ((LocalChunk)chunk).Write(), this);
            if (_file is { } file) await _durability.FlushAsync(file.SafeFileHandle);
        }
        finally
        {
            _bytes = default;
            _file?.Dispose();
            _file = null;
        }
    }

    public override async Task<bool> PublishAsync(int index, CancellationToken cancellationToken)
    {
        _target = Path.Combine(_folder, StoredNames.Chunk(index));
        try
        {
            await _disk.RunAsync(static chunk => ((LocalChunk)chunk).Move(), this);
            if (!_isThere && _durability.FlushesGroups) await _durability.FlushAsync(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LocalStorage.Explained(e);
        }

        return !_isThere;
    }

    public override Task WithdrawAsync()
    {
        if (_isPublished) LocalStorage.Forget(_target);
        _isPublished = false;
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        if (_isThere) LocalStorage.Forget(_path);
        _isThere = false;
        return ValueTask.CompletedTask;
    }

    /// <summary>One gathered write out of the buffers that the bytes came in; nothing is copied.</summary>
    private void Write()
    {
        var how = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0,
            PreallocationSize = _bytes.Length,
        };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = LocalStorage.Owner;
        var file = _file = new FileStream(_path, how);
        _isThere = true;
        if (_bytes.IsSingleSegment) RandomAccess.Write(file.SafeFileHandle, _bytes.FirstSpan, 0);
        else WriteSegments(file);
        if (RandomAccess.GetLength(file.SafeFileHandle) != _bytes.Length)
        {
            throw new IOException("A chunk is not as long on the disk as it was.");
        }

        if (_durability.FlushesGroups) return;
        if (_durability.FlushesEach) RandomAccess.FlushToDisk(file.SafeFileHandle);
        _file = null;
        file.Dispose();
    }

    private void WriteSegments(FileStream file)
    {
        var segments = t_segments ??= [];
        foreach (var segment in _bytes)
        {
            if (segment.Length > 0) segments.Add(segment);
        }

        try
        {
            RandomAccess.Write(file.SafeFileHandle, segments, 0);
        }
        finally
        {
            segments.Clear();
        }
    }

    private void Move()
    {
        try
        {
            File.Move(_path, _target, overwrite: false);
            (_isThere, _isPublished) = (false, true);
        }
        catch (IOException) when (File.Exists(_target))
        {
            // The number is taken; another one may be tried.
            return;
        }

        if (_durability.FlushesEach) Durability.FlushFolder(_folder);
    }
}
