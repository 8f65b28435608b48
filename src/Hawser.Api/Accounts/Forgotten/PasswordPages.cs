using System.Globalization;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Accounts.SignIn.Browser;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Accounts.Forgotten;

/// <summary>
/// Where a mailed link leads on which somebody chooses a password: plain HTML, because whoever follows it has no
/// console yet. Showing it changes nothing, so mail scanners that open links do no harm.
/// </summary>
internal static class PasswordPages
{
    /// <summary>The two fields.</summary>
    /// <param name="words">In which language, and for whom.</param>
    /// <param name="user">Whose password.</param>
    /// <param name="code">The link's secret.</param>
    /// <param name="complaint">What was wrong with what was sent; null: nothing was.</param>
    public static IResult Form(PasswordWords words, User user, string code, string? complaint)
    {
        var warning = complaint is null ? "" : $"<p role=\"alert\">{Pages.E(complaint)}</p>";
        return Pages.Of(complaint is null ? 200 : 400, words.Page, words.Title,
            $"<h1>{Pages.E(words.Title)}</h1><dl><dt>{Pages.E(words.Name)}</dt><dd>{Pages.E(user.Name)}</dd></dl>"
            + $"{warning}<form method=\"post\" action=\"?\">{Hidden("code", code)}"
            + $"<input type=\"hidden\" name=\"username\" autocomplete=\"username\" value=\"{Pages.E(user.Name)}\">"
            + Field("password", words, words.Password) + PasswordMeter.Html(words, user.Name)
            + Field("again", words, words.Again)
            + $"<button class=\"go\">{Pages.E(words.Go)}</button></form>", PasswordMeter.Script, PasswordMeter.Hash);
    }

    /// <summary>What is wrong with the two fields, as a sentence; null: nothing.</summary>
    public static string? Complaint(
        PasswordWords words, User user, string password, string again, AccountSettings policy) =>
        again != password ? words.Different : PasswordPolicy.Complaint(user.Name, password, policy);

    /// <summary>The password is chosen.</summary>
    public static IResult Done(PasswordWords words) =>
        Pages.Of(200, words.Page, words.Done, $"<h1>{Pages.E(words.Done)}</h1><p>{Pages.E(words.Next)}</p>");

    /// <summary>The link is void.</summary>
    /// <param name="words">In which language, and for whom.</param>
    /// <param name="again">The void link's secret, when another may be asked for with it; empty: no.</param>
    public static IResult Gone(PasswordWords words, string again = "")
    {
        var button = again.Length == 0 ? "" : $"<form method=\"post\" action=\"?\">{Hidden("again_code", again)}"
            + $"<button class=\"go\">{Pages.E(words.Another)}</button></form>";
        var text = again.Length == 0 ? words.Gone : words.Ended;
        return Pages.Of(400, words.Page, words.Title, $"<h1>{Pages.E(words.Title)}</h1><p>{Pages.E(text)}</p>{button}");
    }

    /// <summary>Another link was asked for.</summary>
    public static IResult Sent(PasswordWords words) =>
        Pages.Of(200, words.Page, words.Title, $"<h1>{Pages.E(words.Title)}</h1><p>{Pages.E(words.Sent)}</p>");

    private static string Hidden(string name, string value) =>
        $"<input type=\"hidden\" name=\"{name}\" value=\"{Pages.E(value)}\">";

    private static string Field(string name, PasswordWords words, string label) =>
        $"<label>{Pages.E(string.Format(CultureInfo.InvariantCulture, label, words.Least))}"
        + $"<input type=\"password\" name=\"{name}\" autocomplete=\"new-password\" required"
        + $" minlength=\"{words.Least}\" maxlength=\"{PasswordPolicy.MaximumLength}\"></label>";
}

/// <summary>The words of these pages.</summary>
internal sealed record PasswordWords(PageTexts Page)
{
    /// <summary>Of those who were invited.</summary>
    public static PasswordWords Invited(HttpContext context) => PageTexts.For(context) is { Language: "zh" } page
        ? Chinese(page, LeastOf(context)) : new(PageTexts.For(context)) { Least = LeastOf(context) };

