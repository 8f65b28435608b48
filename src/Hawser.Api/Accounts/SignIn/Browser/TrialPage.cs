using System.Text;
using Hawser.Api.Accounts.SignIn.Provider;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.SignIn.Browser;

/// <summary>What an administrator sees who tried a provider: what it said of the person, and what that means
/// here.</summary>
internal static class TrialPage
{
    /// <summary>It worked.</summary>
    public static IResult Worked(PageTexts texts, ExternalPerson person, ExternalSource source, AccountPlan plan)
    {
        var words = texts.Language == "zh" ? Words.Chinese : Words.English;
        var admin = source.IsAdmin(person);
        var html = new StringBuilder($"<h1>{Pages.E(words.Title)}</h1><p>{Pages.E(words.Nobody)}</p><dl>");
        foreach (var (name, value) in new[]
        {
            (words.Subject, person.Subject),
            (words.Login, person.LoginName),
            (words.Name, person.DisplayName),
            (words.Mail, person.Email.Length == 0 ? "" : $"{person.Email} "
                + (person.EmailIsVerified ? words.Verified : words.NotVerified)),
            (words.Groups, person.Groups is { } groups ? string.Join(", ", groups)
                : person.GroupsAreElsewhere ? words.ManyGroups : words.NoGroups),
            (words.Account, Outcome(words, person, source, plan)),
            (words.Group, source.GroupOf(person) ?? words.Unchanged),
            (words.Roles, string.Join(", ", source.RolesOf(person))),
            (words.Admin, admin is { } told ? told ? words.Yes : words.No : words.Unchanged),
        })
        {
            html.Append($"<dt>{Pages.E(name)}</dt><dd>{Pages.E(value.Length > 0 ? value : "–")}</dd>");
        }

        return Pages.Of(200, texts, words.Title, html.Append("</dl>").ToString());
    }

    /// <summary>It did not; here the reason is told.</summary>
    public static IResult Failed(PageTexts texts, string why)
    {
        var words = texts.Language == "zh" ? Words.Chinese : Words.English;
        return Pages.Of(
            200, texts, words.Failed,
            $"<h1>{Pages.E(words.Failed)}</h1><p>{Pages.E(words.Nobody)}</p><p>{Pages.E(why)}</p>");
    }

    private static string Outcome(Words words, ExternalPerson person, ExternalSource source, AccountPlan plan) =>
        source.Refusal(person) is { } refusal ? words.Refused + refusal
            : plan.New.Count > 0 ? words.Made : plan.Linked > 0 ? words.Linked : plan.Left > 0 ? words.None
            : words.Known;

    private sealed record Words
    {
        public required string Title { get; init; }

        public required string Failed { get; init; }

        public required string Nobody { get; init; }

        public required string Subject { get; init; }

        public required string Login { get; init; }

        public required string Name { get; init; }

        public required string Mail { get; init; }

        public required string Verified { get; init; }

        public required string NotVerified { get; init; }

        public required string Groups { get; init; }

        public required string NoGroups { get; init; }

        public required string ManyGroups { get; init; }

        public required string Account { get; init; }

        public required string Refused { get; init; }

        public required string Made { get; init; }

        public required string Linked { get; init; }

        public required string Known { get; init; }

        public required string None { get; init; }

        public required string Group { get; init; }

        public required string Roles { get; init; }

        public required string Admin { get; init; }

        public required string Unchanged { get; init; }

        public required string Yes { get; init; }

        public required string No { get; init; }

        public static Words English { get; } = new()
        {
            Title = "The provider works", Failed = "The provider does not work yet",
            Nobody = "This was a try: nobody was signed in, and nothing was changed. You may close this window.",
            Subject = "Identity there", Login = "Sign-in name", Name = "Name", Mail = "Mail address",
            Verified = "(verified)", NotVerified = "(not verified)", Groups = "Groups there",
            NoGroups = "it says nothing about groups", ManyGroups = "too many to be named: rights stay as they are",
            Account = "Account here",
            Refused = "would be refused: ", Made = "would be made", Linked = "one that is there would be linked",
            Known = "is linked already", None = "none: nobody may be made, or it is disabled",
            Group = "User group here", Roles = "Admin roles here", Admin = "Administrator here",
            Unchanged = "unchanged", Yes = "yes", No = "no",
        };

        public static Words Chinese { get; } = new()
        {
            Title = "登录服务可用", Failed = "登录服务尚不可用",
            Nobody = "这只是一次试用：没有登录任何人，也没有更改任何内容。您可以关闭此窗口。",
            Subject = "对方的身份标识", Login = "登录名", Name = "姓名", Mail = "邮箱", Verified = "（已验证）",
            NotVerified = "（未验证）", Groups = "对方的组", NoGroups = "未提供组信息", ManyGroups = "组过多，未列出：权限保持不变",
            Account = "此处的账户",
            Refused = "将被拒绝：", Made = "将会创建", Linked = "将关联已有的账户", Known = "已关联",
            None = "没有：不允许创建，或账户已停用", Group = "此处的用户组", Roles = "此处的管理角色",
            Admin = "此处的管理员", Unchanged = "不变", Yes = "是", No = "否",
        };
    }
}
