using Hawser.Api.Accounts.SignIn.Browser;
using Hawser.Data;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.Forgotten;

/// <summary>Where the link of a forgotten password leads. Every sign-in of the account ends with it.</summary>
internal static class ForgottenPage
{
    public static async Task<IResult> ShowAsync(
        HttpContext context, HawserDb db, ForgottenPasswords forgotten, CancellationToken cancellationToken)
    {
        var words = PasswordWords.Forgotten(context);
        var code = context.Request.Query["code"].ToString();
        return await forgotten.FindAsync(db, code, cancellationToken) is { } user
            ? PasswordPages.Form(words, user, code, null) : PasswordPages.Gone(words);
    }

    public static async Task<IResult> ChooseAsync(
        HttpContext context, HawserDb db, ForgottenPasswords forgotten, AccountRules rules,
        CancellationToken cancellationToken)
    {
        var words = PasswordWords.Forgotten(context);
        var form = await FormReader.ReadAsync(context) ?? [];
        var code = form.GetValueOrDefault("code").ToString();
        if (await forgotten.FindAsync(db, code, cancellationToken) is not { } user) return PasswordPages.Gone(words);
        var password = form.GetValueOrDefault("password").ToString();
        var again = form.GetValueOrDefault("again").ToString();
        if (PasswordPages.Complaint(words, user, password, again, rules.Policy) is { } complaint)
        {
            return PasswordPages.Form(words, user, code, complaint);
        }

        // One of two that arrive together; the other finds nothing.
        if (!await ForgottenPasswords.UseAsync(db, code, cancellationToken)) return PasswordPages.Gone(words);
        forgotten.Chosen(db, user, context.Connection.RemoteIpAddress);
        var (done, error) = await rules.SetPasswordAsync(user.Guid, password, null, cancellationToken);
        return done is null ? PasswordPages.Form(words, user, code, error) : PasswordPages.Done(words);
    }
}
