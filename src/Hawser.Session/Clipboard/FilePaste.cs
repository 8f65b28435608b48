using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Desktop;
using Hawser.Session.Files;

namespace Hawser.Session.Clipboard;

/// <summary>
/// What a controller has copied, offered to the programs of its host's desk (§12.3, "paster"). On the session's loop.
/// </summary>
/// <param name="lanes">Where questions go.</param>
/// <param name="clipboard">The desk's clipboard; null when it has none.</param>
/// <param name="time">The clock.</param>
/// <param name="begun">Told, on any thread, when a program begins to read what was copied.</param>
internal sealed class FilePaste(
    SendLanes lanes, ClipboardDevice? clipboard, TimeProvider time, Action<IReadOnlyList<FileEntry>> begun)
{
    // What somebody would wait for in earnest, and room enough to add sizes up.
    private const ulong MostBytes = 1UL << 50;
    private OfferedFiles? _files;
    private bool _isListWanted;

    /// <summary>Takes in what the controller says of its clipboard of files.</summary>
    public void OnMessage(Cliprdr said)
    {
        switch (said.UnionCase)
        {
            case Cliprdr.UnionOneofCase.FormatList:
                Drop();
                OnFormats(said.FormatList);
                break;
            case Cliprdr.UnionOneofCase.FormatDataResponse when _isListWanted:
                _isListWanted = false;
                OnList(said.FormatDataResponse);
                break;
            case Cliprdr.UnionOneofCase.FileContentsResponse:
                _files?.OnAnswer(said.FileContentsResponse);
                break;
            case Cliprdr.UnionOneofCase.TryEmpty:
                Drop();
                break;
            default:
                break;
        }
    }

    /// <summary>The controller has gone, may not any more, or takes back what it offered.</summary>
    public void Drop()
    {
        _isListWanted = false;
        _files?.Drop();
        _files = null;
    }

    private void OnFormats(CliprdrServerFormatList list)
    {
        if (FileFetch.DescriptorOf(list) is not { } format) return;
        if (clipboard is not { TakesFiles: true })
        {
            Refuse();
            return;
        }

        _isListWanted = true;
        lanes.Post(new Message
        {
            Cliprdr = new Cliprdr
            {
                FormatDataRequest = new CliprdrServerFormatDataRequest { RequestedFormatId = format },
            },
        });
    }

    private void OnList(CliprdrServerFormatDataResponse list)
    {
        try
        {
            if (list.MsgFlags != FileFetch.Fine) return;
            var entries = FileGroup.Read(list.FormatData.Span);
            // Each by itself, so that adding them up can't overflow.
            var total = 0UL;
            foreach (var entry in entries) total += Math.Min(entry.Size, MostBytes);
            if (total >= MostBytes) throw new FileRefusal("too much was copied");
            if (entries.Count == 0) return;
            var files = _files = new OfferedFiles(
                entries, message => lanes.TryPost(SendLane.Control, message), time, () => begun(entries));
            clipboard!.SetFiles(files);
        }
        catch (FileRefusal)
        {
            Refuse();
        }
    }

    // The field's pasters on Unix say nothing and its Windows says either; a no is worth saying.
    private void Refuse() => lanes.Post(new Message
    {
        Cliprdr = new Cliprdr
        {
            FormatListResponse = new CliprdrServerFormatListResponse { MsgFlags = FileFetch.Failed },
        },
    });
}
