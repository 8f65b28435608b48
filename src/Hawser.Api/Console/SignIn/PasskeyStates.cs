using System.Collections.Concurrent;
using System.Globalization;
using Hawser.Api.Http;

namespace Hawser.Api.Console.SignIn;

/// <summary>
/// What must be remembered between asking a browser for a passkey and its answer. The browser keeps it, sealed and
/// with an end; what was answered is not taken again.
/// </summary>
internal sealed class PasskeyStates
{
    private const int Capacity = 20_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, long> _used = new(StringComparer.Ordinal);
    private readonly Secrets _secrets;
    private readonly TimeProvider _time;

    public PasskeyStates(Secrets secrets, ApiParts parts, TimeProvider time)
    {
        (_secrets, _time) = (secrets, time);
        parts.Heartbeat.Add(Sweep);
    }

    /// <summary>Seals a state for a purpose.</summary>
    public string Seal(string purpose, string state)
    {
        var until = (_time.GetUtcNow() + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return _secrets.Protect(string.Join('\n', purpose, until, state));
    }

    /// <summary>Opens one, once; null when it is not ours, too old, for something else, or used.</summary>
    public string? Open(string purpose, string? seal)
    {
        if (seal is not { Length: > 0 and < 8192 } || _secrets.Unprotect(seal) is not { } text) return null;
        if (text.Split('\n', 3) is not [var known, var until, var state] || known != purpose) return null;
        var end = long.Parse(until, CultureInfo.InvariantCulture);
        if (end < _time.GetUtcNow().ToUnixTimeSeconds() || _used.Count >= Capacity) return null;
        return _used.TryAdd(seal, end) ? state : null;
    }

    private void Sweep()
    {
        if (_used.IsEmpty) return;
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var (seal, end) in _used)
        {
            if (end < now) _used.TryRemove(seal, out _);
        }
    }
}
