using System.Net;
using System.Threading.Channels;
using Hawser.Api.Accounts.Admin;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Accounts.Registration;

/// <summary>
/// Makes accounts for people who ask for one. Whoever asks gets the same answer at once, whether the name or mail
/// address has an account already or not: what is then done is done here, after it. Where mails can be sent the address
/// is the name, and a mailed link chooses the password.
/// </summary>
internal sealed partial class Registrations : BackgroundService
{
    /// <summary>How long the mailed link works; the mail says so.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Accounts that nobody has confirmed yet, at most: somebody else could fill the list of users.</summary>
    internal const int MostUnconfirmed = 200;

    /// <summary>Words of <see cref="Way"/>.</summary>
    internal const string ByMail = "mail";

    internal const string ByPassword = "password";

    private const int Waiting = 200;
    private readonly Channel<Wish> _wishes = Channel.CreateBounded<Wish>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly FailureTable _addresses;
    private readonly FailureTable _all;
    private readonly IServiceScopeFactory _scopes;
    private readonly SettingsStore _settings;
    private readonly Outbox _outbox;
    private readonly ConsoleLog _log;
    private readonly TimeProvider _time;
    private readonly ILogger<Registrations> _logger;

    public Registrations(
        IServiceScopeFactory scopes, SettingsStore settings, Outbox outbox, ConsoleLog log,
        TimeProvider time, ILogger<Registrations> logger)
    {
        (_scopes, _settings, _outbox) = (scopes, settings, outbox);
        (_log, _time, _logger) = (log, time, logger);
        _addresses = new(time, 5, TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), TimeSpan.FromHours(2));
        _all = new(time, 200, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2));
    }

    /// <summary>
    /// How people register: mail, password where no mails can be sent, or empty: not at all. Domains are nothing
    /// without mails that prove them.
    /// </summary>
    public string Way => _settings.Get(RegistrationSettings.Key) is not { Enabled: true } wanted ? ""
        : _outbox.CanSend(Outbox.Email) && Address is not null ? ByMail
        : wanted.Domains.Count > 0 ? "" : ByPassword;

    // Never what a request says of itself: the link would lead to whoever asked for it.
    private string? Address => PublicAddress.Configured(_settings.Get(SignInSettings.Key));

    /// <summary>Takes a wish that is right in itself.</summary>
    /// <returns>How long this address must wait before it may ask again; zero: it was taken.</returns>
    public TimeSpan Ask(Wish wish)
    {
        var network = LoginThrottle.Network(wish.From);
        var (own, all) = (_addresses.Pause(network), _all.Pause(""));
        if (own > TimeSpan.Zero || all > TimeSpan.Zero) return own > all ? own : all;
        _addresses.Begin(network);
        _all.Begin("");
        _wishes.Writer.TryWrite(wish);
        return TimeSpan.Zero;
    }

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
        var wanted = _settings.Get(RegistrationSettings.Key);
        var way = Way;
        if (way.Length == 0) return;
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HawserDb>();
        var isMailed = way == ByMail;
        if (isMailed && !wanted.Takes(wish.Email)) return;
        var name = AccountNames.Normalize(isMailed ? wish.Email : wish.Name);
        var known = await db.Users.AsNoTracking().Where(u => u.NormalizedName == name || u.NormalizedEmail == name)
            .OrderBy(u => u.Guid).FirstOrDefaultAsync(cancellationToken);
        if (known is not null)
        {
            if (isMailed) await AgainAsync(db, known, cancellationToken);
            return;
        }

        // Void by now where somebody deleted or renamed it; then the default one takes newcomers.
        var (group, _) = await UsersAdmin.GroupAsync(db, wanted.Group, cancellationToken);
        if (isMailed && await db.LoginChallenges.CountAsync(
            c => c.Kind == ChallengeKind.Registration, cancellationToken) >= MostUnconfirmed)
        {
            Log.Full(_logger);
            return;
        }

        var made = await scope.ServiceProvider.GetRequiredService<AccountRules>().CreateAsync(
            new NewUser(isMailed ? wish.Email : wish.Name, isMailed ? null : wish.Password)
            {
                Email = isMailed ? wish.Email : "",
                DisplayName = isMailed ? AccountNames.Clean(wish.Name, 128) : "",
                Status = wanted.Approval ? UserStatus.Disabled
                    : isMailed ? UserStatus.Unverified : UserStatus.Normal,
                AwaitsApproval = wanted.Approval,
                UserGroup = group,
            },
            cancellationToken);
        if (made.User is not { } user) return;
        _log.AddSignIn(db, user.Guid, user.Name, wish.From, ("result", "registered"));
        if (isMailed) Mail(db, user);
        await db.SaveChangesAsync(cancellationToken);
        if (isMailed) _outbox.Wake();
    }

    // Somebody whose link was lost asks once more; whoever has an account is told nothing.
    private async Task AgainAsync(HawserDb db, User user, CancellationToken cancellationToken)
    {
        var pending = db.LoginChallenges.Where(
            c => c.UserGuid == user.Guid && c.Kind == ChallengeKind.Registration);
        var last = await pending.MaxAsync(c => (DateTime?)c.CreatedAt, cancellationToken);
        if (user.PasswordHash is not null || last is not { } sent || sent > Now.AddMinutes(-10)) return;
        await pending.ExecuteDeleteAsync(cancellationToken);
        Mail(db, user);
        await db.SaveChangesAsync(cancellationToken);
        _outbox.Wake();
    }

    private void Mail(HawserDb db, User user)
    {
        if (Address is not { } address) return;
        var handle = Invitations.OfRegistration + Secrets.NewHandle();
        db.LoginChallenges.Add(new LoginChallenge
        {
            SecretHash = Secrets.Hash(handle), UserGuid = user.Guid, Kind = ChallengeKind.Registration,
            CreatedAt = Now, ExpiresAt = Now + Lifetime,
        });
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // What was typed as a name is not put into mails: it would be somebody's advertisement.
            ["name"] = user.Name,
            ["url"] = $"{address}{Invitations.Path}?code={handle}",
        };
        _outbox.Add(db, Outbox.Email, user.Email, Notice.Registration, values);
    }

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <summary>Who wants an account.</summary>
    /// <param name="Name">What is shown; without mails the name to sign in with.</param>
    /// <param name="Email">Where the link goes.</param>
    /// <param name="Password">Only without mails.</param>
    /// <param name="From">From where.</param>
    internal sealed record Wish(string Name, string Email, string Password, IPAddress? From);

    private static partial class Log
    {
        [LoggerMessage(6025, LogLevel.Error, "An account that somebody registered could not be made")]
        internal static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(6026, LogLevel.Warning, "Too many registered accounts are not confirmed yet; none is made")]
        internal static partial void Full(ILogger logger);
    }
}
