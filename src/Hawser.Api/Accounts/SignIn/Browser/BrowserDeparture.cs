using Hawser.Api.Accounts.SignIn.Client;
using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Accounts.SignIn.Browser;

/// <summary>Sends the very browser that asks to a provider: to sign in to the console, or for a try.</summary>
internal sealed partial class BrowserDeparture(
    BrowserSignIns signIns, SettingsStore settings, AskingBudget budget, ProviderFlow flow,
    ILogger<BrowserDeparture> log)
{
    /// <summary>Begins a sign-in and ties it to the browser.</summary>
    /// <returns>Where the browser goes, and the code that fetches what comes of it; or why not.</returns>
    public async Task<Departed> LeaveAsync(
        HttpContext context, HawserDb db, ProviderProfile provider, DeviceTrait device,
        CancellationToken cancellationToken)
    {
        if (PublicAddress.Of(context, settings.Get(SignInSettings.Key), null) is not { } url)
        {
            return new("", "", new Problem(422, "no_address", "This server does not know its own address."));
        }

        var remote = context.Connection.RemoteIpAddress;
        var begun = budget.TryTake(remote)
            ? await signIns.BeginAsync(db, provider, device, url, remote?.ToString() ?? "", cancellationToken) : null;
        if (begun is null)
        {
            return new("", "", new Problem(429, "slow_down", "Too many sign-ins are under way.") { RetryAfter = 60 });
        }

        var row = await signIns.FindAsync(db, begun.State, cancellationToken);
        if (row is null || signIns.Open(row) is not { } memory) return Departed.Late;
        var cookie = BrowserCookie.Give(context, begun.State, url);
        var trip = new Trip(url + SignInApi.CallbackPath, Secrets.NewHandle(), Secrets.NewHandle());
        string target;
        try
        {
            target = await flow.AuthorizeUrlAsync(provider, trip, begun.State, cancellationToken);
        }
        catch (ProviderFault e)
        {
            Log.Unreachable(log, provider.Name, e.Message);
            return new("", "", new Problem(502, "provider_unreachable", "The provider can't be reached."));
        }

        memory = memory with { Trip = trip, Cookie = BrowserCookie.Mark(cookie) };
        return await signIns.DepartAsync(db, row, memory, cancellationToken)
            ? new(target, begun.Code, null) : Departed.Late;
    }

    private static partial class Log
    {
        [LoggerMessage(6900, LogLevel.Warning, "The sign-in provider {Provider} can't be used: {Reason}")]
        internal static partial void Unreachable(ILogger logger, string provider, string reason);
    }
}

/// <summary>A browser that was sent away.</summary>
/// <param name="Target">Where to.</param>
/// <param name="Code">What fetches the outcome.</param>
/// <param name="Refusal">Why it was not sent; null: it was.</param>
internal sealed record Departed(string Target, string Code, IResult? Refusal)
{
    /// <summary>It moved on before it left.</summary>
    public static Departed Late { get; } = new(
        "", "", new Problem(410, "expired", "The sign-in has expired, please start again."));
}
