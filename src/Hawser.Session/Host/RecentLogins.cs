using Hawser.Protocol.Crypto;

namespace Hawser.Session.Host;

/// <summary>A login that a controller may build on when it connects again (§5.6).</summary>
internal sealed class RecentLogin(TimeProvider time)
{
    private long _heard = time.GetTimestamp();

    /// <summary>The one-time password that was used; empty when it was the permanent one.</summary>
    public string OneTime { get; set; } = "";

    /// <summary>Whether the second factor was shown.</summary>
    public bool TwoFactor { get; set; }

    /// <summary>Remote-control connections that are alive with it.</summary>
    public int Alive { get; set; }

    public TimeSpan Age => time.GetElapsedTime(Interlocked.Read(ref _heard));

    public void Hear() => Interlocked.Exchange(ref _heard, time.GetTimestamp());
}

/// <summary>Which controller, in which of its windows.</summary>
internal readonly record struct LoginKey(string Id, string Name, ulong Session);

/// <summary>The logins of the last half minute. Bounded.</summary>
internal sealed class RecentLogins(TimeProvider time)
{
    private const int MostEntries = 1024;
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly Dictionary<LoginKey, RecentLogin> _logins = [];

    /// <summary>The entry of a controller, if it is young enough.</summary>
    public RecentLogin? Find(LoginKey key)
    {
        lock (_gate) return _logins.TryGetValue(key, out var login) && login.Age <= Life ? login : null;
    }

    /// <summary>Whether an answer proves the one-time password that this controller used before.</summary>
    public bool Fits(LoginKey key, ReadOnlySpan<byte> answer, string salt, string challenge) =>
        Find(key) is { OneTime.Length: > 0 } login
        && PasswordProof.Fits(answer, PasswordProof.Store(login.OneTime, salt), challenge);

    /// <summary>The entry of a controller, made when it has none.</summary>
    public RecentLogin Make(LoginKey key)
    {
        lock (_gate)
        {
            if (_logins.TryGetValue(key, out var login)) return login;
            if (_logins.Count >= MostEntries)
            {
                foreach (var old in _logins.Where(l => l.Value.Age > Life).Select(l => l.Key).ToArray())
                {
                    _logins.Remove(old);
                }

                if (_logins.Count >= MostEntries) _logins.Clear();
            }

            return _logins[key] = new RecentLogin(time);
        }
    }

    /// <summary>Forgets a controller that said good-bye, unless it is still here in another connection.</summary>
    public void Forget(LoginKey key)
    {
        lock (_gate)
        {
            if (_logins.TryGetValue(key, out var login) && login.Alive == 0) _logins.Remove(key);
        }
    }
}
