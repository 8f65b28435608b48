using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Admin;

/// <summary><c>/api/users/factors</c>: whom switching a way of signing in off would concern. Ours.</summary>
internal static class FactorUse
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/users/factors", HandleAsync)
        .ForAdmins(Area.Setting, write: false).WithSummary("How many people use what to sign in.")
        .Answers<FactorCounts>();

    private static async Task<IResult> HandleAsync(HawserDb db, CancellationToken cancellationToken) =>
        ClientResults.Json(
            new FactorCounts(
                await db.Users.CountAsync(u => u.TotpEnabled, cancellationToken),
                await db.Users.CountAsync(u => u.EmailLogin && u.Email != "", cancellationToken),
                await db.Users.CountAsync(u => u.SmsLogin && u.Phone != "", cancellationToken),
                await db.Passkeys.Select(p => p.UserGuid).Distinct().CountAsync(cancellationToken)),
            FactorUseJson.Default.FactorCounts);
}

/// <summary>People who use each.</summary>
internal sealed record FactorCounts(
    [property: JsonPropertyName("authenticator")] int Authenticator, [property: JsonPropertyName("email")] int Email,
    [property: JsonPropertyName("sms")] int Sms, [property: JsonPropertyName("passkey")] int Passkey);

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(FactorCounts))]
internal sealed partial class FactorUseJson : JsonSerializerContext;
