using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Notifications.Wire;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Notifications.Admin;

/// <summary>
/// <c>POST /api/notifications/test</c>: who would be told of a kind of alarm. An alarm of that kind, which says that it
/// is a test, goes through every channel that takes it, and each answer is told. Ours.
/// </summary>
internal static class AlarmTests
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/notifications/test", HandleAsync)
            .ForAdmins(Area.Setting, write: true, AdminRight.ChannelsEdit)
            .WithSummary("Sends a test of one kind of alarm through all channels that take it.")
            .Reads<AlarmTestBody>("""{"typ":1003}""").Answers<IReadOnlyList<AlarmTestItem>>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, HawserDb db, HookSender hooks, MailSender mails, SettingsStore settings, ConsoleLog log,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AlarmTestsJson.Default.AlarmTestBody);
        if (body is null) return error!;
        if (body.Type is not (>= 0 and <= 9999)) return Problem.Invalid("typ is the number of an alarm.", "typ");
        var type = body.Type.Value;
        var channels = await AlarmNotices.ChannelsAsync(db, type, cancellationToken);
        var language = settings.Get(NotificationSettings.Mail).Language;
        var name = AlarmTexts.NameOf(type, language == "zh");
        log.Add(db, context, ConsoleOperation.TestChannel, name, ("channels", $"{channels.Count}"));
        await db.SaveChangesAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var alarm = new AlarmAudit { Type = type, Info = """{"subject":"test","test":true}""", CreatedAt = now };
        var mail = NoticeTexts.Fill(Notice.Alarm, settings, AlarmNotices.ValuesOf(alarm, language == "zh"));
        var tests = await Task.WhenAll(channels.Select(channel => ChannelTrial.RunAsync(
            channel, (hooks, mails), settings, time, HookBodies.Of(channel.Kind, alarm, language == "zh"), mail,
            cancellationToken)));
        IReadOnlyList<AlarmTestItem> items = [.. channels.Zip(
            tests, (channel, test) => new AlarmTestItem(channel.Name, channel.Kind, test.Ok, test.Detail, test.Took))];
        return ClientResults.Json(items, AlarmTestsJson.Default.IReadOnlyListAlarmTestItem);
    }
}

/// <summary>What is tried.</summary>
internal sealed record AlarmTestBody
{
    /// <summary>The number of the alarm.</summary>
    [JsonPropertyName("typ")]
    public int? Type { get; init; }
}

/// <summary>How a test went through one channel.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Kind">email, webhook or slack.</param>
/// <param name="Ok">Whether it was taken.</param>
/// <param name="Detail">Why not; empty: it was taken.</param>
/// <param name="Took">Milliseconds it took.</param>
internal sealed record AlarmTestItem(
    [property: JsonPropertyName("channel")] string Channel,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("ok")] bool Ok,
    [property: JsonPropertyName("detail")] string Detail,
    [property: JsonPropertyName("took")] long Took);

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(AlarmTestBody))]
[JsonSerializable(typeof(IReadOnlyList<AlarmTestItem>))]
internal sealed partial class AlarmTestsJson : JsonSerializerContext;
