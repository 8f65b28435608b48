using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.SignIn.Browser;

/// <summary>The words of the few pages that a browser sees, in the language it asks for.</summary>
internal sealed record PageTexts
{
    public required string Language { get; init; }

    public required string ConfirmTitle { get; init; }

    public required string ConfirmQuestion { get; init; }

    public required string ConfirmWarning { get; init; }

    public required string DeviceId { get; init; }

    public required string DeviceName { get; init; }

    public required string System { get; init; }

    public required string Address { get; init; }

    public required string Continue { get; init; }

    public required string Cancel { get; init; }

    public required string Device { get; init; }

    public required string DoneTitle { get; init; }

    public required string DoneText { get; init; }

    public required string FailedTitle { get; init; }

    public required string Gone { get; init; }

    public required string Cancelled { get; init; }

    public required string OtherBrowser { get; init; }

    public required string Unreachable { get; init; }

    public required string NotVerified { get; init; }

    public static PageTexts English { get; } = new()
    {
        Language = "en",
        ConfirmTitle = "Sign in on this device?",
        ConfirmQuestion = "This device asks to be signed in with your account:",
        ConfirmWarning = "Continue only if you have just pressed the sign-in button on it yourself. "
            + "If somebody sent you the link to this page, cancel.",
        DeviceId = "ID",
        DeviceName = "Name",
        System = "System",
        Address = "Address",
        Continue = "Continue with {0}",
        Cancel = "Cancel",
        Device = "Device",
        DoneTitle = "You are signed in",
        DoneText = "You can return to the app, and close this page.",
        FailedTitle = "Sign-in failed",
        Gone = "This sign-in is over. Please begin again in the app.",
        Cancelled = "The sign-in was cancelled.",
        OtherBrowser =
            "The sign-in was begun in another browser, or this one keeps no cookies. Please begin again in the app.",
        Unreachable = "The sign-in service can't be reached at the moment. Please try again in a minute.",
        NotVerified = "The answer of the sign-in service could not be verified. Please tell your administrator.",
    };

    public static PageTexts Chinese { get; } = new()
    {
        Language = "zh",
        ConfirmTitle = "要在此设备上登录吗？",
        ConfirmQuestion = "以下设备请求使用您的账户登录：",
        ConfirmWarning = "仅当您刚才在该设备上亲自点击了登录按钮时才继续。如果是别人把此页面的链接发给您，请取消。",
        DeviceId = "ID",
        DeviceName = "名称",
        System = "系统",
        Address = "地址",
        Continue = "使用 {0} 继续",
        Cancel = "取消",
        Device = "设备",
        DoneTitle = "登录成功",
        DoneText = "您可以返回应用，并关闭此页面。",
        FailedTitle = "登录失败",
        Gone = "此登录请求已失效，请在应用中重新开始。",
        Cancelled = "登录已取消。",
        OtherBrowser = "登录是在另一个浏览器中开始的，或者此浏览器不保存 Cookie。请在应用中重新开始。",
        Unreachable = "目前无法连接登录服务，请稍后再试。",
        NotVerified = "无法验证登录服务的应答，请联系管理员。",
    };

    /// <summary>The language of a request: the first of its wishes that is one of ours.</summary>
    public static PageTexts For(HttpContext context)
    {
        foreach (var wish in context.Request.Headers.AcceptLanguage.ToString().Split(',', 8))
        {
            var tag = wish.Trim();
            if (tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase)) return Chinese;
            if (tag.StartsWith("en", StringComparison.OrdinalIgnoreCase)) return English;
        }

        return English;
    }
}
