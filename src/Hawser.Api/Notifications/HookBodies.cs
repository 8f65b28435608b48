using System.Globalization;
using System.Text;
using System.Text.Json;
using Hawser.Data.Audit;

namespace Hawser.Api.Notifications;

/// <summary>What is posted to the web addresses of channels.</summary>
/// <param name="Title">For lists of deliveries.</param>
/// <param name="Event">alarm, digest or test, for a header.</param>
/// <param name="Json">The body.</param>
internal sealed record HookBody(string Title, string Event, string Json);

/// <summary>Makes such bodies.</summary>
internal static class HookBodies
{
    /// <summary>What an alarm that is not about a device is about; empty: it does not say.</summary>
    internal static string SubjectOf(AlarmAudit alarm)
    {
        try
        {
            using var info = JsonDocument.Parse(alarm.Info.Length == 0 ? "{}" : alarm.Info);
            return info.RootElement.ValueKind == JsonValueKind.Object
                && info.RootElement.TryGetProperty("subject", out var subject)
                && subject.ValueKind == JsonValueKind.String ? subject.GetString() ?? "" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    /// <summary>An alarm.</summary>
    internal static HookBody Of(string kind, AlarmAudit alarm, bool chinese)
    {
        var name = AlarmTexts.NameOf(alarm.Type, chinese);
        var about = alarm.DeviceId.Length > 0 ? alarm.DeviceId : SubjectOf(alarm);
        var title = about.Length > 0 ? $"{name}: {about}" : name;
        if (kind == Outbox.Slack) return new(title, "alarm", Slack(title, alarm));
        return new(title, "alarm", Write(json =>
        {
            json.WriteString("event", "alarm");
            json.WriteNumber("created_at", Seconds(alarm.CreatedAt));
            json.WritePropertyName("alarm");
            Alarm(json, alarm, name);
        }));
    }

    /// <summary>Alarms that were collected, oldest first.</summary>
    /// <param name="kind">The channel's kind.</param>
    /// <param name="alarms">Those that are told one by one.</param>
    /// <param name="count">How many there were.</param>
    /// <param name="chinese">Whether in Chinese.</param>
    /// <param name="now">The time.</param>
    internal static HookBody Digest(
        string kind, IReadOnlyList<AlarmAudit> alarms, int count, bool chinese, DateTime now)
    {
        var number = count.ToString(CultureInfo.InvariantCulture);
        var title = chinese ? $"告警：{number} 条" : $"Alarms: {number}";
        var lines = Plain(Lines(alarms, count, chinese), keepLines: true);
        return new(title, DigestEvent, kind == Outbox.Slack
            ? Write(json => json.WriteString("text", $"*{title}*\n{lines}"))
            : Write(json =>
            {
                json.WriteString("event", DigestEvent);
                json.WriteNumber("created_at", Seconds(now));
                json.WriteNumber("count", count);
                json.WriteStartArray("alarms");
                foreach (var alarm in alarms) Alarm(json, alarm, AlarmTexts.NameOf(alarm.Type, chinese));
                json.WriteEndArray();
            }));
    }

    /// <summary>Alarms as lines of a text.</summary>
    internal static string Lines(IReadOnlyList<AlarmAudit> alarms, int count, bool chinese)
    {
        var text = new StringBuilder();
        foreach (var alarm in alarms)
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(alarm.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)).Append(" UTC  ")
                .Append(AlarmTexts.NameOf(alarm.Type, chinese));
            var about = alarm.DeviceId.Length > 0 ? alarm.DeviceId : SubjectOf(alarm).ReplaceLineEndings(" ");
            if (about.Length > 0) text.Append(": ").Append(about);
            if (alarm.State == AlarmState.Resolved) text.Append(chinese ? "（已解决）" : " (resolved)");
        }

        var more = count - alarms.Count;
        if (more > 0) text.Append('\n').Append(chinese ? "未列出：" : "Not listed: ").Append(more);
        return text.ToString();
    }

