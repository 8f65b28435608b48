using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts;

/// <summary>
/// Issues tokens and says whose a token is. A verdict is kept in memory for <see cref="MaximumAge"/>, so that a burst
/// costs one read, and a revocation, on whatever node, is seen within a second; here it is seen at once.
/// </summary>
internal sealed class TokenDesk
{
    /// <summary>How long a verdict may be used again.</summary>
    internal static readonly TimeSpan MaximumAge = TimeSpan.FromSeconds(1);

    private const int MaximumKnown = 50_000;
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<Known>>> _reading = new(StringComparer.Ordinal);
    private readonly Func<HawserDb> _open;
    private readonly ApiOptions _options;
    private readonly TimeProvider _time;
    private long _epoch;

    public TokenDesk(ApiParts parts, ApiOptions options, TimeProvider time)
    {
        _open = parts.Store.CreateDb;
        _options = options;
        _time = time;
        parts.Heartbeat.Add(Sweep);
    }

    /// <summary>Makes a token; the text is told once and stored nowhere.</summary>
    /// <param name="db">Where the row is added; the caller saves.</param>
    /// <param name="row">The row, filled but for hash and times; API tokens may bring the end of their life.</param>
    /// <returns>The text for the <c>Authorization</c> header.</returns>
    public string Issue(HawserDb db, AccessToken row)
    {
        var text = Prefix(row.Kind) + Secrets.NewHandle();
        row.Hash = Secrets.Hash(text);
        row.CreatedAt = Now;
        if (row.Kind < TokenKind.Api) row.ExpiresAt = Now + Lifetime(row.Kind);
        db.AccessTokens.Add(row);
        return text;
    }

    /// <summary>Whose a token is; null when it is not valid now, or not from there.</summary>
    /// <param name="text">The token.</param>
    /// <param name="from">The caller's address; null: not known, which only tokens for all addresses allow.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public async ValueTask<CurrentUser?> FindAsync(string text, IPAddress? from, CancellationToken cancellationToken)
    {
        if (text.Length is 0 or > 512) return null;
        if (!_known.TryGetValue(text, out var known) || _time.GetElapsedTime(known.At) >= MaximumAge)
        {
            // Many requests of one page of the console are one read.
            var reading = _reading.GetOrAdd(text, key => new(() => RememberAsync(key, from)));
            known = await reading.Value.WaitAsync(cancellationToken);
        }

        return known.User is not null && known.From.Allows(from) ? known.User : null;
    }

