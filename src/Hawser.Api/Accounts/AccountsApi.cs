using Hawser.Api.Accounts.Admin;
using Hawser.Api.Accounts.Client;
using Hawser.Api.Accounts.Forgotten;
using Hawser.Api.Accounts.Identity;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Accounts.Registration;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Hawser.Api.Accounts;

/// <summary>Logging in and out, and who one is.</summary>
internal static class AccountsApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<PasswordWork>();
        services.AddSingleton<FirstRows>();
        services.AddSingleton<ConsoleHours>();
        services.AddSingleton<AccountEvents>();
        services.AddHostedService<AccountWatch>();
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<LoginAlarms>();
        services.AddSingleton<SecondFactor>();
        services.AddSingleton<SignInAddresses>();
        services.AddSingleton<LockoutGuard>();
        services.AddSingleton<SettingGuard>(s => s.GetRequiredService<LockoutGuard>().CheckAsync);
        services.AddSingleton<MailboxProof>();
        services.AddSingleton<LoginCompletion>();
        services.AddSingleton<LoginRules>();
        services.AddSingleton<Invitations>();
        services.AddSingleton<SettingGuard>(RegistrationGuard.CheckAsync);
        services.AddSingleton<Registrations>();
        services.AddHostedService(s => s.GetRequiredService<Registrations>());
        services.AddSingleton<ForgottenPasswords>();
        services.AddHostedService(s => s.GetRequiredService<ForgottenPasswords>());
        services.AddSingleton<JobKind, UserImportJob>();
        UserJobsEndpoint.Add(services);
        AddIdentity(services);
    }

    // ASP.NET Core Identity over our own rows; its cookies and pages are not used.
    private static void AddIdentity(IServiceCollection services)
    {
        services.AddSingleton<ILookupNormalizer, NameNormalizer>();
        services.AddSingleton<IPasswordHasher<User>, Argon2Hasher>();
        services.AddSingleton<AuthenticatorProvider>();
        services.AddIdentityCore<User>(options =>
        {
            var authenticator = options.Tokens.AuthenticatorTokenProvider;
            options.Tokens.ProviderMap[authenticator] = new TokenProviderDescriptor(typeof(AuthenticatorProvider));
        }).AddUserManager<UserDesk>().AddUserStore<UserStore>();
        // After AddIdentityCore: what it adds beside ours asks for other rules.
        services.RemoveAll<IUserValidator<User>>();
        services.RemoveAll<IPasswordValidator<User>>();
        services.AddSingleton<IUserValidator<User>, AccountValidator>();
        services.AddSingleton<IPasswordValidator<User>, AccountValidator>();
        services.AddScoped<IPasskeyHandler<User>, PasskeyHandler<User>>();
        services.AddScoped<AccountRules>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/login", LoginEndpoint.HandleAsync).ForAnybody()
            .WithSummary("Logs in with a password, and finishes a login with a code.")
            .Reads<LoginRequest>(LoginEndpoint.Example).Answers<LoginReply>().OrError();
        routes.MapPost("/api/logout", LogoutEndpoint.HandleAsync).ForAnybody()
            .WithSummary("Ends the token it comes with; always succeeds.").ReadsNothing().AnswersEmptyObject();
        routes.MapPost("/api/currentUser", CurrentUserEndpoint.HandleAsync).ForUsers()
            .WithSummary("The user whose token this is.").ReadsNothing().Answers<UserObject>();
        routes.MapGet(Invitations.Path, InvitationPage.ShowAsync).ForAnybody()
            .WithSummary("The page on which somebody who was invited chooses a password.")
            .Query("code", "From the mail.").Answers("text/html");
        routes.MapPost(Invitations.Path, InvitationPage.AcceptAsync).ForAnybody()
            .WithSummary("Sets the password of somebody who was invited.").ReadsForm().Answers("text/html");
        routes.MapGet(ForgottenPasswords.Path, ForgottenPage.ShowAsync).ForAnybody()
            .WithSummary("The page on which somebody who forgot the password chooses another.")
            .Query("code", "From the mail.").Answers("text/html");
        routes.MapPost(ForgottenPasswords.Path, ForgottenPage.ChooseAsync).ForAnybody()
            .WithSummary("Sets that password; every sign-in of the account ends.").ReadsForm().Answers("text/html");
        UsersAdmin.Map(routes);
        UsersBulk.Map(routes);
        UsersDeleted.Map(routes);
        UserJobsEndpoint.Map(routes);
        UsersImport.Map(routes);
        UserEdits.Map(routes);
        UserSecurity.Map(routes);
        UserUnlock.Map(routes);
        FactorUse.Map(routes);
        TokensAdmin.Map(routes);
    }
}