    /// <summary>Something that happened.</summary>
    /// <param name="kind">The channel's kind.</param>
    /// <param name="happening">What.</param>
    /// <param name="chinese">Whether in Chinese.</param>
    internal static HookBody Of(string kind, Happening happening, bool chinese)
    {
        var name = HookEvents.NameOf(happening.Event, chinese);
        var title = happening.About.Length > 0 ? $"{name}: {happening.About}" : name;
        if (kind == Outbox.Slack) return new(title, happening.Event, Slack(title, happening));
        return new(title, happening.Event, Write(json =>
        {
            json.WriteString("event", happening.Event);
            json.WriteNumber("created_at", Seconds(happening.At));
            if (happening.More > 0) json.WriteNumber("not_listed", happening.More);
            json.WriteStartObject(happening.Event[..happening.Event.IndexOf('.', StringComparison.Ordinal)]);
            foreach (var (member, value) in happening.Members) json.WriteString(member, value);
            json.WriteEndObject();
        }));
    }

    private static string Slack(string title, Happening happening)
    {
        var text = new StringBuilder().Append('*').Append(Plain(title)).Append("*\n");
        text.Append(happening.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)).Append(" UTC");
        foreach (var (member, value) in happening.Members)
        {
            if (value.Length > 0) text.Append('\n').Append(Plain(member)).Append(": ").Append(Plain(value));
        }

        return Write(json => json.WriteString("text", text.ToString()));
    }

    /// <summary>What a stored body is about.</summary>
    internal static string EventOf(string json)
    {
        using var body = JsonDocument.Parse(json);
        return body.RootElement.TryGetProperty("event", out var what) && what.GetString() is { Length: > 0 } word
            ? word : "alarm";
    }

    private const string DigestEvent = "digest";

    private static void Alarm(Utf8JsonWriter json, AlarmAudit alarm, string name)
    {
        json.WriteStartObject();
        json.WriteString("guid", alarm.Guid);
        json.WriteNumber("typ", alarm.Type);
        json.WriteString("name", name);
        json.WriteString("severity", AlarmTexts.SeverityOf(alarm.Type));
        json.WriteString("device", alarm.DeviceId);
        json.WriteNumber("created_at", Seconds(alarm.CreatedAt));
        json.WritePropertyName("info");
        json.WriteRawValue(InfoOf(alarm));
        json.WriteEndObject();
    }

    /// <summary>A test.</summary>
    internal static HookBody Test(string kind, string channel, DateTime now) => new(
        "Test", "test", kind == Outbox.Slack
            ? Write(json => json.WriteString("text", $"Hawser: a test of the channel \"{Plain(channel)}\"."))
            : Write(json =>
            {
                json.WriteString("event", "test");
                json.WriteNumber("created_at", Seconds(now));
                json.WriteString("channel", channel);
            }));

    private static string Slack(string title, AlarmAudit alarm)
    {
        var text = new StringBuilder().Append('*').Append(Plain(title)).Append("*\n");
        text.Append(alarm.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)).Append(" UTC");
        using var info = JsonDocument.Parse(InfoOf(alarm));
        foreach (var member in info.RootElement.EnumerateObject())
        {
            if (member.Value.ToString() is { Length: > 0 } value)
            {
                text.Append('\n').Append(Plain(member.Name)).Append(": ").Append(Plain(value));
            }
        }

        return Write(json => json.WriteString("text", text.ToString()));
    }

    // What these services take for markup, from texts that strangers choose.
    private static string Plain(string text, bool keepLines = false) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace('*', '\u2217').Replace('`', '\'')
        .ReplaceLineEndings(keepLines ? "\n" : " ");

    private static string InfoOf(AlarmAudit alarm)
    {
        try
        {
            using var info = JsonDocument.Parse(alarm.Info.Length == 0 ? "{}" : alarm.Info);
            return alarm.Info.Length > 0 && info.RootElement.ValueKind == JsonValueKind.Object ? alarm.Info : "{}";
        }
        catch (JsonException)
        {
            return "{}";
        }
    }

    private static long Seconds(DateTime time) => (long)(time - DateTime.UnixEpoch).TotalSeconds;

    private static string Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
