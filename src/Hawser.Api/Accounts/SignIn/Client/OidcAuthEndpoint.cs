using System.Text.Json.Serialization;
using Hawser.Api.Accounts.Client;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.SignIn.Client;

/// <summary><c>POST /api/oidc/auth</c> (reference §5.1): begins, and says which page the browser must open.</summary>
internal static class OidcAuthEndpoint
{
    /// <summary>For the document.</summary>
    internal const string Example = """
        {"op":"oidc/company","id":"482913377","uuid":"OGY0ZTJiN2MtMTE=",
        "deviceInfo":{"os":"windows","type":"client","name":"PC-1"}}
        """;

    public static async Task<IResult> HandleAsync(
        HttpContext context, HawserDb db, BrowserSignIns signIns, SettingsStore settings, AskingBudget budget,
        SignInAddresses addresses, CancellationToken cancellationToken)
    {
        var body = await ClientBody.ReadAsync(context, SignInJson.Default.OidcAuthRequest);
        if (body.Value is not { } request) return body.Error!;
        if (!addresses.Allow(context.Connection.RemoteIpAddress))
        {
            return ClientResults.Error(200, SignInAddresses.Text);
        }

        if (signIns.Provider(request.Op) is not { } provider)
        {
            return ClientResults.Error(200, "This way to sign in is not available here.");
        }

        var device = DeviceTrait.Of(request.Id, request.Uuid, request.DeviceInfo);
        if (device.Id.Length == 0 || device.Uuid.Length == 0 || BrowserSignIns.IsOurs(device.Type))
        {
            return ClientResults.Error(400, "The device did not say which one it is.");
        }

        if (PublicAddress.Of(context, settings.Get(SignInSettings.Key), request.ApiDomain) is not { } url)
        {
            return ClientResults.Error(200, "This server does not know its own address: set publicUrls for sign-in.");
        }

        var remote = context.Connection.RemoteIpAddress;
        var begun = budget.TryTake(remote)
            ? await signIns.BeginAsync(db, provider, device, url, remote?.ToString() ?? "", cancellationToken) : null;
        return begun is null
            ? ClientResults.Error(429, "Too many sign-ins are under way, please try again in a few minutes.")
            : ClientResults.Json(
                new OidcAuthResponse(begun.Code, $"{url}{SignInApi.StartPath}?c={begun.State}"),
                SignInJson.Default.OidcAuthResponse);
    }
}

/// <summary>What the client sends.</summary>
internal sealed record OidcAuthRequest(
    [property: JsonPropertyName("op")] string? Op,
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("uuid")] string? Uuid,
    [property: JsonPropertyName("deviceInfo")] AskingDevice? DeviceInfo,
    [property: JsonPropertyName("apiDomain")] string? ApiDomain);

/// <summary>What a device says of itself.</summary>
internal sealed record AskingDevice(
    [property: JsonPropertyName("os")] string? Os,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("name")] string? Name);

/// <summary>What it is told.</summary>
internal sealed record OidcAuthResponse(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("url")] string Url);

/// <summary>A device that asks, cut to what is stored.</summary>
internal sealed record DeviceTrait(string Id, string Uuid, string Os, string Type, string Name)
{
    public static DeviceTrait Of(string? id, string? uuid, AskingDevice? info) => new(
        ExternalPerson.Line(id, 253), ExternalPerson.Line(uuid, 400), ExternalPerson.Line(info?.Os, 64),
        ExternalPerson.Line(info?.Type, 64), ExternalPerson.Line(info?.Name, 255));
}

/// <summary>What a poll brings at the end (reference §5.3); read strictly: what has no value is left out.</summary>
internal sealed record SignInResult(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("tfa_type")] string? TfaType,
    [property: JsonPropertyName("secret")] string? Secret,
    [property: JsonPropertyName("user")] UserObject User);

/// <summary>One button of the login dialog (reference §4.4).</summary>
internal sealed record LoginOption(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("icon"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Icon);

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OidcAuthRequest))]
[JsonSerializable(typeof(OidcAuthResponse))]
[JsonSerializable(typeof(SignInResult))]
[JsonSerializable(typeof(List<LoginOption>))]
[JsonSerializable(typeof(List<string>))]
internal sealed partial class SignInJson : JsonSerializerContext;
