using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Accounts.SignIn.Browser;

/// <summary>
/// <c>GET /api/oidc/callback</c>: the browser comes back from the provider. Everything is checked before the device
/// that polls hears of anything; what went wrong is said in words here, and to the device in one sentence.
/// </summary>
internal static partial class CallbackEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, HawserDb db, BrowserSignIns signIns, ProviderFlow flow, ExternalAccounts accounts,
        ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var texts = PageTexts.For(context);
        var query = context.Request.Query;
        var state = query["state"].ToString();
        var row = await signIns.FindAsync(db, state, cancellationToken);
        if (row is null) return Pages.Failed(texts, texts.Gone, 410);
        if (row.UserGuid is not null) return Pages.Done(texts, row);
        if (row.Error.Length > 0 || signIns.Open(row) is not { Trip: { } trip } memory)
        {
            return Pages.Failed(texts, texts.Gone, 410);
        }

        if (BrowserCookie.Read(context, state) is not { } cookie
            || !BrowserSignIns.Same(BrowserCookie.Mark(cookie), memory.Cookie))
        {
            return Pages.Failed(texts, texts.OtherBrowser, 403);
        }

        var isTrial = row.DeviceType == BrowserSignIns.TrialType;
        if ((isTrial ? signIns.ProviderOfTrial(row.Provider) : signIns.Provider(row.Provider)) is not { } provider
            || !await BrowserSignIns.ArriveAsync(db, row, cancellationToken))
        {
            return Pages.Failed(texts, texts.Gone, 410);
        }

        if (isTrial) return await TryAsync(db, row, (provider, trip), query, flow, texts, cancellationToken);
        var log = logs.CreateLogger(typeof(CallbackEndpoint));
        // The console goes on in the browser that is here, and says there what went wrong.
        var back = row.DeviceType == BrowserSignIns.ConsoleType
            ? new SeeOther($"{memory.PublicUrl}/sign-in?back=provider") : null;
        if (query["error"].ToString() is { Length: > 0 } error)
        {
            var page = await RefusedAsync(db, row, texts, error, log);
            return back ?? page;
        }

        var person = await RedeemAsync(flow, provider, trip, query, log, cancellationToken);
        if (person is null)
        {
            await BrowserSignIns.FailAsync(db, row, PageTexts.English.NotVerified, CancellationToken.None);
            return back ?? Pages.Failed(texts, texts.NotVerified, 502);
        }

        var account = await accounts.AdmitAsync(db, ExternalSource.Of(provider), person, cancellationToken);
        if (account.User is not { } user)
        {
            Log.Refused(log, provider.Name, account.Refusal);
            await BrowserSignIns.FailAsync(db, row, account.Refusal, CancellationToken.None);
            return back ?? Pages.Failed(texts, account.Refusal, 403);
        }

        await BrowserSignIns.CompleteAsync(db, row, user.Guid, CancellationToken.None);
        return back ?? Pages.Done(texts, row);
    }

    /// <summary>
    /// <c>POST /api/oidc/callback</c>: some providers post. Browsers send no lax cookie with that, but with the GET
    /// that it is turned into.
    /// </summary>
    public static async Task<IResult> ForwardAsync(HttpContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var form = await FormReader.ReadAsync(context) ?? [];
        var query = form.Where(f => f.Key is "code" or "state" or "error" or "iss")
            .Select(f => KeyValuePair.Create(f.Key, (string?)f.Value.ToString()));
        return new SeeOther(QueryHelpers.AddQueryString("callback", query));
    }

    // The browser is that of an administrator who wants to know: what came, what would come of it, and what is wrong.
    // Nobody is made, linked or signed in.
    private static async Task<IResult> TryAsync(
        HawserDb db, BrowserSignIn row, (ProviderProfile Provider, Trip Trip) with, IQueryCollection query,
        ProviderFlow flow, PageTexts texts, CancellationToken cancellationToken)
    {
        await BrowserSignIns.FailAsync(db, row, "This was a try.", CancellationToken.None);
        if (query["error"].ToString() is { Length: > 0 } error)
        {
            return TrialPage.Failed(
                texts, ExternalPerson.Line($"{error} {query["error_description"]}", 300));
        }

        try
        {
            var person = await RedeemAsync(flow, with.Provider, with.Trip, query, cancellationToken);
            var source = ExternalSource.Of(with.Provider);
            var plan = await AccountPlan.MakeAsync(db, source, [person], cancellationToken);
            return TrialPage.Worked(texts, person, source, plan);
        }
        catch (ProviderFault e)
        {
            return TrialPage.Failed(texts, e.Message);
        }
    }

    private static async Task<ExternalPerson> RedeemAsync(
        ProviderFlow flow, ProviderProfile provider, Trip trip, IQueryCollection query,
        CancellationToken cancellationToken)
    {
        var code = query["code"].ToString();
        if (code.Length is 0 or > 4096) throw new ProviderFault("it sent no code");
        var issuer = query.TryGetValue("iss", out var iss) ? iss.ToString() : null;
        return await flow.RedeemAsync(provider, trip, code, issuer, cancellationToken);
    }

    private static async Task<ExternalPerson?> RedeemAsync(
        ProviderFlow flow, ProviderProfile provider, Trip trip, IQueryCollection query, ILogger log,
        CancellationToken cancellationToken)
    {
        try
        {
            return await RedeemAsync(flow, provider, trip, query, cancellationToken);
        }
        catch (ProviderFault e)
        {
            Log.NotVerified(log, provider.Name, e.Message);
            return null;
        }
    }

    private static async Task<IResult> RefusedAsync(
        HawserDb db, BrowserSignIn row, PageTexts texts, string error, ILogger log)
    {
        var cancelled =
            error is "access_denied" or "user_cancelled_login" or "user_cancelled_authorize" or "consent_required";
        if (!cancelled) Log.Refused(log, row.Provider, ExternalPerson.Line(error, 100));
        await BrowserSignIns.FailAsync(
            db, row, cancelled ? PageTexts.English.Cancelled : PageTexts.English.NotVerified, CancellationToken.None);
        return Pages.Failed(texts, cancelled ? texts.Cancelled : texts.NotVerified, 200);
    }

    private static partial class Log
    {
        [LoggerMessage(6106, LogLevel.Warning, "A sign-in through {Provider} was not accepted: {Reason}")]
        internal static partial void NotVerified(ILogger logger, string provider, string reason);

        [LoggerMessage(6107, LogLevel.Information, "A sign-in through {Provider} was refused: {Reason}")]
        internal static partial void Refused(ILogger logger, string provider, string reason);
    }
}
