using System.Threading.Channels;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Clipboard;

/// <summary>
/// One end's copied files, for one session: announces them and answers whoever pastes, on a worker of its own, so that
/// a slow disk does not hold up keys.
/// </summary>
internal sealed class FileClipboard : IAsyncDisposable
{
    private const int MostWaiting = 64;
    private readonly SendLanes _lanes;
    private readonly FileOfferEvents _events;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<(FileOffer Offer, Cliprdr Asked)> _asked =
        System.Threading.Channels.Channel.CreateBounded<(FileOffer Offer, Cliprdr Asked)>(MostWaiting);

    private readonly Task _working;
    private volatile FileOffer? _offer;

    /// <summary>Begins with nothing.</summary>
    /// <param name="lanes">Where answers go.</param>
    /// <param name="events">Told of what becomes of the files.</param>
    public FileClipboard(SendLanes lanes, FileOfferEvents events)
    {
        (_lanes, _events) = (lanes, events);
        _working = Task.Run(WorkAsync);
    }

    /// <summary>Offers files that were copied; an empty list takes back what was offered.</summary>
    public void Copy(IReadOnlyList<string> paths)
    {
        var before = _offer;
        _offer = paths.Count > 0 ? new FileOffer(paths, _events) : null;
        if (_offer is not null) _lanes.Post(FileOffer.Announcement());
        else if (before is not null)
        {
            _lanes.Post(new Message { Cliprdr = new Cliprdr { TryEmpty = new CliprdrTryEmpty() } });
        }
    }

    /// <summary>Takes in what a paster wants. Without an offer, and beyond what can wait, it gets no answer.</summary>
    public void OnMessage(Cliprdr asked)
    {
        if (_offer is not { } offer) return;
        switch (asked.UnionCase)
        {
            case Cliprdr.UnionOneofCase.FormatDataRequest:
            case Cliprdr.UnionOneofCase.FileContentsRequest:
                _asked.Writer.TryWrite((offer, asked));
                break;
            case Cliprdr.UnionOneofCase.FormatListResponse when asked.FormatListResponse.MsgFlags != FileFetch.Fine:
                _events.Refused();
                break;
            default:
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _asked.Writer.TryComplete();
        await _working;
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var (offer, asked) in _asked.Reader.ReadAllAsync(_stop.Token))
            {
                if (await offer.AnswerAsync(asked, _stop.Token) is { } answer)
                {
                    await _lanes.SendAsync(SendLane.Video, answer, _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The session has ended.
        }
    }
}
