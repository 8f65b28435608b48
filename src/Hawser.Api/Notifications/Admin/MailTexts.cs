using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Notifications.Admin;

/// <summary>
/// <c>GET /api/mail/texts</c>: every mail that the server writes, in each language, with made-up values.
/// </summary>
internal static class MailTexts
{
    private static readonly string[] Languages = ["en", "zh"];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/mail/texts", List).ForAdmins(Area.Setting, write: false)
            .WithSummary("The mails that the server writes, in each language, filled with made-up values.")
            .Answers<IReadOnlyList<MailText>>();

    private static IResult List()
    {
        IReadOnlyList<MailText> all =
        [
            .. Enum.GetValues<Notice>().SelectMany(notice => Languages.Select(language => Of(notice, language))),
        ];
        return ClientResults.Json(all, MailTextsJson.Default.IReadOnlyListMailText);
    }

    private static MailText Of(Notice notice, string language)
    {
        var alarm = AlarmTexts.NameOf(AlarmTexts.BackupFailed, language == "zh");
        var (subject, body) = NoticeTexts.Fill(notice, language, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = "Mara", ["device"] = "PC-042", ["code"] = "123456", ["info"] = "…", ["count"] = "2",
            ["url"] = "https://hawser.example.com/…", ["time"] = "2026-03-02 10:30:00", ["alarm"] = alarm,
            ["alarms"] = $"2026-03-02 10:30:00 UTC  {alarm}\n2026-03-02 10:31:00 UTC  {alarm}",
        });
        return new MailText(WordOf(notice), language, subject, body);
    }

    private static string WordOf(Notice notice) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(notice.ToString());
}

/// <summary>A mail as it would be written.</summary>
/// <param name="Notice">What it is about.</param>
/// <param name="Language">en or zh.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Body">Its text.</param>
internal sealed record MailText(string Notice, string Language, string Subject, string Body);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<MailText>))]
internal sealed partial class MailTextsJson : JsonSerializerContext;
