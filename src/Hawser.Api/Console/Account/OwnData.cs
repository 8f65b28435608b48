using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Accounts;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Retention;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.Account;

/// <summary>What the server holds about who asks: of each kind how much and how long, and all as a file.</summary>
internal static class OwnData
{
    public static void Map(IEndpointRouteBuilder routes, string path)
    {
        routes.MapGet(path, ShowAsync).ForUsers()
            .WithSummary("What the server holds about the caller: how much of each kind, for how long, who sees it.")
            .Answers<OwnDataReply>();
        routes.MapPost(path + "/ready", static () => ClientResults.EmptyObject).AfterStepUp().ForUsers()
            .WithSummary("Whether the file may be fetched now: a browser that saves a file can't ask for a proof.")
            .ReadsNothing().AnswersEmptyObject();
        routes.MapGet(path + "/file", FileAsync).AfterStepUp().ForUsers()
            .WithSummary("All of that as one JSON file; of each kind at most the newest 50 000.")
            .Answers<JsonElement>();
    }

    private static async Task<IResult> ShowAsync(
        CurrentUser user, HawserDb db, SettingsStore settings, ApiOptions options, CancellationToken cancellationToken)
    {
        var me = await db.Users.AsNoTracking().FirstAsync(u => u.Guid == user.Guid, cancellationToken);
        var kinds = new List<OwnDataKind>();
        foreach (var section in SectionsOf(settings, options))
        {
            kinds.Add(new OwnDataKind(
                section.Name, await section.Rows(db, me).CountAsync(cancellationToken), section.Days,
                !IsOpen(section, user, settings)));
        }

        var administrators = await db.Users.CountAsync(
            u => u.IsAdmin && u.Status == UserStatus.Normal, cancellationToken);
        var staff = await db.Users.CountAsync(
            u => !u.IsAdmin && u.Guid != user.Guid && u.Status == UserStatus.Normal
                && db.AdminRoleHolders.Any(h => h.UserGuid == u.Guid), cancellationToken);
        return ClientResults.Json(
            new OwnDataReply(kinds, administrators, staff), OwnDataJson.Default.OwnDataReply);
    }

    private static async Task<IResult> FileAsync(
        CurrentUser user, HawserDb db, SettingsStore settings, ApiOptions options, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var me = await db.Users.AsNoTracking().FirstAsync(u => u.Guid == user.Guid, cancellationToken);
        var open = SectionsOf(settings, options).Where(s => IsOpen(s, user, settings)).ToList();
        return new OwnDataFile(db, me, open, time.GetUtcNow().UtcDateTime);
    }

    // Where logs are for administrators only, a file is no way round that (admin reference §6.7).
    private static bool IsOpen(OwnDataSection section, CurrentUser user, SettingsStore settings) =>
        user.IsAdmin || !section.IsLog || !settings.Get(AuditSettings.Key).AdminsOnly;

    private static IReadOnlyList<OwnDataSection> SectionsOf(SettingsStore settings, ApiOptions options) =>
        OwnDataSections.Of(
            settings.Get(RetentionSettings.Key), settings.Get(AccountSettings.Key).TrustedDeviceDays,
            options.LoginDays);
}

/// <summary>The file: written while it is read, so that its length costs no memory.</summary>
internal sealed class OwnDataFile(HawserDb db, User me, IReadOnlyList<OwnDataSection> sections, DateTime now) : IResult
{
    /// <summary>The most rows of a kind; how many there are is written beside them.</summary>
    internal const int MostRows = 50_000;

    private const int FlushAt = 32 << 10;

    // Read by people; it is JSON and no page.
    private static readonly JsonWriterOptions Plain = new()
    {
        Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellationToken = httpContext.RequestAborted;
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.ContentDisposition = "attachment; filename=\"my-data.json\"";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        await using var json = new Utf8JsonWriter(response.BodyWriter, Plain);
        var flushed = 0L;
        json.WriteStartObject();
        json.WriteString("made_at", now);
        foreach (var section in sections)
        {
            json.WriteStartObject(section.Name);
            json.WriteNumber("total", await section.Rows(db, me).CountAsync(cancellationToken));
            json.WriteNumber("kept_days", section.Days);
            json.WriteStartArray("rows");
            await foreach (var row in section.Rows(db, me).Take(MostRows).AsAsyncEnumerable()
                .WithCancellation(cancellationToken))
            {
                Write(json, section.Columns, row);
                // Some of it is in the pipe already, which grows until somebody flushes.
                if (json.BytesCommitted + json.BytesPending - flushed < FlushAt) continue;
                await json.FlushAsync(cancellationToken);
                await response.BodyWriter.FlushAsync(cancellationToken);
                flushed = json.BytesCommitted;
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    private static void Write(Utf8JsonWriter json, string[] columns, object?[] row)
    {
        json.WriteStartObject();
        for (var i = 0; i < columns.Length; i++)
        {
            json.WritePropertyName(columns[i]);
            switch (row[i])
            {
                case null: json.WriteNullValue(); break;
                case string text: json.WriteStringValue(text); break;
                case bool flag: json.WriteBooleanValue(flag); break;
                case int number: json.WriteNumberValue(number); break;
                case long number: json.WriteNumberValue(number); break;
                case DateTime time: json.WriteStringValue(DateTime.SpecifyKind(time, DateTimeKind.Utc)); break;
                default: throw new InvalidOperationException($"{columns[i]} is of no kind that is written");
            }
        }

        json.WriteEndObject();
    }
}

/// <summary>One kind of what is held.</summary>
/// <param name="Kind">As it is called in the file.</param>
/// <param name="Rows">How much.</param>
/// <param name="Days">For how long; 0: as long as the account, or until somebody deletes it.</param>
/// <param name="Closed">A log, where logs are for administrators only: it is not in the file.</param>
internal sealed record OwnDataKind(string Kind, int Rows, int Days, bool Closed);

/// <summary>What is held, and who sees it.</summary>
/// <param name="Kinds">The kinds.</param>
/// <param name="Administrators">How many see all of it.</param>
/// <param name="Staff">How many others have an admin role, and see what it reaches.</param>
internal sealed record OwnDataReply(IReadOnlyList<OwnDataKind> Kinds, int Administrators, int Staff);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OwnDataReply))]
internal sealed partial class OwnDataJson : JsonSerializerContext;
