using System.Globalization;
using Hawser.Agent.Serving;
using Hawser.Session.Video;

namespace Hawser.Agent.Filming;

/// <summary>How a step of an upload ended.</summary>
/// <param name="Status">The answer's status; 0: there was none.</param>
/// <param name="IsDone">Whether the server has it.</param>
/// <param name="Text">What it said.</param>
internal readonly record struct UploadAnswer(int Status, bool IsDone, string Text)
{
    /// <summary>It may work later.</summary>
    public bool IsLater => !IsDone && Status is 0 or >= 500 or 408 or 429;
}

/// <summary>
/// Brings films to the API server (http-api §11) while they are made and afterwards: a part when there is a MiB or a
/// second's worth, the finished header last, then the file goes. What is cut off goes on where it was; a film that the
/// server has ended or forgotten meanwhile is begun again, under another name if need be.
/// </summary>
internal sealed class FilmUploader : IAsyncDisposable
{
    private const int MostOfPart = 1 << 20;
    private const int MostAttempts = 8;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Refused = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan GivenUp = TimeSpan.FromDays(1);

    private readonly FilmShelf _shelf;
    private readonly Func<string, ReadOnlyMemory<byte>, CancellationToken, Task<UploadAnswer>> _post;
    private readonly Func<bool> _isReady;
    private readonly AgentLog _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly Dictionary<Film, Refusal> _refusals = [];
    private readonly byte[] _buffer = new byte[MostOfPart];
    private readonly Task _working;
    private TimeSpan _pause;

    /// <summary>Begins.</summary>
    /// <param name="shelf">The films.</param>
    /// <param name="post">Posts to <c>/api/record</c> with this query.</param>
    /// <param name="isReady">Whether the server has heard of the sessions that were recorded.</param>
    /// <param name="log">Where to say what is lost.</param>
    /// <param name="time">The clock.</param>
    public FilmUploader(
        FilmShelf shelf, Func<string, ReadOnlyMemory<byte>, CancellationToken, Task<UploadAnswer>> post,
        Func<bool> isReady, AgentLog log, TimeProvider time)
    {
        (_shelf, _post, _isReady, _log, _time) = (shelf, post, isReady, log, time);
        shelf.Changed = Wake;
        _working = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _shelf.Changed = () => { };
        await _stop.CancelAsync();
        await _working;
        _stop.Dispose();
        _signal.Dispose();
    }

    private void Wake()
    {
        try
        {
            if (_signal.CurrentCount == 0) _signal.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It is awake, or over.
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var clear = await RoundAsync();
                _pause = clear ? TimeSpan.Zero
                    : _pause == TimeSpan.Zero ? FirstPause : Min(_pause * 2, LongestPause);
                if (_shelf.Films.Length == 0) await _signal.WaitAsync(_stop.Token);
                await Task.Delay(clear ? Tick : _pause, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // What is left goes on at the next start.
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    // False when the server was not there.
    private async Task<bool> RoundAsync()
    {
        while (_shelf.Discarded.TryPeek(out var name))
        {
            if ((await _post($"type=remove&file={name}", default, _stop.Token)).IsLater) return false;
            _shelf.Discarded.TryDequeue(out _);
        }

        foreach (var film in _shelf.Films)
        {
            if (_refusals.TryGetValue(film, out var refusal) && _time.GetElapsedTime(refusal.Last) < Refused) continue;
            try
            {
                if (!await UploadAsync(film)) return false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!film.IsDropped) _log.Say($"recording {film.Name} can't be read: {e.Message}");
                if (e is FileNotFoundException) _shelf.Remove(film);
            }
        }

        return true;
    }

    // All that is there of a film; false when the server was not there.
    private async Task<bool> UploadAsync(Film film)
    {
        while (!film.IsDropped)
        {
            var answer = new UploadAnswer(200, true, "");
            // What is asked first counts: an end that comes in between is found the next time.
            var isEnded = film.IsEnded;
            if (!film.IsBegun)
            {
                if (!_isReady()) return true;
                answer = await _post($"type=new&file={film.RemoteName}", default, _stop.Token);
                if (answer.IsDone) (film.IsBegun, film.Sent) = (true, 0);
                else if (answer.Status == 409 && _shelf.IsTailSent(film)) answer = answer with { IsDone = true };
                else if (answer.Status == 409 && film.Attempts < MostAttempts)
                {
                    Rename(film);
                    continue;
                }

                if (answer.IsDone && !film.IsBegun) return Done(film);
            }
            else if (film.Length > film.Sent) answer = await PartAsync(film);
            else if (!isEnded) return true;
            else
            {
                answer = await TailAsync(film);
                if (answer.IsDone) return Done(film);
            }

            if (answer.IsLater) return false;
            if (!answer.IsDone && !CanGoOn(film, answer)) return true;
        }

        return true;
    }

    // The server has ended the one of this name: all of it goes there once more, as another.
    private static void Rename(Film film)
    {
        film.Attempts++;
        var parts = film.RemoteName.Split('_');
        var at = DateTime.ParseExact(parts[^3], "yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
        parts[^3] = at.AddMilliseconds(1).ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
        film.RemoteName = string.Join('_', parts);
    }

    private bool Done(Film film)
    {
        _refusals.Remove(film);
        _shelf.Remove(film);
        return true;
    }

    private bool CanGoOn(Film film, UploadAnswer answer)
    {
        // Forgotten, ended, or with a hole: from the beginning.
        if (film.IsBegun && answer.Status is 404 or 409 && film.Attempts++ < MostAttempts)
        {
            film.IsBegun = false;
            return true;
        }

        film.Attempts = 0;
        var now = _time.GetTimestamp();
        var first = _refusals.TryGetValue(film, out var old) ? old.First : now;
        _refusals[film] = new Refusal(first, now);
        if (old is null) _log.Say($"the API server does not take recording {film.Name}: {answer.Text}");
        if (film.IsEnded && _time.GetElapsedTime(first) > GivenUp)
        {
            _log.Say($"recording {film.Name} is given up");
            _refusals.Remove(film);
            _shelf.Remove(film);
        }

        return false;
    }

    private async Task<UploadAnswer> PartAsync(Film film)
    {
        var length = (int)Math.Min(MostOfPart, film.Length - film.Sent);
        await ReadAsync(film, film.Sent, length);
        var answer = await _post(
            string.Create(CultureInfo.InvariantCulture,
                $"type=part&file={film.RemoteName}&offset={film.Sent}&length={length}"),
            _buffer.AsMemory(0, length), _stop.Token);
        if (answer.IsDone) (film.Sent, film.Attempts) = (film.Sent + length, 0);
        return answer;
    }

    private async Task<UploadAnswer> TailAsync(Film film)
    {
        var length = (int)Math.Min(WebmFile.HeaderLength, film.Length);
        await ReadAsync(film, 0, length);
        var wasSent = _shelf.IsTailSent(film);
        if (!wasSent) _shelf.MarkTail(film);
        var answer = await _post(
            string.Create(CultureInfo.InvariantCulture,
                $"type=tail&file={film.RemoteName}&offset=0&length={length}"),
            _buffer.AsMemory(0, length), _stop.Token);
        // The answer to the first one was lost.
        return wasSent && answer.Status == 409 ? answer with { IsDone = true } : answer;
    }

    private async Task ReadAsync(Film film, long offset, int length)
    {
        await using var file = new FileStream(
            _shelf.PathOf(film), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        file.Position = offset;
        await file.ReadExactlyAsync(_buffer.AsMemory(0, length), _stop.Token);
    }

    private sealed record Refusal(long First, long Last);
}