    /// <summary>Ends a token.</summary>
    /// <returns>Whose it was; null when there is none like it.</returns>
    public async Task<Guid?> RevokeAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length is 0 or > 512) return null;
        var hash = Secrets.Hash(text);
        await using var db = _open();
        var user = await db.AccessTokens.Where(t => t.Hash == hash && t.Kind < TokenKind.Api)
            .Select(t => (Guid?)t.UserGuid).FirstOrDefaultAsync(cancellationToken);
        if (user is null) return null;
        await db.AccessTokens.Where(t => t.Hash == hash).ExecuteDeleteAsync(cancellationToken);
        Forget();
        return user;
    }

    /// <summary>Forgets every verdict: a token was revoked, a user disabled or changed.</summary>
    public void Forget()
    {
        // What is being read at this moment may be older than the change.
        Interlocked.Increment(ref _epoch);
        _reading.Clear();
        _known.Clear();
    }

    // So that those who look for leaked secrets know what they found.
    private static string Prefix(TokenKind kind) =>
        kind switch { TokenKind.Api => "hwp_", TokenKind.Deploy => "hwd_", _ => "" };

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// How long after its last use a token ends. A desk is left alone more often than a machine with a client on it.
    /// </summary>
    internal TimeSpan Lifetime(TokenKind kind) => kind == TokenKind.Console
        ? TimeSpan.FromHours(ConsoleHours is > 0 and var hours ? hours : _options.ConsoleHours)
        : TimeSpan.FromDays(_options.LoginDays);

    /// <summary>What the settings say of that; 0: nothing.</summary>
    internal int ConsoleHours { get; set; }

    private async Task<Known> RememberAsync(string text, IPAddress? from)
    {
        var (epoch, at) = (Volatile.Read(ref _epoch), _time.GetTimestamp());
        try
        {
            var known = await ReadAsync(text, from, at);
            if (_known.Count >= MaximumKnown) Sweep();
            if (_known.Count < MaximumKnown && Volatile.Read(ref _epoch) == epoch) _known[text] = known;
            return known;
        }
        finally
        {
            _reading.TryRemove(text, out _);
        }
    }

    private async Task<Known> ReadAsync(string text, IPAddress? from, long at)
    {
        var hash = Secrets.Hash(text);
        await using var db = _open();
        var found = await (
            from token in db.AccessTokens.AsNoTracking()
            join user in db.Users.AsNoTracking() on token.UserGuid equals user.Guid
            where token.Hash == hash && user.Status == UserStatus.Normal
            select new
            {
                Token = token, User = user,
                HasRoles = !user.IsAdmin && db.AdminRoleHolders.Any(h => h.UserGuid == user.Guid),
            }).FirstOrDefaultAsync(CancellationToken.None);
        if (found is null || found.Token.ExpiresAt <= Now) return new Known(null, AddressNetworks.Any, at);
        var networks = AddressNetworks.Parse(found.Token.AllowedFrom);
        if (networks.Allows(from)) await TouchAsync(db, found.Token, from);
        var who = new CurrentUser(
            found.User.Guid, found.User.Name, found.User.IsAdmin, found.User.UserGroupGuid, found.Token.Guid,
            found.Token.Kind, Scopes.Parse(found.Token.Scopes), found.Token.DeviceId)
        {
            SignedInAt = found.Token.CreatedAt,
            Rights = found.HasRoles ? await RightsAsync(db, found.User.Guid) : AdminRights.None,
        };
        return new Known(who, networks, at);
    }

    /// <summary>What the admin roles of a user allow.</summary>
    internal static async Task<AdminRights> RightsAsync(HawserDb db, Guid user)
    {
        var roles = await db.AdminRoleHolders.Where(h => h.UserGuid == user)
            .Join(db.AdminRoles.AsNoTracking(), h => h.RoleGuid, r => r.Guid, (h, r) => r)
            .ToListAsync(CancellationToken.None);
        // Names that a later version wrote allow nothing here.
        return new AdminRights([.. roles.Select(r => new AdminGrant(
            r.Guid, r.Kind, Known(r), r.Unassigned))]);

        static AdminRight Known(AdminRole role) => role.Rights.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(AdminRight.None, (all, name) => all | AdminRightTable.Parse([name], role.Kind).Rights);
    }

    // Sliding expiry, written at most once a minute.
    private async Task TouchAsync(HawserDb db, AccessToken token, IPAddress? from)
    {
        var now = Now;
        if (token.LastUsedAt is { } last && now - last < TimeSpan.FromMinutes(1)) return;
        var expires = token.Kind >= TokenKind.Api ? token.ExpiresAt : now + Lifetime(token.Kind);
        var address = from?.ToString() ?? token.LastAddress;
        try
        {
            await db.AccessTokens.Where(t => t.Guid == token.Guid).ExecuteUpdateAsync(
                s => s.SetProperty(t => t.LastUsedAt, now).SetProperty(t => t.ExpiresAt, expires)
                    .SetProperty(t => t.LastAddress, address),
                CancellationToken.None);
        }
        catch (DbException)
        {
            // A full or busy disk is no reason to turn somebody away whose token could be read.
        }
    }

    private void Sweep()
    {
        foreach (var (text, known) in _known)
        {
            if (_time.GetElapsedTime(known.At) >= MaximumAge) _known.TryRemove(text, out _);
        }
    }

    private readonly record struct Known(CurrentUser? User, AddressNetworks From, long At);
}
