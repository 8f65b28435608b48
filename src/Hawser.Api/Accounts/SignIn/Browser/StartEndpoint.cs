using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Accounts.SignIn.Browser;

/// <summary>
/// <c>GET|POST /api/oidc/start</c>: the page that the client opens. A link can be sent to somebody else, who would then
/// sign in the sender's device; so the page names the device and asks, and only a form of this very browser goes on.
/// </summary>
internal static partial class StartEndpoint
{
    public static async Task<IResult> ShowAsync(
        HttpContext context, HawserDb db, BrowserSignIns signIns, SettingsStore settings, ProviderFlow flow,
        ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var texts = PageTexts.For(context);
        var state = context.Request.Query["c"].ToString();
        var row = await signIns.FindAsync(db, state, cancellationToken);
        if (row?.UserGuid is not null) return Pages.Done(texts, row);
        if (row is null || row.Error.Length > 0 || signIns.Open(row) is not { } memory)
        {
            return Pages.Failed(texts, texts.Gone, 410);
        }

        var cookie = BrowserCookie.Give(context, state, memory.PublicUrl);
        var mode = settings.Get(SignInSettings.Key).ConfirmDevice;
        var isSamePlace = memory.Address.Length > 0
            && memory.Address == context.Connection.RemoteIpAddress?.ToString();
        return mode == DeviceConfirmation.OtherAddress && isSamePlace
            ? await GoAsync(new Going(context, db, row, memory, state, cookie), signIns, flow, logs, cancellationToken)
            : Pages.Confirm(texts, row, memory, state, BrowserCookie.Proof(cookie));
    }

    public static async Task<IResult> ConfirmAsync(
        HttpContext context, HawserDb db, BrowserSignIns signIns, ProviderFlow flow, ILoggerFactory logs,
        CancellationToken cancellationToken)
    {
        var texts = PageTexts.For(context);
        var form = await FormReader.ReadAsync(context);
        var state = form?.GetValueOrDefault("c").ToString() ?? "";
        var row = await signIns.FindAsync(db, state, cancellationToken);
        if (row is null || row.Error.Length > 0 || row.UserGuid is not null || signIns.Open(row) is not { } memory)
        {
            return Pages.Failed(texts, texts.Gone, 410);
        }

        if (BrowserCookie.Read(context, state) is not { } cookie
            || !BrowserSignIns.Same(BrowserCookie.Proof(cookie), form!.GetValueOrDefault("proof").ToString()))
        {
            return Pages.Failed(texts, texts.OtherBrowser, 403);
        }

        if (form!.GetValueOrDefault("do").ToString() != "continue")
        {
            await BrowserSignIns.FailAsync(db, row, PageTexts.English.Cancelled, cancellationToken);
            return Pages.Failed(texts, texts.Cancelled, 200);
        }

        return await GoAsync(
            new Going(context, db, row, memory, state, cookie), signIns, flow, logs, cancellationToken);
    }

    private static async Task<IResult> GoAsync(
        Going going, BrowserSignIns signIns, ProviderFlow flow, ILoggerFactory logs,
        CancellationToken cancellationToken)
    {
        var texts = PageTexts.For(going.Context);
        if (signIns.Provider(going.Row.Provider) is not { } provider) return Pages.Failed(texts, texts.Gone, 410);
        var trip = new Trip(going.Memory.PublicUrl + SignInApi.CallbackPath, Secrets.NewHandle(), Secrets.NewHandle());
        var memory = going.Memory with { Trip = trip, Cookie = BrowserCookie.Mark(going.Cookie) };
        string url;
        try
        {
            url = await flow.AuthorizeUrlAsync(provider, trip, going.State, cancellationToken);
        }
        catch (ProviderFault e)
        {
            // The person may try again on the same page: the device goes on polling.
            Log.Unreachable(logs.CreateLogger(typeof(StartEndpoint)), provider.Name, e.Message);
            return Pages.Failed(texts, texts.Unreachable, 502);
        }

        return await signIns.DepartAsync(going.Db, going.Row, memory, cancellationToken)
            ? new SeeOther(url) : Pages.Failed(texts, texts.Gone, 410);
    }

    /// <summary>What it takes to send a browser to the provider.</summary>
    private sealed record Going(
        HttpContext Context, HawserDb Db, BrowserSignIn Row, Memory Memory, string State, string Cookie);

    private static partial class Log
    {
        [LoggerMessage(6105, LogLevel.Warning, "The sign-in provider {Provider} can't be used: {Reason}")]
        internal static partial void Unreachable(ILogger logger, string provider, string reason);
    }
}

/// <summary>A redirect that is always a GET, and tells nobody where it came from.</summary>
internal sealed class SeeOther(string url) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status303SeeOther;
        response.Headers.Location = url;
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        return Task.CompletedTask;
    }
}
