using System.Security.Cryptography;
using System.Text;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous.Registering;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Introducing;

/// <summary>Who may be introduced at all: the licence key, the login requirement, and the access rules' hook.</summary>
internal sealed partial class IntroductionGate
{
    /// <summary>How long the access rules may take; afterwards the answer is no.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly LiveSettings _settings;
    private readonly byte[] _requiredKey;
    private readonly Authorize? _authorize;
    private readonly SourceBudgets _budgets;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public IntroductionGate(
        LiveSettings settings, RendezvousParts parts, SourceBudgets budgets, ILogger<IntroductionGate> log)
    {
        _settings = settings;
        _requiredKey = Encoding.UTF8.GetBytes(parts.RequiredKey);
        _authorize = parts.Authorize;
        _budgets = budgets;
        _time = parts.Time;
        _log = log;
    }

    /// <summary>Whether callers need a key at all.</summary>
    public bool RequiresKey => _requiredKey.Length > 0;

    /// <summary>Whether access rules are there to judge a token.</summary>
    public bool HasRules => _authorize is not null;

    /// <summary>Compares a licence key in constant time.</summary>
    /// <param name="licenceKey">What the caller sent.</param>
    /// <returns>True when it is right or none is needed.</returns>
    public bool IsKeyRight(string licenceKey) =>
        !RequiresKey
        || (licenceKey.Length <= 4 * _requiredKey.Length
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(licenceKey), _requiredKey));

    /// <summary>Writes the line that operators feed to their fail2ban (§8.2), not more often than a source
    /// may.</summary>
    /// <param name="caller">Who sent the wrong key.</param>
    /// <param name="targetId">For whom.</param>
    public void ReportWrongKey(PeerAddress caller, string targetId)
    {
        if (!_budgets.TryTake(caller, BudgetKind.WrongKeyLine)) return;
        // An id is the caller's text: it must not be able to forge log lines.
        Log.WrongKey(_log, caller.ToString(), Printable(targetId));
    }

    /// <summary>Asks the access rules.</summary>
    /// <param name="request">Who asks for whom.</param>
    /// <returns>The verdict and how it is counted; a refusal when the rules fail or are too slow.</returns>
    public async ValueTask<(IntroductionVerdict Verdict, IntroductionOutcome Outcome)> JudgeAsync(
        IntroductionRequest request)
    {
        if (_settings.Options.RequireLogin && request.Token.Length == 0 && request.SwitchCode.Length == 0)
        {
            return (IntroductionVerdict.Deny("Please log in"), IntroductionOutcome.LoginRequired);
        }

        if (_authorize is null)
        {
            return _settings.Options.RequireLogin
                ? (IntroductionVerdict.Deny("This server has no accounts"), IntroductionOutcome.LoginRequired)
                : (IntroductionVerdict.Allow, IntroductionOutcome.Pushed);
        }

        var verdict = await AskAsync(_settings.Options.RequireLogin ? request with { LoginRequired = true } : request);
        return (verdict, verdict.Allowed ? IntroductionOutcome.Pushed : IntroductionOutcome.Denied);
    }

    private async ValueTask<IntroductionVerdict> AskAsync(IntroductionRequest request)
    {
        using var limit = new CancellationTokenSource(Limit, _time);
        try
        {
            var asked = _authorize!(request, limit.Token);
            // A hook that ignores its token must not hold the caller either.
            return asked.IsCompletedSuccessfully
                ? await asked
                : await asked.AsTask().WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Log.RulesTooSlow(_log, request.Kind);
            return IntroductionVerdict.Deny("The server is busy, please try again");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.RulesFailed(_log, e, request.Kind);
            return IntroductionVerdict.Deny("Server error");
        }
    }

    private static string Printable(string id)
    {
        var text = id.Length <= 64 ? id : id[..64];
        return string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = from[i] is > ' ' and <= '~' ? from[i] : '?';
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1200, LogLevel.Warning, "Authentication failed from {Remote} for peer {PeerId} - invalid key")]
        public static partial void WrongKey(ILogger logger, string remote, string peerId);

        [LoggerMessage(1201, LogLevel.Error, "The access rules did not answer in time for {Kind}; refused")]
        public static partial void RulesTooSlow(ILogger logger, IntroductionKind kind);

        [LoggerMessage(1202, LogLevel.Error, "The access rules failed for {Kind}; refused")]
        public static partial void RulesFailed(ILogger logger, Exception e, IntroductionKind kind);
    }
}
