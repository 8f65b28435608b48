using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Console.Address;

/// <summary>
/// <c>/api/console/address</c>: which keys and certificate this server has, whether its ports answer, and another key
/// pair for it.
/// </summary>
internal static class AddressEndpoints
{
    private const string Path = "/api/console/address";
    private const int MostReason = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Show).ForAdmins(Area.Setting, write: false)
            .WithSummary("The key pair and the certificate of this server, and by which way this request came.")
            .Answers<AddressReply>();
        routes.MapPost(Path + "/ports", TestAsync).ForAdmins(Area.Setting, write: true)
            .WithSummary("Asks this server's ports as clients do, from the server itself and by its public name.")
            .ReadsNothing().Answers<IReadOnlyList<PortFinding>>();
        routes.MapPost(Path + "/key", ReplaceAsync).AfterStepUp().ForAdmins(Area.Setting, write: true)
            .WithSummary("Makes another key pair, which counts after the next start; every client needs the new key.")
            .Reads<KeyWish>(KeyWish.Example).Answers<KeyReplacement>();
    }

    private static IResult Show(HttpContext context, ApiParts parts) => ClientResults.Json(
        new AddressReply(parts.KeyPair?.Invoke(), parts.Certificate?.Invoke(), parts.Arrival?.Invoke(context)),
        AddressJson.Default.AddressReply);

    private static async Task<IResult> TestAsync(
        ApiParts parts, SettingsStore settings, CancellationToken cancellationToken)
    {
        var host = settings.Get(ConsoleSettings.Key).PublicHost;
        var found = parts.TestPorts is { } test ? await test(host, cancellationToken) : [];
        return ClientResults.Json(found, AddressJson.Default.IReadOnlyListPortFinding);
    }

    private static async Task<IResult> ReplaceAsync(
        HttpContext context, HawserDb db, ApiParts parts, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AddressJson.Default.KeyWish);
        if (body is null) return error!;
        var now = parts.KeyPair?.Invoke();
        if (now is null || parts.ReplaceKey is not { } replace) return Problem.NotFound("key pair");
        // Who names the key that goes knows which server this is.
        if (body.PublicKey != now.PublicKey)
        {
            return Problem.Wrong("public_key", "other_key", "This is not the public key of this server.");
        }

        if (body.Reason is { Length: > MostReason })
        {
            return Problem.Invalid($"The reason has at most {MostReason} characters.", "reason");
        }

        var done = replace();
        if (done.Complaint.Length > 0) return Problem.Conflict(done.Complaint, "key_stays");
        log.Add(
            db, context, ConsoleOperation.ReplaceKey, now.PublicKey, ("next", done.NextKey), ("kept", done.KeptAs),
            ("reason", body.Reason));
        await db.SaveChangesAsync(cancellationToken);
        return ClientResults.Json(done, AddressJson.Default.KeyReplacement);
    }
}

/// <summary>The key pair and the certificate; null: this node has none. And how this very request came.</summary>
internal sealed record AddressReply(KeyFacts? Key, CertificateFacts? Certificate, ArrivalFacts? Arrival);

/// <summary>A key pair is to be replaced.</summary>
internal sealed record KeyWish
{
    internal const string Example =
        """{"public_key":"q8ojAvdPUSiBmWkCv3dZQnCIVLmLa9dMzqJWbyA3CuI=","reason":"the old one got lost"}""";

    /// <summary>The public key that goes.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Why, for the log.</summary>
    public string? Reason { get; init; }
}

/// <summary>How it is read and written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AddressReply))]
[JsonSerializable(typeof(KeyWish))]
[JsonSerializable(typeof(KeyReplacement))]
[JsonSerializable(typeof(IReadOnlyList<PortFinding>))]
internal sealed partial class AddressJson : JsonSerializerContext;
