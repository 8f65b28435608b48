using Hawser.Api.Accounts.Forgotten;
using Hawser.Api.Accounts.SignIn.Browser;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts;

/// <summary>Where the link of an invitation leads; one that ended can be asked for again there, once.</summary>
internal static class InvitationPage
{
    public static async Task<IResult> ShowAsync(
        HttpContext context, HawserDb db, Invitations invitations, CancellationToken cancellationToken)
    {
        var code = context.Request.Query["code"].ToString();
        var words = WordsFor(context, code);
        if (await invitations.FindAsync(db, code, cancellationToken) is { } user)
        {
            return PasswordPages.Form(words, user, code, null);
        }

        var again = await invitations.FindEndedAsync(db, code, cancellationToken) is null ? "" : code;
        return PasswordPages.Gone(words, again);
    }

    public static async Task<IResult> AcceptAsync(
        HttpContext context, HawserDb db, Invitations invitations, AccountRules rules,
        CancellationToken cancellationToken)
    {
        var form = await FormReader.ReadAsync(context) ?? [];
        var code = form.GetValueOrDefault("code").ToString();
        var words = WordsFor(context, code);
        var ended = form.GetValueOrDefault("again_code").ToString();
        if (ended.Length > 0)
        {
            return await invitations.AgainAsync(db, ended, cancellationToken)
                ? PasswordPages.Sent(words) : PasswordPages.Gone(words);
        }

        if (await invitations.FindAsync(db, code, cancellationToken) is not { } user) return PasswordPages.Gone(words);
        var password = form.GetValueOrDefault("password").ToString();
        var again = form.GetValueOrDefault("again").ToString();
        if (PasswordPages.Complaint(words, user, password, again, rules.Policy) is { } complaint)
        {
            return PasswordPages.Form(words, user, code, complaint);
        }

        // Ends the invitation too.
        var (done, error) = await rules.SetPasswordAsync(user.Guid, password, null, cancellationToken);
        return done is null ? PasswordPages.Form(words, user, code, error)
            : PasswordPages.Done(done.Status == UserStatus.Normal ? words : words.Awaiting);
    }

    // Nobody invited who registered: it is no administrator who mails another link.
    private static PasswordWords WordsFor(HttpContext context, string code) =>
        code.StartsWith(Invitations.OfRegistration, StringComparison.Ordinal)
            ? PasswordWords.Registered(context) : PasswordWords.Invited(context);
}
