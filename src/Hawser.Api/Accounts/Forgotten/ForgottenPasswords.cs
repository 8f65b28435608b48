using System.Net;
using System.Threading.Channels;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Accounts.Forgotten;

/// <summary>
/// Mails a link with which somebody who forgot the password chooses another. Whoever asks gets the same answer at once,
/// whether there is such an account or not: what is then done is done here, after it. The second factor stays.
/// </summary>
internal sealed partial class ForgottenPasswords : BackgroundService
{
    /// <summary>Where the link leads.</summary>
    internal const string Path = "/forgotten";

    /// <summary>How long a link works; the mail says so.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private const int Waiting = 500;
    private readonly Channel<Wish> _wishes = Channel.CreateBounded<Wish>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly FailureTable _addresses;
    private readonly FailureTable _accounts;
    private readonly ApiParts _parts;
    private readonly SettingsStore _settings;
    private readonly Outbox _outbox;
    private readonly Invitations _invitations;
    private readonly ConsoleLog _log;
    private readonly TimeProvider _time;
    private readonly ILogger<ForgottenPasswords> _logger;

    public ForgottenPasswords(
        ApiParts parts, SettingsStore settings, Outbox outbox, Invitations invitations, ConsoleLog log,
        TimeProvider time, ILogger<ForgottenPasswords> logger)
    {
        (_parts, _settings, _outbox, _invitations) = (parts, settings, outbox, invitations);
        (_log, _time, _logger) = (log, time, logger);
        _addresses = new(time, 10, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        _accounts = new(time, 3, TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(1));
    }

    /// <summary>Whether mails can be sent, and what they would have to say is known.</summary>
    public bool IsOffered => _outbox.CanSend(Outbox.Email) && Address is not null;

    // Never what a request says of itself: the link would lead to whoever asked for it.
    private string? Address => PublicAddress.Configured(_settings.Get(SignInSettings.Key));

    /// <summary>Takes a wish.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="from">By whom.</param>
    /// <returns>How long this address must wait before it may ask again; zero: it was taken.</returns>
    public TimeSpan Ask(string name, IPAddress? from)
    {
        var network = LoginThrottle.Network(from);
        if (_addresses.Pause(network) is { Ticks: > 0 } pause) return pause;
        _addresses.Begin(network);
        _wishes.Writer.TryWrite(new Wish(name.Trim(), from));
        return TimeSpan.Zero;
    }

    /// <summary>Whose link it is; null: it is not valid any more, or the account is not.</summary>
    public async Task<User?> FindAsync(HawserDb db, string? handle, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(handle) || handle.Length > 128) return null;
        var (hash, now) = (Secrets.Hash(handle), _time.GetUtcNow().UtcDateTime);
        var found = await (
            from c in db.LoginChallenges.AsNoTracking()
            join u in db.Users.AsNoTracking() on c.UserGuid equals u.Guid
            where c.SecretHash == hash && c.ExpiresAt > now && c.Kind == ChallengeKind.Forgotten
                && u.Status == UserStatus.Normal && u.PasswordHash != null
            select new { c.CodeHash, User = u }).FirstOrDefaultAsync(cancellationToken);
        // The mailbox that it went to is not this person's any more.
        return found is not null && found.CodeHash.AsSpan().SequenceEqual(Secrets.Hash(found.User.NormalizedEmail))
            ? found.User : null;
    }

    /// <summary>Uses a link up; false: somebody did already.</summary>
    public static async Task<bool> UseAsync(HawserDb db, string handle, CancellationToken cancellationToken)
    {
        var hash = Secrets.Hash(handle);
        return await db.LoginChallenges.Where(c => c.SecretHash == hash && c.Kind == ChallengeKind.Forgotten)
            .ExecuteDeleteAsync(cancellationToken) == 1;
    }

    /// <summary>Notes that somebody chose another password by a link; the caller saves, before it is set.</summary>
    public void Chosen(HawserDb db, User user, IPAddress? from) =>
        _log.AddSignIn(db, user.Guid, user.Name, from, ("result", "password_reset"));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var wish in _wishes.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await GrantAsync(wish, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(_logger, e);
            }
        }
    }

    private async Task GrantAsync(Wish wish, CancellationToken cancellationToken)
    {
        if (!_outbox.CanSend(Outbox.Email) || Address is not { } address) return;
        await using var db = _parts.Store.CreateDb();
        var user = await AccountNames.FindAsync(db, wish.Name, cancellationToken);
        if (user is null || user.Email.Length == 0 || user.Status == UserStatus.Disabled) return;
        var key = user.Guid.ToString();
        if (_accounts.Pause(key) > TimeSpan.Zero) return;
        _accounts.Begin(key);
        // Who never chose one is invited again instead; a directory's or provider's people have none here.
        if (user.Status == UserStatus.Unverified) await _invitations.AddAsync(db, user, address, cancellationToken);
        else if (user.PasswordHash is not null) await AddAsync(db, user, address, cancellationToken);
        else return;
        _log.AddSignIn(db, user.Guid, user.Name, wish.From, ("result", "password_forgotten"));
        await db.SaveChangesAsync(cancellationToken);
        _outbox.Wake();
    }

    private async Task AddAsync(HawserDb db, User user, string address, CancellationToken cancellationToken)
    {
        // Only the newest counts.
        await db.LoginChallenges.Where(c => c.UserGuid == user.Guid && c.Kind == ChallengeKind.Forgotten)
            .ExecuteDeleteAsync(cancellationToken);
        var (handle, now) = (Secrets.NewHandle(), _time.GetUtcNow().UtcDateTime);
        db.LoginChallenges.Add(new LoginChallenge
        {
            SecretHash = Secrets.Hash(handle), CodeHash = Secrets.Hash(user.NormalizedEmail), UserGuid = user.Guid,
            Kind = ChallengeKind.Forgotten, CreatedAt = now, ExpiresAt = now + Lifetime,
        });
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = user.DisplayName.Length > 0 ? user.DisplayName : user.Name,
            ["url"] = $"{address}{Path}?code={handle}",
        };
        _outbox.Add(db, Outbox.Email, user.Email, Notice.Forgotten, values);
    }

    private readonly record struct Wish(string Name, IPAddress? From);

    private static partial class Log
    {
        [LoggerMessage(6024, LogLevel.Error, "A mail about a forgotten password could not be made")]
        internal static partial void Failed(ILogger logger, Exception exception);
    }
}
