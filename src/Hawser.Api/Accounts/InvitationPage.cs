using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Accounts.SignIn.Browser;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts;

/// <summary>
/// Where the link of an invitation leads: plain HTML, because whoever follows it has no console yet. Showing it changes
/// nothing, so mail scanners that open links do no harm.
/// </summary>
internal static class InvitationPage
{
    public static async Task<IResult> ShowAsync(
        HttpContext context, HawserDb db, Invitations invitations, CancellationToken cancellationToken)
    {
        var texts = Words.For(context);
        var code = context.Request.Query["code"].ToString();
        return await invitations.FindAsync(db, code, cancellationToken) is { } user
            ? Form(texts, user, code, null) : Gone(texts);
    }

    public static async Task<IResult> AcceptAsync(
        HttpContext context, HawserDb db, Invitations invitations, AccountRules rules,
        CancellationToken cancellationToken)
    {
        var texts = Words.For(context);
        var form = await FormReader.ReadAsync(context);
        var code = form?.GetValueOrDefault("code").ToString() ?? "";
        if (await invitations.FindAsync(db, code, cancellationToken) is not { } user) return Gone(texts);
        var password = form!.GetValueOrDefault("password").ToString();
        if (form!.GetValueOrDefault("again").ToString() != password) return Form(texts, user, code, texts.Different);
        if (PasswordPolicy.Complaint(user.Name, password) is { } complaint) return Form(texts, user, code, complaint);
        // Ends the invitation too.
        var (done, error) = await rules.SetPasswordAsync(user.Guid, password, null, cancellationToken);
        return done is null ? Form(texts, user, code, error)
            : Pages.Of(200, texts.Page, texts.Done, $"<h1>{Pages.E(texts.Done)}</h1><p>{Pages.E(texts.Next)}</p>");
    }

    private static IResult Gone(Words texts) =>
        Pages.Of(400, texts.Page, texts.Title, $"<h1>{Pages.E(texts.Title)}</h1><p>{Pages.E(texts.Gone)}</p>");

    private static IResult Form(Words texts, User user, string code, string? complaint)
    {
        var warning = complaint is null ? "" : $"<p role=\"alert\">{Pages.E(complaint)}</p>";
        return Pages.Of(complaint is null ? 200 : 400, texts.Page, texts.Title,
            $"<h1>{Pages.E(texts.Title)}</h1><dl><dt>{Pages.E(texts.Name)}</dt><dd>{Pages.E(user.Name)}</dd></dl>"
            + $"{warning}<form method=\"post\" action=\"?\">"
            + $"<input type=\"hidden\" name=\"code\" value=\"{Pages.E(code)}\">"
            + $"<input type=\"hidden\" name=\"username\" autocomplete=\"username\" value=\"{Pages.E(user.Name)}\">"
            + Field("password", texts.Password) + Field("again", texts.Again)
            + $"<button class=\"go\">{Pages.E(texts.Go)}</button></form>");
    }

    private static string Field(string name, string label) =>
        $"<label>{Pages.E(label)}<input type=\"password\" name=\"{name}\" autocomplete=\"new-password\" required"
        + $" minlength=\"{PasswordPolicy.MinimumLength}\" maxlength=\"{PasswordPolicy.MaximumLength}\"></label>";

    private sealed record Words(
        PageTexts Page, string Title, string Name, string Password, string Again, string Go, string Different,
        string Done, string Next, string Gone)
    {
        private static readonly Words English = new(
            PageTexts.English, "Choose your password", "Name", "Password (at least 8 characters)",
            "The same once more", "Save", "The two passwords differ.", "Your account is ready",
            "You can log in with your name and this password now.",
            "This invitation has been used or has ended. Please ask your administrator for another one.");

        private static readonly Words Chinese = new(
            PageTexts.Chinese, "设置您的密码", "名称", "密码（至少 8 个字符）", "再次输入密码", "保存", "两次输入的密码不一致。",
            "您的账户已就绪", "现在可以使用您的名称和此密码登录。", "此邀请已被使用或已过期，请联系管理员重新邀请。");

        public static Words For(HttpContext context) =>
            PageTexts.For(context).Language == "zh" ? Chinese : English;
    }
}
