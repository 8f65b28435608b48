using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Console.SignIn;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.Registration;

/// <summary><c>POST /api/console/sign-in/register</c>: somebody asks for an account.</summary>
internal static class RegisterEndpoint
{
    private const int LongestName = 128;

    public static async Task<IResult> HandleAsync(
        HttpContext context, Registrations registrations, SettingsStore settings)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.RegisterBody);
        if (body.Value is not { } given) return body.Error!;
        var way = registrations.Way;
        if (way.Length == 0) return Problem.Conflict("Nobody can register here.", "registration_off");
        var wish = new Registrations.Wish(
            (given.Name ?? "").Trim(), (given.Email ?? "").Trim(), given.Password ?? "",
            context.Connection.RemoteIpAddress);
        if (Complaint(way, wish, settings) is { } complaint) return complaint;
        var wait = registrations.Ask(wish);
        return wait <= TimeSpan.Zero ? ClientResults.EmptyObject
            : new Problem(429, "slow_down", "Too many attempts, please wait.")
            {
                RetryAfter = (int)Math.Ceiling(wait.TotalSeconds),
            };
    }

    // Of what was typed alone; nothing here may depend on which accounts there are.
    private static Problem? Complaint(string way, Registrations.Wish wish, SettingsStore settings)
    {
        if (way == Registrations.ByMail)
        {
            var email = AccountNames.EmailComplaint(wish.Email) ?? AccountNames.Complaint(wish.Email);
            if (email is not null) return Problem.Wrong("email", "bad_email", email);
            if (!settings.Get(RegistrationSettings.Key).Takes(wish.Email))
            {
                return Problem.Wrong("email", "domain_not_taken", "Only some domains can register here.");
            }

            return wish.Name.Length <= LongestName ? null : Problem.Wrong("name", "bad_name", "The name is too long.");
        }

        if (AccountNames.Complaint(wish.Name) is { } name) return Problem.Wrong("name", "bad_name", name);
        return PasswordPolicy.Complaint(wish.Name, wish.Password, settings.Get(AccountSettings.Key)) is { } password
            ? Problem.Wrong("password", "bad_password", password) : null;
    }
}
