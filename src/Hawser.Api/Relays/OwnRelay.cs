using System.Globalization;
using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Relays;

/// <summary>
/// <c>/api/relays/own</c>: the relay within this server, and its limits, which change while pairs run.
/// </summary>
internal static class OwnRelay
{
    public static void Map(IEndpointRouteBuilder routes, string path)
    {
        routes.MapGet(path, Show)
            .ForAdmins(Area.Setting, write: false, AdminRight.RelaysView)
            .WithSummary("The relay within this server: what it carries, and its limits.").Answers<OwnRelayReply>();
        routes.MapPut(path + "/limits", LimitAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true, AdminRight.RelaysEdit)
            .WithSummary("Sets the limits of the relays within the servers of this database; for running pairs too.")
            .Reads<LimitSettings>(LimitSettings.Example).Answers<OwnRelayReply>();
    }

    private static IResult Show(ApiParts parts, SettingsStore settings)
    {
        var own = parts.OwnRelay?.Invoke();
        var limits = parts.RelayLimits?.Invoke();
        return ClientResults.Json(
            new OwnRelayReply(
                own is not null, own is { Healthy: true }, own?.Pairs ?? 0, own?.BytesPerSecond ?? 0,
                new LimitSettings { Single = limits?.Single, Total = limits?.Total, Slowed = limits?.Slowed },
                settings.Get(RelaySettings.Key).Limits),
            OwnRelayJson.Default.OwnRelayReply);
    }

    private static async Task<IResult> LimitAsync(
        HttpContext context, HawserDb db, ApiParts parts, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, OwnRelayJson.Default.LimitSettings);
        if (body is null) return error!;
        var value = settings.Get(RelaySettings.Key) with { Limits = body };
        return await RelaysApi.StoreAsync(
            context, (db, settings, log), ConsoleOperation.UpdateRelay, "own", value, cancellationToken,
            ("single", Text(body.Single)), ("total", Text(body.Total)), ("slowed", Text(body.Slowed)))
            ?? Show(parts, settings);
    }

    private static string Text(double? limit) => limit?.ToString(CultureInfo.InvariantCulture) ?? "options";
}

/// <summary>The relay within this server.</summary>
/// <param name="Runs">Whether there is one that is not announced to another server.</param>
/// <param name="Healthy">Whether it takes new pairs.</param>
/// <param name="Pairs">Pairs that it carries now.</param>
/// <param name="BytesPerSecond">What it moves now.</param>
/// <param name="Limits">The limits that hold now.</param>
/// <param name="Set">Those of them that were set here; null: as the options say.</param>
internal sealed record OwnRelayReply(
    bool Runs, bool Healthy, int Pairs, long BytesPerSecond, LimitSettings Limits, LimitSettings Set);

/// <summary>How it is read and written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OwnRelayReply))]
[JsonSerializable(typeof(LimitSettings))]
internal sealed partial class OwnRelayJson : JsonSerializerContext;
