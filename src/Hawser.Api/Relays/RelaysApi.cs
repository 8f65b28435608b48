using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Cluster;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Relays;

/// <summary>
/// <c>/api/relays</c>: the relays that this node hands out, how they are doing, and which of them are used. Ours.
/// </summary>
internal static class RelaysApi
{
    private const string Path = "/api/relays";

    public static void Add(IServiceCollection services) => services.AddSingleton<RelayDesk>();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, List)
            .ForAdmins(Area.Setting, write: false, AdminRight.RelaysView)
            .WithSummary("The relays that this node knows, and how they are doing; not paged.")
            .Answers<IReadOnlyList<RelayItem>>();
        routes.MapPost(Path, AddAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true, AdminRight.RelaysEdit)
            .WithSummary("Adds a relay; it must have this server's key.").Reads<RelayWish>(RelayWish.Example)
            .Answers<RelayItem>();
        routes.MapPatch(Path + "/{address}", ChangeAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true, AdminRight.RelaysEdit)
            .WithSummary("Switches a relay off or on, or calls it something; pairs that it carries stay.")
            .Reads<RelayPatch>("""{"enabled":false}""").Answers<RelayItem>();
        routes.MapDelete(Path + "/{address}", DeleteAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true, AdminRight.RelaysEdit)
            .WithSummary("Removes a relay that was added here.").ReadsNothing().AnswersNothing();
        RelayQuestions.Map(routes, Path);
        OwnRelay.Map(routes, Path + "/own");
    }

    private static IResult List(ApiParts parts, SettingsStore settings)
    {
        var value = settings.Get(RelaySettings.Key);
        IReadOnlyList<RelayItem> items =
        [
            .. (parts.Relays?.Invoke() ?? []).Select(r => RelayItem.Of(r, value, parts)),
        ];
        return ClientResults.Json(items, RelaysJson.Default.IReadOnlyListRelayItem);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, HawserDb db, ApiParts parts, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, RelaysJson.Default.RelayWish);
        if (body is null) return error!;
        var address = body.Address?.Trim() ?? "";
        if (RelayDesk.Complaint(address) is { } complaint) return Problem.Invalid(complaint, "address");
        if (Find(parts, address) is not null)
        {
            return Problem.Conflict($"There is a relay \"{address}\" already.", "relay_known");
        }

        var value = settings.Get(RelaySettings.Key);
        var next = Named(value with { Added = [.. value.Added, new AddedRelay { Address = address }] }, address,
            body.Name);
        return await StoreAsync(context, (db, settings, log), ConsoleOperation.AddRelay, address, next,
            cancellationToken) ?? Answer(parts, settings, address);
    }

    private static async Task<IResult> ChangeAsync(
        HttpContext context, string address, HawserDb db, ApiParts parts, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, RelaysJson.Default.RelayPatch);
        if (body is null) return error!;
        if (Find(parts, address) is not { } relay) return Problem.NotFound("relay");
        var value = Named(settings.Get(RelaySettings.Key), relay.Address, body.Name);
        if (body.Enabled is { } enabled)
        {
            var others = value.Disabled.Where(d => !Same(d, relay.Address));
            value = value with { Disabled = enabled ? [.. others] : [.. others, relay.Address] };
        }

        return await StoreAsync(context, (db, settings, log), ConsoleOperation.UpdateRelay, relay.Address, value,
            cancellationToken, ("enabled", body.Enabled?.ToString()), ("name", body.Name))
            ?? Answer(parts, settings, relay.Address);
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string address, HawserDb db, ApiParts parts, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var value = settings.Get(RelaySettings.Key);
        if (!value.Added.Any(a => Same(a.Address, address)))
        {
            return Find(parts, address) is null ? Problem.NotFound("relay") : Problem.Conflict(
                "This relay comes from the options or announces itself; it can be switched off.", "not_added_here");
        }

        var next = Named(value, address, "") with
        {
            Added = [.. value.Added.Where(a => !Same(a.Address, address))],
            Disabled = [.. value.Disabled.Where(d => !Same(d, address))],
        };
        return await StoreAsync(context, (db, settings, log), ConsoleOperation.DeleteRelay, address, next,
            cancellationToken) ?? ClientResults.Empty;
    }

    internal static async Task<IResult?> StoreAsync(
        HttpContext context, (HawserDb Db, SettingsStore Settings, ConsoleLog Log) with, ConsoleOperation operation,
        string address, RelaySettings value, CancellationToken cancellationToken,
        params (string Name, string? Value)[] details)
    {
        if (RelayDesk.Complaints(value) is { Count: > 0 } wrong) return Problem.Invalid(wrong, "address");
        if (with.Settings.Refusal(RelaySettings.Key, value) is { } pinned) return pinned;
        with.Log.Add(with.Db, context, operation, address, details);
        await with.Db.SaveChangesAsync(cancellationToken);
        // Every node hears of it through its settings.
        await with.Settings.SetAsync(RelaySettings.Key, value, cancellationToken);
        return null;
    }

    private static RelaySettings Named(RelaySettings value, string address, string? name)
    {
        if (name is null) return value;
        var names = value.Names.Where(n => !Same(n.Key, address))
            .ToDictionary(n => n.Key, n => n.Value, StringComparer.OrdinalIgnoreCase);
        if (name.Trim().Length > 0) names[address] = name.Trim();
        return value with { Names = names };
    }

    private static IResult Answer(ApiParts parts, SettingsStore settings, string address) =>
        Find(parts, address) is { } relay
            ? ClientResults.Json(
                RelayItem.Of(relay, settings.Get(RelaySettings.Key), parts), RelaysJson.Default.RelayItem)
            : ClientResults.Empty;

    internal static RelayStatus? Find(ApiParts parts, string address) =>
        (parts.Relays?.Invoke() ?? []).FirstOrDefault(r => Same(r.Address, address));

    private static bool Same(string one, string other) =>
        string.Equals(one, other.Trim(), StringComparison.OrdinalIgnoreCase);
}