    /// <summary>Of those who forgot theirs.</summary>
    public static PasswordWords Forgotten(HttpContext context) => PageTexts.For(context) is { Language: "zh" } page
        ? Chinese(page, LeastOf(context)) with
        {
            Title = "设置新密码", Done = "密码已更改", Next = "您在所有设备上的登录都已结束，现在可以使用新密码登录。",
            Gone = "此链接已被使用或已过期，请在登录页面重新申请。",
        }
        : new(PageTexts.For(context))
        {
            Least = LeastOf(context), Title = "Choose another password", Done = "Your password is changed",
            Next = "You are signed out everywhere, and can sign in with the new password now.",
            Gone = "This link has been used or has ended. Please ask for another one on the sign-in page.",
        };

    /// <summary>Of those who made their account themselves.</summary>
    public static PasswordWords Registered(HttpContext context)
    {
        var words = Invited(context);
        return words with
        {
            Gone = words.Page.Language == "zh"
                ? "此链接已被使用或已过期。如果您已用它设置过密码，请直接登录；否则请在登录页面重新注册。"
                : "This link has been used or has ended. If you have chosen a password with it, sign in; "
                    + "otherwise create the account once more on the sign-in page.",
        };
    }

    public string Title { get; init; } = "Choose your password";

    public string Name { get; init; } = "Name";

    public string Password { get; init; } = "Password (at least {0} characters)";

    /// <summary>How many characters a password has at least.</summary>
    public required int Least { get; init; }

    public string Short { get; init; } = "Too short.";

    public string IsName { get; init; } = "It is the name.";

    public string Simple { get; init; } = "Too simple: it has hardly different characters.";

    public string Weak { get; init; } = "Weak: it would be guessed soon.";

    public string Fair { get; init; } = "Fair.";

    public string Good { get; init; } = "Good.";

    public string Again { get; init; } = "The same once more";

    public string Go { get; init; } = "Save";

    public string Different { get; init; } = "The two passwords differ.";

    public string Done { get; init; } = "Your account is ready";

    public string Next { get; init; } = "You can log in with your name and this password now.";

    /// <summary>Of those who registered and can't sign in before somebody has switched the account on.</summary>
    public PasswordWords Awaiting => this with { Done = Waiting, Next = WaitingNext };

    public string Waiting { get; init; } = "Your address is confirmed";

    public string WaitingNext { get; init; } =
        "An administrator switches your account on. Then you can log in with your mail address and this password.";

    public string Gone { get; init; } =
        "This invitation has been used or has ended. Please ask your administrator for another one.";

    public string Ended { get; init; } = "This invitation has ended.";

    public string Another { get; init; } = "Mail me another one";

    public string Sent { get; init; } = "Another invitation is on its way to your mailbox.";

    private static int LeastOf(HttpContext context) => Math.Max(
        PasswordPolicy.MinimumLength,
        context.RequestServices.GetRequiredService<SettingsStore>().Get(AccountSettings.Key).PasswordLength);

    private static PasswordWords Chinese(PageTexts page, int least) => new(page)
    {
        Least = least,
        Title = "设置您的密码",
        Name = "名称",
        Password = "密码（至少 {0} 个字符）",
        Short = "太短。",
        IsName = "密码与名称相同。",
        Simple = "太简单：几乎没有不同的字符。",
        Weak = "弱：很快就会被猜到。",
        Fair = "一般。",
        Good = "强。",
        Again = "再次输入密码",
        Go = "保存",
        Different = "两次输入的密码不一致。",
        Done = "您的账户已就绪",
        Next = "现在可以使用您的名称和此密码登录。",
        Waiting = "您的邮箱已确认",
        WaitingNext = "管理员启用您的账户后，您即可使用邮箱和此密码登录。",
        Gone = "此邀请已被使用或已过期，请联系管理员重新邀请。",
        Ended = "此邀请已过期。",
        Another = "重新发送邀请邮件",
        Sent = "新的邀请正在发送到您的邮箱。",
    };
}
