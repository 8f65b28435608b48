using System.Buffers;
using System.Globalization;

namespace Hawser.Recording.Storage;

/// <summary>A chunk that is written but has no number yet.</summary>
internal abstract class PreparedChunk : IAsyncDisposable
{
    /// <summary>Gives it its number and makes it durable under it; never replaces another chunk.</summary>
    /// <returns>False when the number is taken; another one may be tried.</returns>
    public abstract Task<bool> PublishAsync(int index, CancellationToken cancellationToken);

    /// <summary>
    /// Removes it again from under the number it was published with: it has no row, and must not be taken for a chunk
    /// whose row was lost. Does what it can.
    /// </summary>
    public abstract Task WithdrawAsync();

    /// <summary>What was not published leaves nothing behind.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>A stored file that is being read.</summary>
/// <param name="Content">Its bytes; can seek.</param>
/// <param name="Length">How many.</param>
/// <param name="Version">Another one whenever the bytes are others.</param>
/// <param name="LastModified">UTC.</param>
internal sealed record StoredFile(Stream Content, long Length, string Version, DateTimeOffset LastModified);

/// <summary>A chunk that is found in the storage.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Length">Bytes.</param>
/// <param name="StoredAt">UTC.</param>
internal readonly record struct FoundChunk(int Index, long Length, DateTime StoredAt);

/// <summary>
/// Where the bytes of recordings are: <c>{recordId}/chunk-{index}.webm</c> and <c>{recordId}/final.webm</c> (reference
/// §1.11), in a folder or in an object storage. Ids were checked before they come here. What fails throws
/// <see cref="StorageException"/>.
/// </summary>
internal interface IRecordingStorage
{
    /// <summary>Whether ids that differ only by case would be the same here.</summary>
    bool IgnoresCase { get; }

    /// <summary>Makes room for a new recording; what an earlier one of that name left is put aside.</summary>
    Task CreateAsync(string recordId, CancellationToken cancellationToken);

    /// <summary>Takes a chunk's bytes in.</summary>
    Task<PreparedChunk> PrepareAsync(
        string recordId, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken);

    /// <summary>The chunks that are there, by number.</summary>
    Task<IReadOnlyList<FoundChunk>> ChunksAsync(string recordId, CancellationToken cancellationToken);

    /// <summary>Opens a chunk to be read from its beginning; null: it is gone.</summary>
    Task<Stream?> OpenChunkAsync(string recordId, int index, CancellationToken cancellationToken);

    /// <summary>A path on this machine, not in use, that a file to be published may be written to.</summary>
    string Draft(string recordId, string extension);

    /// <summary>Makes a draft durable under its name, replacing an older one at once.</summary>
    /// <returns>A path on this machine where the bytes can still be read; delete it when it is the draft's.</returns>
    Task<string> PublishAsync(string recordId, string draft, string name, CancellationToken cancellationToken);

    /// <summary>Opens a published file; null: there is none.</summary>
    Task<StoredFile?> OpenAsync(string recordId, string name, CancellationToken cancellationToken);

    /// <summary>
    /// An address that opens a published file for a few minutes without passing through this server; null: there is
    /// none, it is read here.
    /// </summary>
    /// <param name="recordId">Which recording.</param>
    /// <param name="name">Which file.</param>
    /// <param name="type">The content type to answer.</param>
    /// <param name="disposition">The disposition to answer.</param>
    Uri? AddressOf(string recordId, string name, string type, string disposition);

    /// <summary>Deletes the chunks of a recording.</summary>
    Task DeleteChunksAsync(string recordId, CancellationToken cancellationToken);

    /// <summary>Deletes everything of a recording.</summary>
    Task DeleteAsync(string recordId, CancellationToken cancellationToken);

    /// <summary>Deletes drafts and chunks without a number that another process left behind.</summary>
    /// <param name="olderThan">Younger ones may be in use by another node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task CleanAsync(TimeSpan olderThan, CancellationToken cancellationToken);

    /// <summary>Whether there is room for so many bytes more.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="start">For a new recording, which needs more room to begin in.</param>
    bool HasRoomFor(long bytes, bool start);
}

/// <summary>The storage can't do something now.</summary>
internal sealed class StorageException : IOException
{
    public StorageException(string message, bool isFull, Exception? inner = null)
        : base(message, inner) => IsFull = isFull;

    /// <summary>Because there is no room.</summary>
    public bool IsFull { get; }
}

/// <summary>Names of files of a recording.</summary>
internal static class StoredNames
{
    /// <summary>The name that counts as the whole recording.</summary>
    public const string FinalWebm = "final.webm";

    /// <summary>The same for a client's upload that is MP4 (reference §1.13).</summary>
    public const string FinalMp4 = "final.mp4";

    /// <summary>A picture.</summary>
    public const string Poster = "poster.jpg";

    /// <summary>A short, small version.</summary>
    public const string Preview = "preview.webm";

    /// <summary>The whole recording once more, for browsers that can't play the other file.</summary>
    public const string Copy = "copy.mp4";

    /// <summary>What every name begins with that this process gives to what has no name of its own yet.</summary>
    public static string OwnMark { get; } = Guid.CreateVersion7().ToString("N")[^12..];

    /// <summary>A name for something that has none of its own yet.</summary>
    public static string Loose(string extension) => $"{OwnMark}-{Guid.CreateVersion7():N}{extension}{LooseEnd}";

    /// <summary>What such names end with.</summary>
    public const string LooseEnd = ".tmp";

    /// <summary>Whether something without a name was left behind by a process that is gone.</summary>
    public static bool IsLeftBehind(FileInfo file, DateTime before) =>
        file.Name.EndsWith(LooseEnd, StringComparison.Ordinal) && file.LastWriteTimeUtc <= before
        && !file.Name.StartsWith(OwnMark, StringComparison.Ordinal);

    /// <summary>What a chunk is called: plain decimal, no padding.</summary>
    public static string Chunk(int index) => string.Create(CultureInfo.InvariantCulture, $"chunk-{index}.webm");

    /// <summary>Reads a chunk's name; padding is accepted.</summary>
    public static bool TryChunk(ReadOnlySpan<char> name, out int index)
    {
        index = -1;
        const string head = "chunk-", tail = ".webm";
        return name.StartsWith(head, StringComparison.Ordinal) && name.EndsWith(tail, StringComparison.Ordinal)
            && name.Length > head.Length + tail.Length
            && int.TryParse(
                name[head.Length..^tail.Length], NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
