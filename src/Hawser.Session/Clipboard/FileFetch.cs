using System.Threading.Channels;
using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Session.Files;

namespace Hawser.Session.Clipboard;

/// <summary>What came of pasting.</summary>
/// <param name="Files">Files that are here now.</param>
/// <param name="Folders">Folders that are here now.</param>
/// <param name="Left">Files that were left out: something else was in their place, or they could not be read.</param>
public sealed record PastedFiles(int Files, int Folders, IReadOnlyList<string> Left);

/// <summary>Files that were copied at the other end, fetched from there (§12.3, "paster").</summary>
/// <param name="send">Sends a message to the other end.</param>
/// <param name="time">The clock.</param>
internal sealed class FileFetch(Action<Message> send, TimeProvider time)
{
    public const string DescriptorName = "FileGroupDescriptorW";
    public const string ContentsName = "FileContents";
    public const int Fine = 1;
    public const int Failed = 2;

    private const int Piece = FileReceiver.LargestBlock;
    private const int WantRange = 2;
    private const int MostFormats = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<Cliprdr> _answers =
        System.Threading.Channels.Channel.CreateBounded<Cliprdr>(new BoundedChannelOptions(16)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
        });

    private readonly TaskCompletionSource<int> _offered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _stream;

    /// <summary>Ends when files were offered.</summary>
    public Task Offered => _offered.Task;

    /// <summary>The number of the list of files among what the other end has; null when it has no files.</summary>
    public static int? DescriptorOf(CliprdrServerFormatList list) =>
        list.Formats.Take(MostFormats).FirstOrDefault(f => f.Format == DescriptorName)?.Id;

    /// <summary>Takes in what the other end says of its clipboard of files.</summary>
    public void OnMessage(Cliprdr said)
    {
        switch (said.UnionCase)
        {
            case Cliprdr.UnionOneofCase.FormatList:
                if (DescriptorOf(said.FormatList) is { } format) _offered.TrySetResult(format);
                break;
            case Cliprdr.UnionOneofCase.FormatDataResponse:
            case Cliprdr.UnionOneofCase.FileContentsResponse:
                _answers.Writer.TryWrite(said);
                break;
            default:
                break;
        }
    }

    /// <summary>Ends waiting: the session is over.</summary>
    public void End(IOException why)
    {
        _offered.TrySetException(why);
        _ = _offered.Task.Exception;
        _answers.Writer.TryComplete(why);
    }

    /// <summary>Puts the files into a folder. What is there already stays as it is.</summary>
    /// <exception cref="IOException">The other end refuses, or does not answer.</exception>
    public async Task<PastedFiles> RunAsync(string folder, CancellationToken cancellation)
    {
        var format = await _offered.Task.WaitAsync(cancellation);
        send(new Message
        {
            Cliprdr = new Cliprdr
            {
                FormatDataRequest = new CliprdrServerFormatDataRequest { RequestedFormatId = format },
            },
        });
        var list = (await NextAsync(a => a.FormatDataResponse is not null, cancellation)).FormatDataResponse;
        if (list.MsgFlags != Fine) throw new IOException("the files can't be read at the other end");
        var files = FileGroup.Read(list.FormatData.Span);
        // One more than there are, so that a single file is not taken for the folder itself.
        using var receiver = new FileReceiver(folder, [.. files, new FileEntry { Name = ".none" }]);
        var (moved, folders, left) = (0, 0, new List<string>());
        for (var i = 0; i < files.Count; i++)
        {
            var path = receiver.PathOf(i);
            if (files[i].EntryType == FileType.Dir)
            {
                Directory.CreateDirectory(path);
                folders++;
            }
            else if (!Path.Exists(path) && await FetchAsync(receiver, i, files[i], cancellation)) moved++;
            else left.Add(files[i].Name);
        }

        return new PastedFiles(moved, folders, left);
    }

    private async Task<bool> FetchAsync(
        FileReceiver receiver, int number, FileEntry file, CancellationToken cancellation)
    {
        receiver.Begin(number, 0, file.Size, file.ModifiedTime);
        while ((ulong)receiver.Position < file.Size)
        {
            var bytes = await PieceAsync(number, receiver.Position, file.Size, cancellation);
            if (bytes.IsEmpty)
            {
                receiver.Abandon();
                return false;
            }

            await receiver.WriteAsync(new FileTransferBlock { FileNum = number, Data = bytes }, cancellation);
        }

        receiver.Finish();
        return true;
    }

    // Empty when it can't be read there, or has become shorter.
    private async Task<ByteString> PieceAsync(int number, long at, ulong size, CancellationToken cancellation)
    {
        var stream = ++_stream;
        var count = (int)Math.Min(Piece, size - (ulong)at);
        send(new Message
        {
            Cliprdr = new Cliprdr
            {
                FileContentsRequest = new CliprdrFileContentsRequest
                {
                    StreamId = stream,
                    ListIndex = number,
                    DwFlags = WantRange,
                    NPositionLow = unchecked((int)(uint)at),
                    NPositionHigh = unchecked((int)(uint)(at >> 32)),
                    CbRequested = count,
                },
            },
        });
        var answer = (await NextAsync(a => a.FileContentsResponse?.StreamId == stream, cancellation))
            .FileContentsResponse;
        var isGood = answer.MsgFlags == Fine && answer.RequestedData.Length <= count;
        return isGood ? answer.RequestedData : ByteString.Empty;
    }

    private async Task<Cliprdr> NextAsync(Func<Cliprdr, bool> wanted, CancellationToken cancellation)
    {
        using var limit = new Deadline(Patience, time, cancellation);
        try
        {
            while (true)
            {
                var answer = await _answers.Reader.ReadAsync(limit.Token);
                if (wanted(answer)) return answer;
            }
        }
        catch (OperationCanceledException e) when (limit.Expired)
        {
            throw new IOException("the other end does not hand out its files", e);
        }
        catch (ChannelClosedException e)
        {
            throw new IOException(e.InnerException?.Message ?? "the session has ended", e);
        }
    }
}
