using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Settings;

/// <summary>
/// <c>/api/settings</c> and <c>/api/oidc/providers</c>: what <c>hawser settings</c> shows and changes, over HTTP.
/// Secrets are stars; stars that come back keep what is stored. Ours.
/// </summary>
internal static class SettingsApi
{
    private const int MaximumBody = 1 << 20;
    private const int MaximumReason = 500;
    private const string ProvidersPath = "/api/oidc/providers";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/settings", List).ForAdmins(Area.Setting, write: false)
            .WithSummary("The settings, and what each is about.").Answers<IReadOnlyList<SettingItem>>();
        routes.MapGet("/api/settings/{name}", Get)
            .ForAdmins(Area.Setting, write: false, AdminRight.AccessView | AdminRight.RetentionView)
            .WithSummary("A setting, every member, secrets as stars.").Answers<JsonElement>();
        routes.MapGet("/api/settings/{name}/defaults", Usual)
            .ForAdmins(Area.Setting, write: false, AdminRight.AccessView | AdminRight.RetentionView)
            .WithSummary("What a setting is before anybody changes it.").Answers<JsonElement>();
        routes.MapGet("/api/settings/{name}/origins", Origins)
            .ForAdmins(Area.Setting, write: false, AdminRight.AccessView | AdminRight.RetentionView)
            .WithSummary("Which members of a setting this node was started with, and where each was written.")
            .Answers<IReadOnlyList<SettingOrigin>>();
        routes.MapPut("/api/settings/{name}", PutAsync).AfterStepUp()
            .GuardsEdits("setting", "name", VersionAsync)
            .ForAdmins(Area.Setting, write: true, AdminRight.AccessEdit | AdminRight.RetentionEdit)
            .WithSummary("Replaces a setting; what is missing gets its default.")
            .Reads<JsonElement>("""{"default_policy":"own"}""").Answers<JsonElement>();
        routes.MapPatch("/api/settings/{name}", PatchAsync).AfterStepUp()
            .GuardsEdits("setting", "name", VersionAsync)
            .ForAdmins(Area.Setting, write: true, AdminRight.AccessEdit | AdminRight.RetentionEdit)
            .WithSummary("Changes a setting; what is missing stays.")
            .Reads<JsonElement>("""{"login_required":true}""").Answers<JsonElement>();
        routes.MapGet(ProvidersPath, Providers).ForAdmins(Area.Setting, write: false)
            .WithSummary("The providers for signing in with the browser.").Answers<JsonElement>();
        routes.MapPost(ProvidersPath, AddProviderAsync).AfterStepUp().ForAdmins(Area.Setting, write: true)
            .WithSummary("Adds a provider.")
            .Reads<JsonElement>("""{"name":"google","clientId":"id","clientSecret":"secret"}""").Answers<JsonElement>();
        routes.MapPatch(ProvidersPath + "/{name}", ChangeProviderAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true)
            .WithSummary("Changes a provider; what is missing stays.").Reads<JsonElement>("""{"enabled":false}""")
            .Answers<JsonElement>();
        routes.MapDelete(ProvidersPath + "/{name}", DeleteProviderAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true)
            .WithSummary("Removes a provider; accounts stay, the admin roles that it gave go.")
            .ReadsNothing().AnswersNothing();
    }

    private static IResult List()
    {
        IReadOnlyList<SettingItem> items = [.. SettingCatalog.All.Select(s => new SettingItem(s.Key.Name, s.About))];
        return ClientResults.Json(items, SettingsApiJson.Default.IReadOnlyListSettingItem);
    }

    private static IResult Get(HttpContext context, string name, CurrentUser user, SettingsStore settings) =>
        SettingCatalog.Find(name) is not { } key ? Problem.NotFound("setting")
            : !user.MayEverywhere(RightFor(key, write: false)) ? Problem.Forbidden
            : AnswerWithVersion(context, key.Read(settings));

    private static IResult Origins(string name, CurrentUser user, SettingsStore settings)
    {
        if (SettingCatalog.Find(name) is not { } key) return Problem.NotFound("setting");
        if (!user.MayEverywhere(RightFor(key, write: false))) return Problem.Forbidden;
        IReadOnlyList<SettingOrigin> origins =
            [.. settings.PinsOf(key.Name).Select(p => new SettingOrigin(p.Member, p.Source, p.Origin))];
        return ClientResults.Json(origins, SettingsApiJson.Default.IReadOnlyListSettingOrigin);
    }

    // In a header: the body is the setting itself, which goes back as it came.
    private static IResult AnswerWithVersion(HttpContext context, JsonObject value)
    {
        context.Response.Headers[EditVersion.Header] = VersionOf(value);
        return Answer(value);
    }

    // Without its secrets, which are replaced and not edited.
    private static string VersionOf(JsonObject value) =>
        EditVersion.Of(SettingText.Masked(value)!.ToJsonString(Plain));

    private static async Task<string?> VersionAsync(
        HttpContext context, string name, CancellationToken cancellationToken)
    {
        if (SettingCatalog.Find(name) is not { } key) return null;
        var settings = context.RequestServices.GetRequiredService<SettingsStore>();
        // What another node stored a moment ago counts, too.
        await settings.ReloadAsync(cancellationToken);
        return VersionOf(key.Read(settings));
    }

    private static IResult Usual(string name, CurrentUser user) =>
        SettingCatalog.Find(name) is not { } key ? Problem.NotFound("setting")
            : !user.MayEverywhere(RightFor(key, write: false)) ? Problem.Forbidden : Answer(key.Usual);

    // What is told or changed here by those whose admin role is about it; all else is the administrators'.
    private static AdminRight RightFor(SettingKey key, bool write) => key.Name switch
    {
        "access" => write ? AdminRight.AccessEdit : AdminRight.AccessView,
        "retention" => write ? AdminRight.RetentionEdit : AdminRight.RetentionView,
        _ => AdminRight.None,
    };

    private static Task<IResult> PutAsync(
        HttpContext context, string name, HawserDb db, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken) =>
        ChangeAsync(context, name, merge: false, (db, settings, log), cancellationToken);

    private static Task<IResult> PatchAsync(
        HttpContext context, string name, HawserDb db, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken) =>
        ChangeAsync(context, name, merge: true, (db, settings, log), cancellationToken);

    private static async Task<IResult> ChangeAsync(
        HttpContext context, string name, bool merge, (HawserDb Db, SettingsStore Settings, ConsoleLog Log) with,
        CancellationToken cancellationToken)
    {
        if (SettingCatalog.Find(name) is not { } key) return Problem.NotFound("setting");
        if (!CurrentUser.Of(context).MayEverywhere(RightFor(key, write: true))) return Problem.Forbidden;
        var (given, error) = await OwnBody.ReadAsync(context, SettingsApiJson.Default.JsonObject, MaximumBody);
        if (given is null) return error!;
        var before = key.Read(with.Settings);
        var value = (JsonObject)SettingText.Unmasked(given, before)!;
        var members = string.Join(' ', given.Select(m => m.Key));
        foreach (var (member, old) in merge ? before : [])
        {
            if (!value.ContainsKey(member)) value[member] = old?.DeepClone();
        }

        return await StoreAsync(
            context, key, value, (ConsoleOperation.ChangeSetting, key.Name, members), with, cancellationToken)
            ?? AnswerWithVersion(context, key.Read(with.Settings));
    }

    private static async Task<IResult?> StoreAsync(
        HttpContext context, SettingKey key, JsonObject value,
        (ConsoleOperation What, string Target, string Members) told,
        (HawserDb Db, SettingsStore Settings, ConsoleLog Log) with, CancellationToken cancellationToken)
    {
        if (key.Complaint(value) is { } complaint) return Problem.Invalid(complaint);
        if (key.PinAgainst(with.Settings, value) is { } pin) return SettingPins.Refusal(pin);
        foreach (var guard in context.RequestServices.GetServices<SettingGuard>())
        {
            if (await guard(context, with.Db, key.Name, value, cancellationToken) is { } refusal) return refusal;
        }

        // Who reads the log may be none who sees settings that hold passwords: of those the names of members only.
        var (old, now) = key.IsSecret ? (null, null) : SettingText.Differences(key.Read(with.Settings), value);
        var reason = ((string?)context.Request.Query["reason"])?.Trim();
        with.Log.Add(
            with.Db, context, told.What, told.Target, ("members", told.Members), ("before", old), ("after", now),
            ("reason", reason is { Length: > 0 } ? reason[..Math.Min(reason.Length, MaximumReason)] : null));
        await with.Db.SaveChangesAsync(cancellationToken);
        await key.WriteAsync(with.Settings, value, cancellationToken);
        foreach (var follow in context.RequestServices.GetServices<SettingFollower>())
        {
            await follow(key.Name, cancellationToken);
        }

        return null;
    }

    private static IResult Providers(SettingsStore settings) =>
        Answer(ProvidersIn(SignInSettings.Key.Read(settings)));

    private static async Task<IResult> AddProviderAsync(
        HttpContext context, HawserDb db, SettingsStore settings, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (given, error) = await OwnBody.ReadAsync(context, SettingsApiJson.Default.JsonObject, MaximumBody);
        if (given is null) return error!;
        var name = given["name"] is JsonValue text && text.TryGetValue<string>(out var known) ? known : "";
        var value = SignInSettings.Key.Read(settings);
        if (Find(value, name) is not null)
        {
            return Problem.Conflict($"There is a provider \"{name}\" already.", "name_taken");
        }

        ProvidersIn(value).Add((JsonNode)given);
        return await StoreAsync(context, SignInSettings.Key, value,
            (ConsoleOperation.AddProvider, name, ""), (db, settings, log), cancellationToken)
            ?? Answer(Find(SignInSettings.Key.Read(settings), name));
    }

    private static async Task<IResult> ChangeProviderAsync(
        HttpContext context, string name, HawserDb db, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (given, error) = await OwnBody.ReadAsync(context, SettingsApiJson.Default.JsonObject, MaximumBody);
        if (given is null) return error!;
        var value = SignInSettings.Key.Read(settings);
        if (Find(value, name) is not { } provider) return Problem.NotFound("provider");
        var members = string.Join(' ', given.Select(m => m.Key));
        var changed = (JsonObject)SettingText.Unmasked(given, provider)!;
        foreach (var (member, node) in changed) provider[member] = node?.DeepClone();
        var now = provider["name"]?.ToString() ?? "";
        return await StoreAsync(context, SignInSettings.Key, value,
            (ConsoleOperation.UpdateProvider, name, members), (db, settings, log), cancellationToken)
            ?? Answer(Find(SignInSettings.Key.Read(settings), now));
    }

    private static async Task<IResult> DeleteProviderAsync(
        HttpContext context, string name, HawserDb db, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var value = SignInSettings.Key.Read(settings);
        if (Find(value, name) is not { } provider) return Problem.NotFound("provider");
        ProvidersIn(value).Remove(provider);
        return await StoreAsync(context, SignInSettings.Key, value,
            (ConsoleOperation.DeleteProvider, name, ""), (db, settings, log), cancellationToken) ?? ClientResults.Empty;
    }

    private static JsonArray ProvidersIn(JsonObject value) => (JsonArray)value["providers"]!;

    private static JsonObject? Find(JsonObject value, string name) => ProvidersIn(value).OfType<JsonObject>()
        .FirstOrDefault(p => string.Equals(p["name"]?.ToString(), name, StringComparison.OrdinalIgnoreCase));

    private static IResult Answer(JsonNode? value) =>
        ClientResults.RawJson(System.Text.Encoding.UTF8.GetBytes(SettingText.Masked(value)!.ToJsonString(Plain)));

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <summary>A setting.</summary>
internal sealed record SettingItem(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("about")] string About);

/// <summary>A member of a setting that can't be changed here.</summary>
/// <param name="Member">Which; a dot leads into a member of a member.</param>
/// <param name="Source">file or environment.</param>
/// <param name="Origin">Where exactly it was written.</param>
internal sealed record SettingOrigin(
    [property: JsonPropertyName("member")] string Member, [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("origin")] string Origin);

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(IReadOnlyList<SettingItem>))]
[JsonSerializable(typeof(IReadOnlyList<SettingOrigin>))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class SettingsApiJson : JsonSerializerContext;
