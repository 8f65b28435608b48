using System.Net;
using System.Net.Sockets;
using Hawser.Api.Settings;

namespace Hawser.Api.Accounts.Login;

/// <summary>
/// Stops guessing without locking anybody out. Counted are: an account from an address (few free attempts), an account
/// from everywhere (many, for guesses spread over addresses), and an address for all accounts (more, and much more for
/// one from which people do log in: an office). Who has logged in to the account from this address before is not
/// bothered by what others try elsewhere. Kept in memory: a restart forgives.
/// </summary>
internal sealed class LoginThrottle
{
    private const int OfficeKindness = 5;

    // How much more an account, and an address, may be wrong altogether than one of the other.
    private const int ManyAddresses = 6;
    private const int ManyAccounts = 12;
    private readonly Lock _beginning = new();
    private readonly FailureTable _pairs;
    private readonly FailureTable _accounts;
    private readonly FailureTable _addresses;
    private readonly FailureTable _successes;
    private int _ticks;

    public LoginThrottle(ApiParts parts, SettingsStore settings, TimeProvider time)
    {
        _pairs = new(time, 0, default, default, default);
        _accounts = new(time, 0, default, default, default);
        _addresses = new(time, 0, default, default, default);
        Change(settings.Get(AccountSettings.Key));
        settings.WhenChanged(name =>
        {
            if (name == AccountSettings.Key.Name) Change(settings.Get(AccountSettings.Key));
        });
        // Remembers, and never makes anybody wait.
        _successes = new(time, int.MaxValue / OfficeKindness, default, default, TimeSpan.FromDays(30), 50_000);
        parts.Heartbeat.Add(Sweep);
    }

    /// <summary>Begins an attempt.</summary>
    /// <param name="account">The name as it was typed.</param>
    /// <param name="from">The caller's address.</param>
    /// <param name="wait">How long the caller must wait before the next attempt, when this one may not be made.</param>
    /// <returns>The attempt, whose outcome must be told; null when it may not be made.</returns>
    public Attempt? TryBegin(string account, IPAddress? from, out TimeSpan wait)
    {
        var name = AccountNames.Normalize(AccountNames.Clean(account, AccountNames.MaximumLength));
        var address = Network(from);
        var pair = name + "|" + address;
        var familiar = _successes.Has(pair);
        var office = familiar || _successes.Has(address);
        // Nobody else may ask between the question and the counting: several guesses would be the last free one.
        lock (_beginning)
        {
            wait = Max(_pairs.Pause(pair), _addresses.Pause(address, office ? OfficeKindness : 1));
            if (!familiar) wait = Max(wait, _accounts.Pause(name));
            if (wait > TimeSpan.Zero) return null;
            _pairs.Begin(pair);
            _accounts.Begin(name);
            _addresses.Begin(address);
        }

        return new Attempt(this, name, address, pair);
    }

    /// <summary>How long somebody has to wait at most, from whichever address, before an attempt counts.</summary>
    /// <param name="names">What is typed for the account: its name, its mail address.</param>
    public TimeSpan WaitOf(params ReadOnlySpan<string> names)
    {
        var wait = TimeSpan.Zero;
        foreach (var account in names)
        {
            if (account.Length == 0) continue;
            var name = AccountNames.Normalize(account);
            wait = Max(wait, Max(_accounts.Pause(name), _pairs.LongestPause(name + "|")));
        }

        return wait;
    }

    /// <summary>Who has to wait now, from some address at least: what was typed for accounts, normalized.</summary>
    public HashSet<string> Waiting()
    {
        var names = _accounts.Paused().ToHashSet(StringComparer.Ordinal);
        // An address has no such mark, whatever a name has.
        foreach (var pair in _pairs.Paused()) names.Add(pair[..pair.LastIndexOf('|')]);
        names.Remove("");
        return names;
    }

    /// <summary>Forgets what was tried on an account, from everywhere.</summary>
    /// <param name="names">What is typed for the account: its name, its mail address.</param>
    public void Forgive(params ReadOnlySpan<string> names)
    {
        foreach (var account in names)
        {
            if (account.Length == 0) continue;
            var name = AccountNames.Normalize(account);
            _accounts.Clear(name);
            _pairs.ClearAll(name + "|");
        }
    }

    /// <summary>IPv4 addresses as they are, IPv6 by the /64 that one customer has.</summary>
    internal static string Network(IPAddress? from)
    {
        if (from is null) return "?";
        if (from.IsIPv4MappedToIPv6) from = from.MapToIPv4();
        if (from.AddressFamily != AddressFamily.InterNetworkV6) return from.ToString();
        Span<byte> bytes = stackalloc byte[16];
        from.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes) + "/64";
    }

    // An account, or an address, altogether waits less: it is more people who wait.
    private void Change(AccountSettings settings)
    {
        var first = TimeSpan.FromSeconds(settings.ThrottleWaitSeconds);
        var longest = TimeSpan.FromMinutes(settings.ThrottleLongestMinutes);
        var memory = TimeSpan.FromMinutes(settings.ThrottleWindowMinutes);
        _pairs.Change(settings.ThrottleAttempts, first, longest, memory);
        _accounts.Change(settings.ThrottleAttempts * ManyAddresses, first / 2, longest / 3, memory);
        var shorter = memory / 2;
        var wait = longest * 2 / 3;
        _addresses.Change(settings.ThrottleAttempts * ManyAccounts, first, wait < shorter ? wait : shorter, shorter);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void Sweep()
    {
        if (++_ticks % 60 != 0) return;
        _pairs.Sweep();
        _accounts.Sweep();
        _addresses.Sweep();
        _successes.Sweep();
    }

    /// <summary>An attempt under way; a failed one needs no telling.</summary>
    internal sealed class Attempt(LoginThrottle owner, string name, string address, string pair)
    {
        /// <summary>It was none: nothing was checked, or a second step follows.</summary>
        public void Withdraw()
        {
            owner._pairs.Withdraw(pair);
            owner._accounts.Withdraw(name);
            owner._addresses.Withdraw(address);
        }

        /// <summary>It succeeded completely.</summary>
        public void Succeed()
        {
            Withdraw();
            owner._pairs.Clear(pair);
            owner._successes.Begin(pair);
            owner._successes.Begin(address);
        }
    }
}