/// <summary>A relay to be added.</summary>
internal sealed record RelayWish
{
    internal const string Example = """{"address":"relay2.example.com","name":"Frankfurt"}""";

    /// <summary>host or host:port, as clients are told.</summary>
    [JsonPropertyName("address")]
    public string? Address { get; init; }

    /// <summary>What the console calls it.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }
}

/// <summary>What is changed of a relay; what is missing stays.</summary>
internal sealed record RelayPatch
{
    [JsonPropertyName("enabled")]
    public bool? Enabled { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }
}

/// <summary>A relay.</summary>
/// <param name="Address">As clients are told.</param>
/// <param name="Name">What the console calls it; empty: nothing.</param>
/// <param name="State">healthy, degraded (it missed an answer lately), draining, down or disabled.</param>
/// <param name="Source">options, settings or announced: who named it.</param>
/// <param name="Enabled">Whether an administrator lets it be used.</param>
/// <param name="Pairs">Pairs that it carries now; 0 when it does not say.</param>
/// <param name="BytesPerSecond">What it moves now; 0 when it does not say.</param>
internal sealed record RelayItem(
    [property: JsonPropertyName("address")] string Address,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("pairs")] int Pairs,
    [property: JsonPropertyName("bytes_per_second")] long BytesPerSecond)
{
    /// <summary>Milliseconds until it answered, of the last two minutes, the newest last; null: it did not. Empty
    /// while there is only one relay, because that is used whatever it answers.</summary>
    [JsonPropertyName("latencies")]
    public IReadOnlyList<int?> Latencies { get; init; } = [];

    // A single missed answer of the last half minute is not yet a relay that is down, but somebody may want to know.
    private const int Recent = 10;

    public static RelayItem Of(RelayStatus relay, RelaySettings settings, ApiParts parts)
    {
        var latencies = parts.RelayLatencies?.Invoke(relay.Address) ?? [];
        var state = relay.Disabled ? "disabled" : relay.Draining ? "draining" : !relay.Healthy ? "down"
            : latencies.TakeLast(Recent).Contains(null) ? "degraded" : "healthy";
        return new RelayItem(
            relay.Address,
            settings.Names.FirstOrDefault(n => Same(n.Key, relay)).Value ?? "",
            state,
            relay.Announced ? "announced" : settings.Added.Any(a => Same(a.Address, relay)) ? "settings" : "options",
            !relay.Disabled, relay.Pairs, relay.BytesPerSecond) { Latencies = latencies };
    }

    private static bool Same(string address, RelayStatus relay) =>
        string.Equals(address, relay.Address, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What this slice reads and writes.</summary>
[JsonSerializable(typeof(IReadOnlyList<RelayItem>))]
[JsonSerializable(typeof(RelayItem))]
[JsonSerializable(typeof(RelayWish))]
[JsonSerializable(typeof(RelayPatch))]
internal sealed partial class RelaysJson : JsonSerializerContext;
