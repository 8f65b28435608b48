using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Notifications.Admin;

/// <summary>
/// <c>/api/mail/texts</c>: every mail that the server writes, in each language, with made-up values; and the words of
/// it, which may be others than ours. Plain text with placeholders.
/// </summary>
internal static class MailTexts
{
    private const string Path = "/api/mail/texts";
    private const string One = Path + "/{notice}/{language}";
    private const string Example = """{"subject":"Your code: {code}","body":"{name}, your code is {code}."}""";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, List).ForAdmins(Area.Setting, write: false)
            .WithSummary("The mails that the server writes, in each language, filled with made-up values.")
            .Answers<IReadOnlyList<MailText>>();
        routes.MapPost(One + "/preview", PreviewAsync).ForAdmins(Area.Setting, write: false)
            .WithSummary("A mail in other words, filled with made-up values; nothing is kept.")
            .Reads<MailWords>(Example).Answers<MailText>();
        routes.MapPut(One, PutAsync).AfterStepUp().ForAdmins(Area.Setting, write: true)
            .WithSummary("Writes a mail in other words from now on.").Reads<MailWords>(Example).Answers<MailText>();
        routes.MapDelete(One, ResetAsync).AfterStepUp().ForAdmins(Area.Setting, write: true)
            .WithSummary("Writes a mail in our words again.").ReadsNothing().Answers<MailText>();
    }

    private static IResult List(SettingsStore settings)
    {
        var own = settings.Get(NotificationSettings.Texts);
        IReadOnlyList<MailText> all =
        [
            .. Enum.GetValues<Notice>().SelectMany(
                notice => MailTextSettings.Languages.Select(language => Of(notice, language, own))),
        ];
        return ClientResults.Json(all, MailTextsJson.Default.IReadOnlyListMailText);
    }

    private static async Task<IResult> PreviewAsync(HttpContext context, string notice, string language)
    {
        var (text, error) = await ReadAsync(context, notice, language);
        if (text is null) return error!;
        return Answer(Of(MailTextSettings.NoticeOf(notice)!.Value, language, new MailTextSettings { Texts = [text] }));
    }

    private static async Task<IResult> PutAsync(
        HttpContext context, string notice, string language, HawserDb db, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (text, error) = await ReadAsync(context, notice, language);
        return text is null ? error!
            : await StoreAsync(context, (notice, language, text), db, settings, log, cancellationToken);
    }

    private static async Task<IResult> ResetAsync(
        HttpContext context, string notice, string language, HawserDb db, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken) => Find(notice, language) is null ? Problem.NotFound("mail")
        : await StoreAsync(context, (notice, language, null), db, settings, log, cancellationToken);

    private static async Task<IResult> StoreAsync(
        HttpContext context, (string Notice, string Language, OwnText? Text) now, HawserDb db, SettingsStore settings,
        ConsoleLog log, CancellationToken cancellationToken)
    {
        // What another node stored a moment ago stays.
        await settings.ReloadAsync(cancellationToken);
        var before = settings.Get(NotificationSettings.Texts);
        var rest = before.Texts.Where(t => (t.Notice, t.Language) != (now.Notice, now.Language));
        var after = new MailTextSettings { Texts = [.. rest, .. now.Text is null ? [] : (OwnText[])[now.Text]] };
        if (settings.Refusal(NotificationSettings.Texts, after) is { } refusal) return refusal;
        log.Add(
            db, context, ConsoleOperation.ChangeSetting, NotificationSettings.Texts.Name,
            ("members", $"{now.Notice} ({now.Language})"), ("after", now.Text is null ? "" : now.Text.Subject));
        await db.SaveChangesAsync(cancellationToken);
        await settings.SetAsync(NotificationSettings.Texts, after, cancellationToken);
        return Answer(Of(MailTextSettings.NoticeOf(now.Notice)!.Value, now.Language, after));
    }

    private static Notice? Find(string notice, string language) =>
        MailTextSettings.Languages.Contains(language) ? MailTextSettings.NoticeOf(notice) : null;

    private static async Task<(OwnText? Text, IResult? Error)> ReadAsync(
        HttpContext context, string notice, string language)
    {
        if (Find(notice, language) is not { } which) return (null, Problem.NotFound("mail"));
        var (body, error) = await OwnBody.ReadAsync(context, MailTextsJson.Default.MailWords, MaximumRequest);
        if (body is null) return (null, error);
        var text = new OwnText
        {
            Notice = notice, Language = language, Subject = (body.Subject ?? "").Trim(),
            Body = (body.Body ?? "").ReplaceLineEndings("\n").Trim(),
        };
        foreach (var (field, complaint) in MailTextSettings.Complaints(which, text))
        {
            return (null, Problem.Invalid(complaint, field));
        }

        return (text, null);
    }

    private const int MaximumRequest = 64 << 10;

    private static IResult Answer(MailText text) => ClientResults.Json(text, MailTextsJson.Default.MailText);

    private static MailText Of(Notice notice, string language, MailTextSettings own)
    {
        var alarm = AlarmTexts.NameOf(AlarmTexts.BackupFailed, language == "zh");
        var words = NoticeTexts.WordsOf(notice, language, own);
        var (subject, body) = NoticeTexts.Fill(words, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = "Mara", ["device"] = "PC-042", ["code"] = "123456", ["info"] = "…", ["count"] = "2",
            ["url"] = "https://hawser.example.com/…", ["time"] = "2026-03-02 10:30:00", ["alarm"] = alarm,
            ["alarms"] = $"2026-03-02 10:30:00 UTC  {alarm}\n2026-03-02 10:31:00 UTC  {alarm}",
        });
        return new MailText(MailTextSettings.WordOf(notice), language, subject, body)
        {
            Words = new MailWords(words.Subject, words.Body),
            IsOwn = own.Find(notice, language) is not null,
            Placeholders = NoticeTexts.PlaceholdersOf(notice),
        };
    }
}

/// <summary>A mail as it would be written.</summary>
/// <param name="Notice">What it is about.</param>
/// <param name="Language">en or zh.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Body">Its text.</param>
internal sealed record MailText(string Notice, string Language, string Subject, string Body)
{
    /// <summary>The same with placeholders, as it is edited.</summary>
    public required MailWords Words { get; init; }

    /// <summary>Somebody wrote it anew; else the words are ours.</summary>
    public required bool IsOwn { get; init; }

    /// <summary>What may stand in braces.</summary>
    public required IReadOnlyList<string> Placeholders { get; init; }
}

/// <summary>The words of a mail, with placeholders in braces.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Body">Plain text.</param>
internal sealed record MailWords(string? Subject, string? Body);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<MailText>))]
[JsonSerializable(typeof(MailText))]
[JsonSerializable(typeof(MailWords))]
internal sealed partial class MailTextsJson : JsonSerializerContext;
