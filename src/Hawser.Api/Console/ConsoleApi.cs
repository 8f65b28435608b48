using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.Registration;
using Hawser.Api.Console.Account;
using Hawser.Api.Console.Address;
using Hawser.Api.Console.Live;
using Hawser.Api.Console.Setup;
using Hawser.Api.Console.SignIn;
using Hawser.Api.Console.Views;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Console;

/// <summary>
/// What only the web console asks: signing in with a cookie, the setup, the own account, the live feed. What it shows
/// and changes of the fleet is the same API that scripts use.
/// </summary>
internal static class ConsoleApi
{
    private const string Prefix = "/api/console";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ConsoleSessions>();
        services.AddSingleton<SecondSteps>();
        services.AddSingleton<PasskeyStates>();
        services.AddSingleton<LiveStream>();
        services.AddSingleton<Attention>();
        services.AddSingleton<ProxyDesk>();
        services.AddSingleton<ConsoleFiles>();
        services.AddScoped<Proofs>();
        services.AddSingleton<OwnScopes>();
        services.Configure<IdentityPasskeyOptions>(options =>
        {
            // It stands for both factors, and no name is typed.
            options.UserVerificationRequirement = "required";
            options.ResidentKeyRequirement = "required";
        });
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapOpen(routes);
        routes.MapGet(Prefix + "/me", MeEndpoint.HandleAsync).ForUsers()
            .WithSummary("Who one is, what one may do, and the proof that goes with every change.").Answers<Me>();
        routes.MapGet(Prefix + "/overview", OverviewEndpoint.HandleAsync).ForUsers()
            .WithSummary("What Home shows.").Answers<Overview>();
        routes.MapGet(Prefix + "/activity", ActivityEndpoint.HandleAsync).ForAdmins(Area.Setting, write: false)
            .WithSummary("How much was going on: devices, sessions and relays as lines over time.")
            .Query("range", "day, week or month.").Answers<ActivityReply>();
        routes.MapGet(Prefix + "/client-setup", OverviewEndpoint.ClientSetup).ForUsers()
            .WithSummary("What a client must be told to find this server.").Answers<ClientSetup>();
        MapServer(routes);
        routes.MapGet(Prefix + "/events", (
            HttpContext context, CurrentUser user, LiveStream stream, CancellationToken cancellationToken) =>
            stream.HandleAsync(context, user, cancellationToken)).ForUsers()
            .WithSummary("Hints that something changed, as server-sent events.").Answers("text/event-stream");
        AddressEndpoints.Map(routes);
        MapSetup(routes);
        MapAccount(routes);
        ViewsEndpoint.Map(routes);
    }

    // Only pages of this server get in: what they send begins with a header that others may not send.
    private static void MapOpen(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Prefix + "/start", SignInEndpoints.StartAsync).ForAnybody()
            .WithSummary("What the sign-in page needs to know.").Answers<StartReply>();
        SignsIn(routes.MapPost(Prefix + "/sign-in", SignInEndpoints.PasswordAsync))
            .WithSummary("Signs in to the console with a password.").Reads<PasswordBody>().Answers<SignInStep>();
        SignsIn(routes.MapPost(Prefix + "/sign-in/code", SignInEndpoints.CodeAsync))
            .WithSummary("The second step of that.").Reads<CodeBody>().Answers<SignInStep>();
        SignsIn(routes.MapPost(Prefix + "/sign-in/another", SignInEndpoints.AnotherAsync))
            .WithSummary("Sends a code as another way of the second step, or once more.")
            .Reads<AnotherWayBody>("""{"handle":"…","way":"email"}""").Answers<SignInStep>();
        Ours(routes.MapPost(Prefix + "/sign-in/forgotten", SignInEndpoints.ForgottenAsync))
            .WithSummary("Mails a link to somebody who forgot the password; the answer is the same for everybody.")
            .Reads<ForgottenBody>("""{"name":"mara"}""").AnswersEmptyObject();
        SignsIn(routes.MapPost(Prefix + "/sign-in/register", RegisterEndpoint.HandleAsync))
            .WithSummary("Asks for an account; the answer is the same whether there is one already or not.")
            .Reads<RegisterBody>("""{"email":"mara@example.com","name":"Mara"}""").AnswersEmptyObject();
        SignsIn(routes.MapPost(Prefix + "/sign-in/enrolment", SignInEndpoints.EnrolAsync))
            .WithSummary("Sets up an authenticator that somebody must have before being let in.")
            .Reads<EnrolmentBody>().Answers<SignInStep>();
        SignsIn(routes.MapPost(Prefix + "/sign-in/passkey/question", PasskeySignIn.AskAsync))
            .WithSummary("What to ask the browser for a passkey.").ReadsNothing().Answers<PasskeyQuestion>();
        SignsIn(routes.MapPost(Prefix + "/sign-in/passkey", PasskeySignIn.AnswerAsync))
            .WithSummary("Signs in with a passkey.").Reads<PasskeyBody>().Answers<SignInStep>();
        SignsIn(routes.MapPost(Prefix + "/sign-in/provider", ProviderSignIn.BeginAsync))
            .WithSummary("Begins to sign in through a provider; says where the browser goes.")
            .Reads<ProviderBody>().Answers<ProviderTrip>();
        SignsIn(routes.MapPost(Prefix + "/sign-in/provider/finish", ProviderSignIn.FinishAsync))
            .WithSummary("The browser is back from the provider.").ReadsNothing().Answers<SignInStep>();
        Ours(routes.MapPost(Prefix + "/sign-out", SignInEndpoints.OutAsync))
            .WithSummary("Ends the session of the browser.").ReadsNothing().Answers<SignInStep>();
        Ours(routes.MapPost(Prefix + "/setup/administrator", FirstAdmin.MakeAsync))
            .WithSummary("Makes the first administrator with the setup code that the server printed.")
            .Reads<FirstAdminBody>().Answers<SignInStep>();
    }

    // How the server itself is.
    private static void MapServer(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Prefix + "/health", HealthEndpoint.HandleAsync).ForAdmins(Area.Setting, write: false)
            .WithSummary("How each part of this server is and why, and what waits.").Answers<HealthReply>();
        routes.MapGet(Prefix + "/nodes", NodesEndpoint.HandleAsync).ForAdmins(Area.Setting, write: false)
            .WithSummary("The nodes on this database, as each wrote of itself.").Answers<IReadOnlyList<NodeItem>>();
        routes.MapPatch(Prefix + "/nodes/{guid:guid}", NodesEndpoint.ChangeAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true)
            .WithSummary("Keeps new work from a node, or gives it some again; what is going on goes on.")
            .Reads<NodePatch>("""{"draining":true}""").Answers<NodeItem>();
        routes.MapGet(Prefix + "/options", OptionsEndpoint.Handle).ForAdmins(Area.Setting, write: false)
            .WithSummary("The options that this node was started with, and where each was set.")
            .Answers<IReadOnlyList<OptionFact>>();
        StorageEndpoint.Map(routes, Prefix + "/storage");
    }

    private static void MapSetup(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Prefix + "/setup", SetupSteps.Show).ForAdmins(Area.Setting, write: false)
            .WithSummary("How far the setup got.").Answers<SetupState>();
        routes.MapPost(Prefix + "/setup/step", SetupSteps.GoOnAsync).ForAdmins(Area.Setting, write: true)
            .WithSummary("A step of the setup is done, or passed over.").Reads<SetupStepBody>().Answers<SetupState>();
        routes.MapPut(Prefix + "/setup/address", SetupSteps.AddressAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true)
            .WithSummary("Stores what clients and browsers call this server.")
            .Reads<SetupAddress>().Answers<SetupState>();
        routes.MapPut(Prefix + "/setup/access", SetupSteps.AccessAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true)
            .WithSummary("Stores who may connect.").Reads<SetupAccess>().Answers<SetupState>();
        routes.MapPut(Prefix + "/setup/mail", SetupSteps.MailAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true)
            .WithSummary("Stores the mail server.").Reads<SetupMail>().Answers<SetupState>();
        // The same under two names: for the wizard, and for the page of settings and scripts.
        foreach (var path in new[] { Prefix + "/setup/mail/test", "/api/mail/test" })
        {
            routes.MapPost(path, SetupSteps.TestMailAsync).ForAdmins(Area.Setting, write: true)
                .WithSummary("Sends a mail with the stored settings and says what the mail server answered.")
                .Reads<MailTestBody>("""{"to":"mara@example.com"}""").Answers<MailTestReply>();
        }
    }

    private static void MapAccount(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Prefix + "/step-up/question", StepUpEndpoint.AskAsync).ForUsers()
            .WithSummary("What to ask the browser for a passkey.").ReadsNothing().Answers<PasskeyQuestion>();
        routes.MapPost(Prefix + "/step-up", StepUpEndpoint.HandleAsync).ForUsers()
            .WithSummary("Proves again who is at the console.").Reads<StepUpBody>().Answers<SignInStep>();
        routes.MapGet(Prefix + "/account/security", AccountEndpoints.SecurityAsync).ForUsers()
            .WithSummary("The own passkeys and sign-ins.").Answers<SecurityReply>();
        routes.MapDelete(Prefix + "/account/sessions/{guid:guid}", AccountEndpoints.EndSessionAsync).ForUsers()
            .WithSummary("Ends one of the own sign-ins.").ReadsNothing().AnswersEmptyObject();
        routes.MapPost(Prefix + "/account/sessions/end-others", AccountEndpoints.EndOthersAsync).ForUsers()
            .WithSummary("Ends all of the own sign-ins but this one.").ReadsNothing().AnswersEmptyObject();
        routes.MapPatch(Prefix + "/account/profile", AccountEndpoints.ProfileAsync).ForUsers()
            .WithSummary("Changes the own name and mail address.").Reads<ProfileChange>().AnswersEmptyObject();
        routes.MapPut(Prefix + "/account/password", AccountEndpoints.PasswordAsync).AfterStepUp().ForUsers()
            .WithSummary("Sets another password.").Reads<PasswordChange>().AnswersEmptyObject();
        routes.MapPost(Prefix + "/account/totp/offer", AccountEndpoints.OfferTotpAsync).AfterStepUp().ForUsers()
            .WithSummary("Offers an authenticator.").ReadsNothing().Answers<TotpQuestion>();
        routes.MapPost(Prefix + "/account/totp", AccountEndpoints.ConfirmTotpAsync).AfterStepUp().ForUsers()
            .WithSummary("Takes the first code of an authenticator.").Reads<TotpAnswer>().Answers<CodesReply>();
        routes.MapDelete(Prefix + "/account/totp", FactorEndpoints.RemoveTotpAsync).AfterStepUp().ForUsers()
            .WithSummary("Switches the own authenticator off, against one of its codes or a recovery code.")
            .Reads<FactorCode>().AnswersEmptyObject();
        routes.MapPost(Prefix + "/account/totp/codes", AccountEndpoints.RenewCodesAsync).AfterStepUp().ForUsers()
            .WithSummary("Makes other recovery codes.").ReadsNothing().Answers<CodesReply>();
        routes.MapPost(Prefix + "/account/passkeys/question", PasskeyEndpoints.AskAsync).AfterStepUp().ForUsers()
            .WithSummary("What to ask the browser for a new passkey.").ReadsNothing().Answers<PasskeyQuestion>();
        routes.MapPost(Prefix + "/account/passkeys", PasskeyEndpoints.AddAsync).AfterStepUp().ForUsers()
            .WithSummary("Keeps a new passkey.").Reads<PasskeyBody>().AnswersEmptyObject();
        routes.MapPatch(Prefix + "/account/passkeys/{id}", PasskeyEndpoints.RenameAsync).ForUsers()
            .WithSummary("Calls a passkey something else.").Reads<PasskeyName>().AnswersEmptyObject();
        routes.MapDelete(Prefix + "/account/passkeys/{id}", PasskeyEndpoints.RemoveAsync).AfterStepUp().ForUsers()
            .WithSummary("Removes a passkey.").ReadsNothing().AnswersEmptyObject();
        routes.MapPost(Prefix + "/account/email-codes/question", FactorEndpoints.AskMailboxAsync).AfterStepUp()
            .ForUsers().WithSummary("Mails a code, for switching codes by mail on or off.").ReadsNothing()
            .Answers<MailboxQuestion>();
        routes.MapPut(Prefix + "/account/email-codes", FactorEndpoints.EmailCodesAsync).AfterStepUp().ForUsers()
            .WithSummary("Switches codes by mail on or off, against a mailed code.")
            .Reads<EmailCodesChange>().AnswersEmptyObject();
        routes.MapDelete(Prefix + "/account/trusted/{guid:guid}", FactorEndpoints.DistrustAsync).ForUsers()
            .WithSummary("Asks a browser or device for the mailed code again.").ReadsNothing().AnswersEmptyObject();
        routes.MapPatch(Prefix + "/account/preferences", PreferencesEndpoint.HandleAsync).ForUsers()
            .WithSummary("Changes how the console looks and behaves for the caller; what is not named stays.")
            .Reads<Preferences>(Preferences.Example).Answers<Preferences>();
        OwnTokens.Map(routes, Prefix + "/account/tokens");
        OwnData.Map(routes, Prefix + "/account/data");
    }

    // What leads to a session: only from where people may sign in.
    private static RouteHandlerBuilder SignsIn(RouteHandlerBuilder route) => Ours(route.AddEndpointFilter(
        static async (context, next) =>
        {
            var http = context.HttpContext;
            var addresses = http.RequestServices.GetRequiredService<SignInAddresses>();
            return await addresses.AdmitAsync(
                BrowserNames.Of(http.Request.Headers.UserAgent.ToString()).Browser, http.Connection.RemoteIpAddress,
                http.RequestAborted) ? await next(context) : SignInAddresses.Refusal;
        }));

    private static RouteHandlerBuilder Ours(RouteHandlerBuilder route) => route.AddEndpointFilter(
        static async (context, next) => SignInEndpoints.IsOurs(context.HttpContext)
            ? await next(context) : SignInEndpoints.Elsewhere).ForAnybody();
}
