using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hawser.Protocol.Crypto;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Server.Tests.Api.Accounts.SignIn;

/// <summary>An OpenID Connect issuer, and a GitHub-like one, that lie as tests tell them to.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestIssuer(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>Changes the discovery document.</summary>
    public Action<JsonObject> Discovery { get; set; } = _ => { };

    /// <summary>What the key set holds; null: it can't be had.</summary>
    public Func<JsonArray>? Keys { get; set; }

    /// <summary>How often the key set was read.</summary>
    public int KeyReads { get; private set; }

    /// <summary>Makes the ID token.</summary>
    public Func<string> IdToken { get; set; } = () => "";

    /// <summary>What the user information says; null: there is no such endpoint.</summary>
    public JsonObject? UserInfo { get; set; }

    /// <summary>Answers the token request instead.</summary>
    public Func<HttpContext, Task>? Token { get; set; }

    /// <summary>The form of the last token request.</summary>
    public Dictionary<string, string> TokenForm { get; private set; } = [];

    /// <summary>The header of the last token request.</summary>
    public string TokenAuthorization { get; private set; } = "";

    /// <summary>GitHub's addresses of mail.</summary>
    public JsonArray Emails { get; set; } = [];

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var issuer = new TestIssuer(app);
        app.Run(issuer.AnswerAsync);
        await app.StartAsync();
        issuer.Address = app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First();
        return issuer;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/.well-known/openid-configuration":
                await WriteAsync(context, DiscoveryDocument());
                break;
            case "/jwks" when Keys is not null:
                KeyReads++;
                await WriteAsync(context, new JsonObject { ["keys"] = Keys() });
                break;
            case "/token":
                await AnswerTokenAsync(context);
                break;
            case "/userinfo" when UserInfo is not null && context.Request.Headers.Authorization == "Bearer at-1":
                await WriteAsync(context, UserInfo.DeepClone());
                break;
            case "/emails" when context.Request.Headers.Authorization == "Bearer at-1":
                await WriteAsync(context, Emails.DeepClone());
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private JsonObject DiscoveryDocument()
    {
        var document = new JsonObject
        {
            ["issuer"] = Address,
            ["authorization_endpoint"] = Address + "/authorize?keep=1",
            ["token_endpoint"] = Address + "/token",
            ["jwks_uri"] = Address + "/jwks",
        };
        if (UserInfo is not null) document["userinfo_endpoint"] = Address + "/userinfo";
        Discovery(document);
        return document;
    }

    private async Task AnswerTokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        TokenForm = form.ToDictionary(f => f.Key, f => f.Value.ToString());
        TokenAuthorization = context.Request.Headers.Authorization.ToString();
        if (Token is not null)
        {
            await Token(context);
            return;
        }

        await WriteAsync(context, new JsonObject { ["access_token"] = "at-1", ["token_type"] = "Bearer", ["id_token"] = IdToken() });
    }

    internal static Task WriteAsync(HttpContext context, JsonNode json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json.ToJsonString());
    }
}

/// <summary>A key that signs tokens, and its public half as JWK.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ec;
    private readonly byte[]? _ed25519;

    public SigningKey(string algorithm, string id = "k1", int rsaBits = 2048)
    {
        Algorithm = algorithm;
        Id = id;
        if (algorithm is "RS256" or "PS256") _rsa = RSA.Create(rsaBits);
        else if (algorithm == "ES256") _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        else if (algorithm == "ES384") _ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        else if (algorithm == "EdDSA") Sodium.SignKeyPair(RandomNumberGenerator.GetBytes(32), _ed25519 = new byte[64]);
        else throw new ArgumentException(algorithm, nameof(algorithm));
    }

    public string Algorithm { get; }

    public string Id { get; }

    public JsonObject Jwk(bool withAlgorithm = true)
    {
        var key = new JsonObject { ["kid"] = Id, ["use"] = "sig" };
        if (withAlgorithm) key["alg"] = Algorithm;
        if (_rsa is not null)
        {
            var parameters = _rsa.ExportParameters(false);
            key["kty"] = "RSA";
            key["n"] = Base64Url.EncodeToString(parameters.Modulus);
            key["e"] = Base64Url.EncodeToString(parameters.Exponent);
        }
        else if (_ec is not null)
        {
            var parameters = _ec.ExportParameters(false);
            key["kty"] = "EC";
            key["crv"] = Algorithm == "ES256" ? "P-256" : "P-384";
            key["x"] = Base64Url.EncodeToString(parameters.Q.X);
            key["y"] = Base64Url.EncodeToString(parameters.Q.Y);
        }
        else
        {
            key["kty"] = "OKP";
            key["crv"] = "Ed25519";
            key["x"] = Base64Url.EncodeToString(_ed25519.AsSpan(32));
        }

        return key;
    }

    public string Token(JsonObject claims, JsonObject? header = null)
    {
        header ??= new JsonObject { ["alg"] = Algorithm, ["kid"] = Id, ["typ"] = "JWT" };
        var signed = Part(header) + "." + Part(claims);
        return signed + "." + Base64Url.EncodeToString(Sign(Encoding.ASCII.GetBytes(signed)));
    }

    public static string Part(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));

    public void Dispose()
    {
        _rsa?.Dispose();
        _ec?.Dispose();
    }

    private byte[] Sign(byte[] data) => Algorithm switch
    {
        "RS256" => _rsa!.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "PS256" => _rsa!.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        "ES256" => _ec!.SignData(data, HashAlgorithmName.SHA256),
        "ES384" => _ec!.SignData(data, HashAlgorithmName.SHA384),
        _ => Sodium.Sign(data, _ed25519)[..64],
    };
}
