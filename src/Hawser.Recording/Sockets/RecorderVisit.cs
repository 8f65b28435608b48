using Hawser.Recording.Rights;
using Hawser.Recording.SocketIo;

namespace Hawser.Recording.Sockets;

/// <summary>
/// One connection of a recorder: who it is, which recordings it uses, and whether it was told of their end. All of it
/// goes with the connection; what a recording is stays with its id (reference §1.8).
/// </summary>
internal sealed class RecorderVisit(SocketIoClient client, Visitor visitor)
{
    /// <summary>Recordings that one connection may use; how many may be open is the account's limit.</summary>
    private const int MostUsed = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Usage> _uses = new(StringComparer.Ordinal);
    private volatile bool _expired;
    private bool _left;

    /// <summary>The connection.</summary>
    public SocketIoClient Client { get; } = client;

    /// <summary>Who.</summary>
    public Visitor Visitor { get; } = visitor;

    /// <summary>Its token's time is over: what it records goes on, nothing new begins (reference §4.8).</summary>
    public bool Expired
    {
        get => _expired;
        set => _expired = value;
    }

    /// <summary>Whether it has used a recording and may use this one.</summary>
    public bool MayUse(string recordId)
    {
        lock (_gate) return _uses.ContainsKey(recordId) || _uses.Count < MostUsed;
    }

    /// <summary>Whether it uses a recording.</summary>
    public bool Uses(string recordId)
    {
        lock (_gate) return _uses.ContainsKey(recordId);
    }

    /// <summary>Remembers that it uses a recording, which is open now.</summary>
    /// <param name="recordId">Which.</param>
    /// <param name="attend">Takes part in it; called once.</param>
    public void Use(string recordId, Func<IDisposable> attend)
    {
        lock (_gate)
        {
            if (_left) return;
            if (_uses.TryGetValue(recordId, out var use))
            {
                use.Told = false;
                return;
            }

            _uses.Add(recordId, new Usage(attend()));
        }
    }

    /// <summary>It waits for the end of a recording.</summary>
    public void Waits(string recordId, int change)
    {
        lock (_gate)
        {
            if (_uses.TryGetValue(recordId, out var use)) use.Waiting += change;
        }
    }

    /// <summary>It is told of an end because it asked.</summary>
    public void Told(string recordId)
    {
        lock (_gate)
        {
            if (_uses.TryGetValue(recordId, out var use)) use.Told = true;
        }
    }

    /// <summary>Whether it has to be told of an end that it did not ask for itself.</summary>
    public bool IsToBeTold(string recordId)
    {
        lock (_gate)
        {
            if (_left || !_uses.TryGetValue(recordId, out var use) || use.Told || use.Waiting > 0) return false;
            use.Told = true;
            return true;
        }
    }

    /// <summary>It has gone.</summary>
    public void Leave()
    {
        List<Usage> uses;
        lock (_gate)
        {
            _left = true;
            uses = [.. _uses.Values];
            _uses.Clear();
        }

        foreach (var use in uses) use.Attending.Dispose();
    }

    private sealed class Usage(IDisposable attending)
    {
        public IDisposable Attending { get; } = attending;

        public int Waiting { get; set; }

        public bool Told { get; set; }
    }
}
