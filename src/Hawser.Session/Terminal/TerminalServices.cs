namespace Hawser.Session.Terminal;

/// <summary>The shells of one window of a controller, under the name by which it finds them again (§15.3).</summary>
internal sealed class TerminalService(string id, string owner, TimeProvider time)
{
    private long _used = time.GetTimestamp();

    public string Id => id;

    /// <summary>Who may come back to it: the controller's own id.</summary>
    public string Owner => owner;

    public Lock Gate { get; } = new();

    public Dictionary<int, HostTerminal> Terminals { get; } = [];

    public bool IsPersistent { get; set; }

    /// <summary>The session that looks at it now.</summary>
    public object? User { get; set; }

    public TimeSpan Idle => time.GetElapsedTime(Interlocked.Read(ref _used));

    public void Use() => Interlocked.Exchange(ref _used, time.GetTimestamp());
}

/// <summary>All terminal services of a host. Bounded in number and in time.</summary>
internal sealed class TerminalServices(TimeProvider time) : IAsyncDisposable
{
    private const int Most = 100;
    private static readonly TimeSpan EmptyLife = TimeSpan.FromHours(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, TerminalService> _services = new(StringComparer.Ordinal);

    /// <summary>The service to come back to, or a new one; null when there are too many.</summary>
    public TerminalService? Attach(string id, string owner, object user)
    {
        lock (_gate)
        {
            if (id.Length > 0 && _services.TryGetValue(id, out var known) && known.Owner == owner)
            {
                known.User = user;
                known.Use();
                return known;
            }

            foreach (var old in _services.Values.Where(IsStale).ToArray()) _services.Remove(old.Id);
            if (_services.Count >= Most) return null;
            var made = new TerminalService($"ts_{Guid.NewGuid()}", owner, time) { User = user };
            return _services[made.Id] = made;
        }
    }

    /// <summary>A session has ended: shells that are not to survive it end too.</summary>
    public async ValueTask DetachAsync(TerminalService service, object user)
    {
        var over = new List<HostTerminal>();
        lock (_gate)
        {
            if (service.User != user) return;
            service.User = null;
            service.Use();
            foreach (var terminal in service.Terminals.Values) terminal.Detach(user);
            if (service.IsPersistent && service.Terminals.Count > 0) return;
            _services.Remove(service.Id);
            over.AddRange(service.Terminals.Values);
            service.Terminals.Clear();
        }

        foreach (var terminal in over) await terminal.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        TerminalService[] all;
        lock (_gate)
        {
            all = [.. _services.Values];
            _services.Clear();
        }

        foreach (var terminal in all.SelectMany(s => s.Terminals.Values)) await terminal.DisposeAsync();
    }

    private static bool IsStale(TerminalService service)
    {
        lock (service.Gate)
        {
            return service.User is null && service.Terminals.Values.All(t => t.HasEnded) && service.Idle > EmptyLife;
        }
    }
}
