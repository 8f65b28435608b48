using System.Buffers.Binary;
using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Session.Files;
using Hawser.Session.Files.Linux;

namespace Hawser.Session.Clipboard;

/// <summary>What becomes of files that are offered; told on any thread, whoever is told must not block.</summary>
public sealed record FileOfferEvents
{
    /// <summary>Told once, when the other end asks which files these are; its desk offers them from then on, or
    /// somebody pastes them.</summary>
    public Action<IReadOnlyList<FileEntry>> Listed { get; init; } = _ => { };

    /// <summary>Told how many bytes were read by one question.</summary>
    public Action<int> WasRead { get; init; } = _ => { };

    /// <summary>Told when the other end says that it can't take them.</summary>
    public Action Refused { get; init; } = () => { };
}

/// <summary>
/// Copied files, given to whoever pastes them at the other end (§12.3, "copier"). The list is made when it is asked
/// for and stays until the next copy. Not thread-safe.
/// </summary>
/// <param name="paths">What was copied: files and folders.</param>
/// <param name="events">Told of what becomes of them.</param>
internal sealed class FileOffer(IReadOnlyList<string> paths, FileOfferEvents events)
{
    // The field's own numbers on Unix.
    private const int DescriptorFormat = 49334;
    private const int ContentsFormat = 49267;
    private const int MostAsked = 4 * 1024 * 1024;
    private const int WantSize = 1;
    private const int WantRange = 2;
    private List<(FileEntry Entry, string Path)>? _files;

    /// <summary>How it is announced.</summary>
    public static Message Announcement() => Wrap(new Cliprdr
    {
        FormatList = new CliprdrServerFormatList
        {
            Formats =
            {
                new CliprdrFormat { Id = DescriptorFormat, Format = FileFetch.DescriptorName },
                new CliprdrFormat { Id = ContentsFormat, Format = FileFetch.ContentsName },
            },
        },
    });

    /// <summary>The answer to a paster; null when it asks for nothing.</summary>
    public async ValueTask<Message?> AnswerAsync(Cliprdr asked, CancellationToken cancellation)
    {
        switch (asked.UnionCase)
        {
            case Cliprdr.UnionOneofCase.FormatDataRequest:
                return Wrap(new Cliprdr { FormatDataResponse = List(asked.FormatDataRequest.RequestedFormatId) });
            case Cliprdr.UnionOneofCase.FileContentsRequest:
                var request = asked.FileContentsRequest;
                var bytes = await ReadAsync(request, cancellation);
                if (bytes is not null) events.WasRead(bytes.Length);
                return Wrap(new Cliprdr
                {
                    FileContentsResponse = new CliprdrFileContentsResponse
                    {
                        MsgFlags = bytes is null ? FileFetch.Failed : FileFetch.Fine,
                        StreamId = request.StreamId,
                        RequestedData = bytes is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(bytes),
                    },
                });
            default:
                return null;
        }
    }

    private static Message Wrap(Cliprdr cliprdr) => new() { Cliprdr = cliprdr };

    private CliprdrServerFormatDataResponse List(int format)
    {
        try
        {
            if (format != DescriptorFormat) throw new FileRefusal("no such format");
            if (_files is null)
            {
                _files = Expand();
                events.Listed([.. _files.Select(f => f.Entry)]);
            }

            var bytes = FileGroup.Write([.. _files.Select(f => f.Entry)]);
            return new CliprdrServerFormatDataResponse
            {
                MsgFlags = FileFetch.Fine,
                FormatData = UnsafeByteOperations.UnsafeWrap(bytes),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CliprdrServerFormatDataResponse { MsgFlags = FileFetch.Failed };
        }
    }

    // Folders stand before what is in them.
    private List<(FileEntry Entry, string Path)> Expand()
    {
        var found = new List<(FileEntry Entry, string Path)>();
        foreach (var path in paths)
        {
            var (whole, top) = (Path.GetFullPath(path), Path.GetFileName(path.TrimEnd('/')));
            if (UnixFiles.IsRegular(whole))
            {
                Add(found, FileListing.Recursive(whole, hidden: true, 1)[0], top, whole);
            }
            else if (Directory.Exists(whole) && new DirectoryInfo(whole).LinkTarget is null)
            {
                Add(found, new FileEntry { EntryType = FileType.Dir }, top, whole);
                FileListing.Tree(whole, entry => Add(
                    found, entry, $"{top}/{entry.Name}", Path.Combine(whole, entry.Name)));
            }
        }

        return found;
    }

    private static void Add(List<(FileEntry Entry, string Path)> found, FileEntry entry, string name, string path)
    {
        var kind = entry.EntryType is FileType.Dir or FileType.File;
        if (!kind || !FileGroup.Fits(name)) return;
        if (found.Count >= FileGroup.MostFiles) throw new FileRefusal("too many files were copied");
        entry.Name = name;
        found.Add((entry, path));
    }

    private async ValueTask<byte[]?> ReadAsync(CliprdrFileContentsRequest request, CancellationToken cancellation)
    {
        if (_files is null || request.ListIndex < 0 || request.ListIndex >= _files.Count) return null;
        var (entry, path) = _files[request.ListIndex];
        if (entry.EntryType != FileType.File) return null;
        try
        {
            using var file = UnixFiles.OpenRead(path);
            if (request.DwFlags == WantSize)
            {
                var size = new byte[sizeof(ulong)];
                BinaryPrimitives.WriteInt64LittleEndian(size, RandomAccess.GetLength(file));
                return size;
            }

            // Both halves, and the count, are bits without a sign (§12.3).
            var offset = ((ulong)(uint)request.NPositionHigh << 32) | (uint)request.NPositionLow;
            var length = RandomAccess.GetLength(file);
            if (request.DwFlags != WantRange || offset > (ulong)length) return null;
            var wanted = Math.Min((uint)request.CbRequested, MostAsked);
            var bytes = new byte[Math.Min(wanted, (ulong)length - offset)];
            var got = 0;
            while (got < bytes.Length)
            {
                var count = await RandomAccess.ReadAsync(file, bytes.AsMemory(got), (long)offset + got, cancellation);
                if (count == 0) break;
                got += count;
            }

            return got == bytes.Length ? bytes : bytes[..got];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
