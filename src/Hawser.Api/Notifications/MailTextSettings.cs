using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Api.Notifications;

/// <summary>What the server writes to people in other words than ours; plain text, as ours.</summary>
internal sealed record MailTextSettings
{
    internal const int MaximumSubject = 200;
    internal const int MaximumBody = 8000;

    internal static readonly string[] Languages = ["en", "zh"];

    /// <summary>The messages that somebody wrote anew.</summary>
    [JsonPropertyName("texts")]
    public IReadOnlyList<OwnText> Texts { get; init => field = value ?? []; } = [];

    /// <summary>The words for a message; null: ours.</summary>
    public OwnText? Find(Notice notice, string language)
    {
        var word = WordOf(notice);
        return Texts.FirstOrDefault(t => t.Notice == word && t.Language == language);
    }

    /// <summary>How a message is called in settings and requests.</summary>
    public static string WordOf(Notice notice) => JsonNamingPolicy.SnakeCaseLower.ConvertName(notice.ToString());

    /// <summary>The message of that name; null: there is none.</summary>
    public static Notice? NoticeOf(string? word)
    {
        foreach (var notice in Enum.GetValues<Notice>())
        {
            if (WordOf(notice) == word) return notice;
        }

        return null;
    }

    /// <summary>What is wrong, with the member: subject or body.</summary>
    public static IEnumerable<(string Field, string Text)> Complaints(Notice notice, OwnText text)
    {
        if (text.Subject.Trim().Length == 0) yield return ("subject", "A mail needs a subject.");
        if (text.Body.Trim().Length == 0) yield return ("body", "A mail needs a text.");
        if (text.Subject.Length > MaximumSubject)
        {
            yield return ("subject", $"A subject has at most {MaximumSubject} characters.");
        }

        if (text.Body.Length > MaximumBody) yield return ("body", $"A text has at most {MaximumBody} characters.");
        if (text.Subject.Any(char.IsControl)) yield return ("subject", "A subject is one line of text.");
        if (text.Body.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
        {
            yield return ("body", "A text is plain: it has no control characters.");
        }

        var named = NoticeTexts.PlaceholdersOf(notice);
        foreach (var (field, value) in (IEnumerable<(string, string)>)[("subject", text.Subject), ("body", text.Body)])
        {
            if (Wrong(value, named) is not { } wrong) continue;
            var list = named.Count == 0 ? "none" : string.Join(", ", named.Select(n => "{" + n + "}"));
            yield return (field, $"{wrong} is no placeholder of this mail; there are: {list}.");
        }

        foreach (var (field, name) in NoticeTexts.NeededBy(notice))
        {
            var value = field == "subject" ? text.Subject : text.Body;
            if (value.Contains("{" + name + "}", StringComparison.Ordinal)) continue;
            yield return (field, $"{{{name}}} is missing: without it nobody can do what the mail is for.");
        }
    }

    internal static IReadOnlyList<string> Complaints(MailTextSettings value)
    {
        if (value.Texts.Contains(null!)) return ["texts: null is no text"];
        var wrong = new List<string>();
        foreach (var text in value.Texts)
        {
            if (NoticeOf(text.Notice) is not { } notice || !Languages.Contains(text.Language))
            {
                wrong.Add("texts: notice is the name of a mail, language is en or zh");
                continue;
            }

            wrong.AddRange(Complaints(notice, text).Select(c => $"{text.Notice} ({text.Language}): {c.Text}"));
        }

        if (value.Texts.DistinctBy(t => (t.Notice, t.Language)).Count() < value.Texts.Count)
        {
            wrong.Add("texts: a mail is there twice in one language");
        }

        return wrong;
    }

    // The first pair of braces that stands for nothing; a brace alone is one, too.
    private static string? Wrong(string text, IReadOnlyList<string> named)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '}') return "}";
            if (text[i] != '{') continue;
            var end = text.IndexOf('}', i);
            if (end < 0) return "{";
            var name = text[(i + 1)..end];
            if (!named.Contains(name)) return name.Length > 40 ? "{" : $"{{{name}}}";
            i = end;
        }

        return null;
    }
}

/// <summary>A message in somebody's own words.</summary>
internal sealed record OwnText
{
    /// <summary>
    /// Which: login_code, invitation, forgotten, registration, authenticator_wanted, alarm, digest or test.
    /// </summary>
    [JsonPropertyName("notice")]
    public string Notice { get; init => field = value ?? ""; } = "";

    /// <summary>en or zh.</summary>
    [JsonPropertyName("language")]
    public string Language { get; init => field = value ?? ""; } = "";

    /// <summary>One line, with placeholders in braces.</summary>
    [JsonPropertyName("subject")]
    public string Subject { get; init => field = value ?? ""; } = "";

    /// <summary>Plain text, with placeholders in braces.</summary>
    [JsonPropertyName("body")]
    public string Body { get; init => field = value ?? ""; } = "";
}
