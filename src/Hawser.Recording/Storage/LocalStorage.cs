using System.Buffers;
using System.Globalization;

namespace Hawser.Recording.Storage;

/// <summary>
/// Recordings in a folder, each in one of its own, for the server's user only. A chunk is written under a name that
/// nobody reads, forced to the disk, and then given its number without ever replacing another: whatever is called
/// <c>chunk-…</c> is whole.
/// </summary>
internal sealed class LocalStorage(
    RecordingOptions options, RecordingStore store, Durability durability, DiskThreads disk) : IRecordingStorage
{
    internal const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Aside = ".aside";
    private readonly Lazy<bool> _ignoresCase = new(() => Probe(store));

    public bool IgnoresCase => _ignoresCase.Value;

    public Task CreateAsync(string recordId, CancellationToken cancellationToken) => Guarded(() =>
    {
        var folder = FolderOf(recordId);
        // No row knows what is in there: a database that was lost or put back. It is kept, but not mixed in.
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            var aside = Path.Combine(store.Root, Aside);
            RecordingStore.Make(aside);
            Directory.Move(folder, Path.Combine(aside, $"{recordId}-{Guid.CreateVersion7():N}"));
        }

        RecordingStore.Make(folder);
        if (durability.Flushes) Durability.FlushFolder(store.Root);
    });

    public async Task<PreparedChunk> PrepareAsync(
        string recordId, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var chunk = new LocalChunk(disk, durability, FolderOf(recordId), bytes);
        try
        {
            await chunk.WriteAsync();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await chunk.DisposeAsync();
            throw Explained(e);
        }

        return chunk;
    }

    public Task<IReadOnlyList<FoundChunk>> ChunksAsync(string recordId, CancellationToken cancellationToken) =>
        Guarded<IReadOnlyList<FoundChunk>>(() =>
        {
            var folder = new DirectoryInfo(FolderOf(recordId));
            if (!folder.Exists) return [];
            var found = new List<FoundChunk>();
            foreach (var file in folder.EnumerateFiles("chunk-*"))
            {
                // What is deleted meanwhile has no length any more.
                if (!StoredNames.TryChunk(file.Name, out var index) || !file.Exists) continue;
                found.Add(new FoundChunk(index, file.Length, file.LastWriteTimeUtc));
            }

            found.Sort((a, b) => a.Index.CompareTo(b.Index));
            return found;
        });

    public Task<Stream?> OpenChunkAsync(string recordId, int index, CancellationToken cancellationToken) =>
        Guarded<Stream?>(() => TryOpen(Path.Combine(FolderOf(recordId), StoredNames.Chunk(index))));

    public string Draft(string recordId, string extension)
    {
        var folder = FolderOf(recordId);
        RecordingStore.Make(folder);
        return Path.Combine(folder, StoredNames.Loose("." + extension));
    }

    public async Task<string> PublishAsync(
        string recordId, string draft, string name, CancellationToken cancellationToken)
    {
        var path = "";
        void Run() => path = Publish(recordId, draft, name);
        try
        {
            // A whole recording may be on its way to the disk for seconds.
            await disk.RunAsync(static run => ((Action)run)(), (Action)Run);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explained(e);
        }

        return path;
    }

    private string Publish(string recordId, string draft, string name)
    {
        using (var file = File.OpenHandle(draft, FileMode.Open, FileAccess.ReadWrite))
        {
            if (options.Flush != FlushPolicy.None) RandomAccess.FlushToDisk(file);
        }

        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(draft, Owner);
        var folder = FolderOf(recordId);
        var path = Path.Combine(folder, name);
        File.Move(draft, path, overwrite: true);
        if (options.Flush != FlushPolicy.None) Durability.FlushFolder(folder);
        return path;
    }

    public Task<StoredFile?> OpenAsync(string recordId, string name, CancellationToken cancellationToken) =>
        Guarded<StoredFile?>(() =>
        {
            if (TryOpen(Path.Combine(FolderOf(recordId), name)) is not { } stream) return null;
            var at = File.GetLastWriteTimeUtc(stream.SafeFileHandle);
            var version = string.Create(CultureInfo.InvariantCulture, $"{at.Ticks:x}-{stream.Length:x}");
            return new StoredFile(stream, stream.Length, version, new DateTimeOffset(at));
        });

    public Uri? AddressOf(string recordId, string name, string type, string disposition) => null;

    public Task DeleteChunksAsync(string recordId, CancellationToken cancellationToken) => Guarded(() =>
    {
        var folder = FolderOf(recordId);
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateFiles(folder, "chunk-*"))
        {
            if (StoredNames.TryChunk(Path.GetFileName(path.AsSpan()), out _)) File.Delete(path);
        }
    });

    public Task DeleteAsync(string recordId, CancellationToken cancellationToken) => Guarded(() =>
    {
        var folder = FolderOf(recordId);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    });

    public Task CleanAsync(TimeSpan olderThan, CancellationToken cancellationToken) => Guarded(() =>
    {
        if (!Directory.Exists(store.Root)) return;
        var before = TimeProvider.System.GetUtcNow().UtcDateTime - olderThan;
        foreach (var folder in new DirectoryInfo(store.Root).EnumerateDirectories())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!RecordIdOf(folder)) continue;
            foreach (var file in folder.EnumerateFiles("*" + StoredNames.LooseEnd))
            {
                if (StoredNames.IsLeftBehind(file, before)) file.Delete();
            }
        }
    });

    public bool HasRoomFor(long bytes, bool start) => store.HasRoomFor(bytes, start);

    private static bool RecordIdOf(DirectoryInfo folder) => Library.RecordId.IsValid(folder.Name);

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Access = FileAccess.Read, Mode = FileMode.Open, BufferSize = 0, Options = FileOptions.Asynchronous,
                // A final file may be replaced, or deleted, while somebody reads the old one.
                Share = FileShare.ReadWrite | FileShare.Delete,
            });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string FolderOf(string recordId)
    {
        var folder = Path.GetFullPath(Path.Combine(store.Root, recordId));
        // The rules of ids see to it; this is for the day when somebody changes them.
        return Path.GetDirectoryName(folder) == store.Root ? folder
            : throw new InvalidOperationException("a recording's id leaves its folder");
    }

    /// <summary>Whether the volume takes two names that differ by case for one.</summary>
    private static bool Probe(RecordingStore store)
    {
        RecordingStore.Make(store.Root);
        var name = Path.Combine(store.Root, $".probe-{Guid.CreateVersion7():N}-a");
        File.WriteAllBytes(name, []);
        try
        {
            return File.Exists(name[..^1] + "A");
        }
        finally
        {
            File.Delete(name);
        }
    }

    internal static void Forget(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is swept later.
        }
    }

    internal static StorageException Explained(Exception e) =>
        e as StorageException ?? new StorageException(e.Message, e is IOException io && RecordingStore.IsFull(io), e);

    private static async Task<T> Guarded<T>(Func<T> work)
    {
        try
        {
            return await Task.Run(work);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explained(e);
        }
    }

    private static Task<bool> Guarded(Action work) => Guarded(() =>
    {
        work();
        return true;
    });
}
