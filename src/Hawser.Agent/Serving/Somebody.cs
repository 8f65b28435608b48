using Hawser.Agent.Linux;
using Hawser.Session.Host;

namespace Hawser.Agent.Serving;

/// <summary>
/// Whoever sits at the desktop: asked by windows whether a controller may come in or call, told what it writes. One
/// question at a time; who was refused (or whose window was closed) is not asked about again for a minute, and after
/// three refusals nobody from that address is, whatever id it says, so that nobody can fill the screen.
/// </summary>
internal sealed class Somebody(Dialog dialog, AgentLog log, TimeProvider time) : IAsyncDisposable
{
    private const int LongestName = 60;
    private const int MostRefused = 256;
    private const int MostLines = 40;
    private const int LongestLine = 2000;
    private const int MostTries = 3;
    private static readonly TimeSpan Peace = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _asking = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Times, long At)> _refused = [];
    private readonly Dictionary<int, CancellationTokenSource> _calls = [];
    private readonly Dictionary<int, Chat> _chats = [];
    private readonly HashSet<Task> _shown = [];

    /// <summary>What shows the windows.</summary>
    public string Program => dialog.Name;

    /// <summary>Asks; what is not answered ends when it is not wanted any more.</summary>
    public async Task<bool> AskAsync(SessionFacts who, HostQuestion what, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        await _asking.WaitAsync(both.Token);
        try
        {
            if (await AnswerAsync(who, what, both.Token) is { } answer) return answer;
        }
        finally
        {
            _asking.Release();
        }

        // Nobody has answered. A call is not taken then, but a password may still come.
        if (what == HostQuestion.Call) return false;
        await Task.Delay(Timeout.InfiniteTimeSpan, time, both.Token);
        return false;
    }

    /// <summary>Shows what a controller writes; what is typed under it is the answer.</summary>
    public void Hear(HostSession session, string text)
    {
        if (text.Length > LongestLine) text = text[..LongestLine] + "…";
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return;
            var number = session.Facts.Number;
            if (_chats.TryGetValue(number, out var chat))
            {
                if (chat.Lines.Count == MostLines) chat.Lines.Dequeue();
                chat.Lines.Enqueue(text);
                return;
            }

            chat = new Chat();
            chat.Lines.Enqueue(text);
            _chats[number] = chat;
            Keep(TalkAsync(session, chat));
        }
    }

    /// <summary>Shows that a call runs, with a button that ends it; or that it is over.</summary>
    public void Called(HostSession session, bool talks)
    {
        lock (_gate)
        {
            var number = session.Facts.Number;
            if (!talks)
            {
                if (_calls.Remove(number, out var ended)) ended.Cancel();
                return;
            }

            if (_stop.IsCancellationRequested) return;
            var over = _calls[number] = new CancellationTokenSource();
            Keep(CallAsync(session, over.Token));
        }
    }

    /// <summary>Closes the windows of a session that is over.</summary>
    public void Left(SessionFacts who)
    {
        lock (_gate)
        {
            if (_chats.Remove(who.Number, out var chat)) chat.Stop.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] shown;
        lock (_gate)
        {
            foreach (var over in _calls.Values.Concat(_chats.Values.Select(c => c.Stop))) over.Cancel();
            shown = [.. _shown];
        }

        await Task.WhenAll(shown);
        _stop.Dispose();
        _asking.Dispose();
    }

    private static string NameOf(SessionFacts who)
    {
        var name = who.PeerName.Length > LongestName ? who.PeerName[..LongestName] + "…" : who.PeerName;
        var id = who.PeerId.Length > LongestName ? who.PeerId[..LongestName] + "…" : who.PeerId;
        return $"{name.ReplaceLineEndings(" ")}\nid {id.ReplaceLineEndings(" ")}\nfrom {who.Remote}";
    }

    private static string Wish(SessionKind kind) => kind switch
    {
        SessionKind.Files => "read and write files of this machine",
        SessionKind.Terminal => "open a terminal on this machine",
        SessionKind.Tunnel => "reach the network through this machine",
        SessionKind.Camera => "watch this machine's cameras",
        _ => "see and control this desktop",
    };

    private async Task<bool?> AnswerAsync(SessionFacts who, HostQuestion what, CancellationToken cancellation)
    {
        var address = $"{who.Remote}";
        var key = $"{address} {who.PeerId}";
        if (TimesRefused(key) > 0 || TimesRefused(address) >= MostTries)
        {
            log.Say($"{who.PeerId} from {who.Remote} was refused before: nobody is asked ({what})");
            return null;
        }

        var (text, yes, no) = what == HostQuestion.Call
            ? ($"A call from\n{NameOf(who)}", "Answer", "Refuse")
            : ($"Somebody wants to {Wish(who.Kind)}:\n{NameOf(who)}\n(name and id are their own word)",
                "Allow", "Refuse");
        try
        {
            var answer = await dialog.AskAsync(text, yes, no, cancellation);
            log.Say($"{who.PeerId} from {who.Remote} asked ({what}): {(answer is { } a ? a ? yes : no : "no answer")}");
            // Nobody presses twice on a window that they have closed.
            if (answer != true)
            {
                Refuse(key);
                Refuse(address);
            }

            return answer;
        }
        catch (IOException e)
        {
            log.Say($"nobody could be asked: {e.Message}");
            return null;
        }
    }

    private int TimesRefused(string whom)
    {
        lock (_gate)
        {
            return _refused.TryGetValue(whom, out var refused) && time.GetElapsedTime(refused.At) < Peace
                ? refused.Times
                : 0;
        }
    }

    private void Refuse(string whom)
    {
        lock (_gate)
        {
            var times = TimesRefused(whom) + 1;
            if (_refused.Count >= MostRefused) _refused.Clear();
            _refused[whom] = (times, time.GetTimestamp());
        }
    }

    private async Task CallAsync(HostSession session, CancellationToken over)
    {
        await Task.Yield();
        try
        {
            if (await dialog.HoldAsync($"In a call with\n{NameOf(session.Facts)}", "Hang up", over)) session.HangUp();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It is over already, or there is no window to end it with.
        }
    }

    private async Task TalkAsync(HostSession session, Chat chat)
    {
        await Task.Yield();
        try
        {
            while (Next(session.Facts.Number, chat) is { } lines)
            {
                var text = $"A message from\n{NameOf(session.Facts)}\n\n{lines}";
                var answer = await dialog.TellAsync(text, chat.Stop.Token);
                if (answer.Length > 0) session.SendChat(answer);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The session is over, or there is no window to write in.
            Left(session.Facts);
        }
    }

    // What has come since the last window; null when that is nothing, and the next line opens another.
    private string? Next(int number, Chat chat)
    {
        lock (_gate)
        {
            if (chat.Lines.Count == 0)
            {
                _chats.Remove(number);
                return null;
            }

            var lines = string.Join('\n', chat.Lines);
            chat.Lines.Clear();
            return lines;
        }
    }

    private void Keep(Task task)
    {
        _shown.Add(task);
        _ = task.ContinueWith(
            t =>
            {
                lock (_gate) _shown.Remove(t);
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private sealed class Chat
    {
        public CancellationTokenSource Stop { get; } = new();

        public Queue<string> Lines { get; } = new();
    }
}
