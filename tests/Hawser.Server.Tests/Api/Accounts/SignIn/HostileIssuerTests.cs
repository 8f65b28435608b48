using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.TestRig;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts.SignIn;

/// <summary>What is believed of an issuer, and what is not.</summary>
public class HostileIssuerTests
{
    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("EdDSA")]
    public async Task Tokens_signed_with_every_supported_algorithm_are_accepted(string algorithm)
    {
        await using var rig = await SignInRig.StartAsync();
        rig.Key = new SigningKey(algorithm);
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty(rig.Server.Log);
        // A key that does not say its algorithm may be used with those of its kind.
        rig.Issuer.Keys = () => [rig.Key.Jwk(withAlgorithm: false)];
        await rig.SetAsync();
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("nonce", "\"other\"")]
    [InlineData("nonce", null)]
    [InlineData("aud", "\"somebody-else\"")]
    [InlineData("aud", "[]")]
    [InlineData("aud", "[\"hawser-1\",\"other\"]")]
    [InlineData("azp", "\"other\"")]
    [InlineData("iss", "\"https://evil.example\"")]
    [InlineData("exp", "1500000000")]
    [InlineData("exp", null)]
    [InlineData("exp", "\"tomorrow\"")]
    [InlineData("nbf", "4100000000")]
    [InlineData("iat", "4100000000")]
    [InlineData("iat", null)]
    [InlineData("sub", "\"\"")]
    [InlineData("sub", null)]
    public async Task A_token_with_a_wrong_claim_is_refused(string claim, string? json)
    {
        await using var rig = await SignInRig.StartAsync();
        rig.Issuer.IdToken = () =>
        {
            var claims = rig.Claims();
            claims.Remove(claim);
            if (json is not null) claims[claim] = JsonNode.Parse(json);
            return rig.Key.Token(claims);
        };
        await RefusedAsync(rig);
    }

    [Fact]
    public async Task Clocks_may_be_a_little_apart_and_several_audiences_need_the_right_party()
    {
        await using var rig = await SignInRig.StartAsync();
        rig.Issuer.IdToken = () =>
        {
            var claims = rig.Claims();
            claims["exp"] = claims["iat"]!.GetValue<long>() - 60;
            claims["nbf"] = claims["iat"]!.GetValue<long>() + 60;
            claims["aud"] = new JsonArray("other", SignInRig.ClientId);
            claims["azp"] = SignInRig.ClientId;
            return rig.Key.Token(claims);
        };
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty(rig.Server.Log);
    }

    [Fact]
    public async Task A_token_that_is_not_signed_is_refused()
    {
        await using var rig = await SignInRig.StartAsync();
        foreach (var alg in new[] { "none", "None", "" })
        {
            rig.Issuer.IdToken = () =>
                SigningKey.Part(new JsonObject { ["alg"] = alg }) + "." + SigningKey.Part(rig.Claims()) + ".";
            await RefusedAsync(rig);
        }
    }

    [Fact]
    public async Task A_public_key_is_never_a_shared_secret()
    {
        await using var rig = await SignInRig.StartAsync();
        var secret = Encoding.UTF8.GetBytes(rig.Key.Jwk()["n"]!.GetValue<string>());
        var symmetric = new JsonObject
        {
            ["kty"] = "oct", ["kid"] = "h", ["alg"] = "HS256", ["k"] = System.Buffers.Text.Base64Url.EncodeToString(secret),
        };
        rig.Issuer.Keys = () => [rig.Key.Jwk(), symmetric.DeepClone()];
        foreach (var id in new[] { "k1", "h" })
        {
            rig.Issuer.IdToken = () =>
            {
                var signed = SigningKey.Part(new JsonObject { ["alg"] = "HS256", ["kid"] = id }) + "." + SigningKey.Part(rig.Claims());
                var mac = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed));
                return signed + "." + System.Buffers.Text.Base64Url.EncodeToString(mac);
            };
            await RefusedAsync(rig);
        }
    }

    [Fact]
    public async Task A_key_is_used_only_with_its_own_algorithm_and_for_signing()
    {
        await using var rig = await SignInRig.StartAsync();
        using var pss = new SigningKey("PS256");
        rig.Issuer.Keys = () =>
        {
            var key = pss.Jwk();
            key["alg"] = "RS256";
            return [key];
        };
        rig.Issuer.IdToken = () => pss.Token(rig.Claims());
        await RefusedAsync(rig);
        rig.Issuer.Keys = () =>
        {
            var key = rig.Key.Jwk();
            key["use"] = "enc";
            return [key];
        };
        rig.Issuer.IdToken = () => rig.Key.Token(rig.Claims());
        await rig.SetAsync(p => p.Issuer = rig.Issuer.Address + "/");
        await RefusedAsync(rig);
    }

    [Fact]
    public async Task Forged_damaged_and_weak_signatures_are_refused()
    {
        await using var rig = await SignInRig.StartAsync();
        using var other = new SigningKey("RS256");
        using var weak = new SigningKey("RS256", "weak", 1024);
        rig.Issuer.Keys = () => [rig.Key.Jwk(), weak.Jwk()];
        var mine = rig.Key;
        foreach (var token in new Func<string>[]
        {
            () => other.Token(rig.Claims()),
            () => weak.Token(rig.Claims()),
            () => Swap(mine.Token(rig.Claims()), 1, new JsonObject { ["sub"] = "admin" }),
            () => mine.Token(rig.Claims(), new JsonObject { ["alg"] = "RS256", ["kid"] = "k1", ["crit"] = new JsonArray("b64") }),
            () => mine.Token(rig.Claims())[..^20],
            () => "a.b", () => "", () => "a.b.c.d", () => new string('x', 100_000), () => "e30.e30.",
        })
        {
            rig.Issuer.IdToken = token;
            await RefusedAsync(rig);
        }
    }

    [Fact]
    public async Task After_a_rollover_the_new_key_is_read_but_not_for_every_made_up_name()
    {
        var time = new ManualTime();
        await using var rig = await SignInRig.StartAsync(time: time);
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty();
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty();
        rig.Issuer.KeyReads.ShouldBe(1);
        rig.Key = new SigningKey("ES256", "k2");
        time.Advance(ProviderDocuments.KeyRefetch);
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty(rig.Server.Log);
        rig.Issuer.KeyReads.ShouldBe(2);
        using var forged = new SigningKey("RS256", "made-up");
        rig.Issuer.IdToken = () => forged.Token(rig.Claims());
        for (var i = 0; i < 3; i++) await RefusedAsync(rig);
        rig.Issuer.KeyReads.ShouldBe(2);
    }

    [Fact]
    public async Task A_discovery_document_of_another_issuer_is_not_used()
    {
        await using var rig = await SignInRig.StartAsync();
        rig.Issuer.Discovery = d => d["issuer"] = "https://evil.example";
        await rig.Browser.AskAsync("corp");
        var page = await rig.Browser.ConfirmAsync();
        (page.Status, page.Location).ShouldBe((502, null));
        (await rig.Browser.PollAsync()).Error.ShouldBe("No authed oidc is found");
    }

    [Fact]
    public async Task An_answer_that_names_another_issuer_is_a_mix_up()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.LeaveAsync();
        (await rig.ReturnAsync("&iss=https%3A%2F%2Fevil.example")).Status.ShouldBe(502);
        rig.Issuer.Discovery = d => d["authorization_response_iss_parameter_supported"] = true;
        await rig.SetAsync(p => p.Issuer = rig.Issuer.Address + "/");
        // Known documents are kept; a server that starts now reads it.
        await using var fresh = await SignInRig.StartAsync();
        fresh.Issuer.Discovery = rig.Issuer.Discovery;
        await fresh.LeaveAsync();
        (await fresh.ReturnAsync()).Status.ShouldBe(502);
        await fresh.LeaveAsync();
        (await fresh.ReturnAsync("&iss=" + Uri.EscapeDataString(fresh.Issuer.Address))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task User_information_completes_claims_but_must_be_about_the_same_person()
    {
        await using var rig = await SignInRig.StartAsync();
        rig.Issuer.UserInfo = new JsonObject { ["sub"] = "somebody else", ["email"] = "x@example.net", ["email_verified"] = true };
        rig.Issuer.IdToken = () =>
        {
            var claims = rig.Claims();
            claims.Remove("email");
            return rig.Key.Token(claims);
        };
        await RefusedAsync(rig);
        rig.Issuer.UserInfo["sub"] = "subject-1";
        var answer = await rig.SignInAsync();
        answer.Json.GetProperty("user").GetProperty("email").GetString().ShouldBe("x@example.net");
    }

    [Fact]
    public async Task Answers_that_are_too_large_refused_or_no_JSON_end_in_words()
    {
        await using var rig = await SignInRig.StartAsync();
        foreach (var answer in new Func<HttpContext, Task>[]
        {
            c => c.Response.WriteAsync("<html>"),
            c => c.Response.WriteAsync("[]"),
            c => TestIssuer.WriteAsync(c, new JsonObject { ["error"] = "invalid_grant" }),
            c => TestIssuer.WriteAsync(c, new JsonObject { ["access_token"] = "at-1" }),
            c => c.Response.WriteAsync(new string(' ', ProviderHttp.MaximumAnswer + 1)),
            c => { c.Response.StatusCode = 500; return Task.CompletedTask; },
            c => { c.Response.Redirect("/token2"); return Task.CompletedTask; },
        })
        {
            rig.Issuer.Token = answer;
            await RefusedAsync(rig);
        }
    }

    private static string Swap(string token, int part, JsonObject other)
    {
        var parts = token.Split('.');
        parts[part] = SigningKey.Part(other);
        return string.Join('.', parts);
    }

    private static async Task RefusedAsync(SignInRig rig)
    {
        await rig.LeaveAsync();
        var page = await rig.ReturnAsync();
        page.Status.ShouldBe(502, page.Text);
        page.Text.ShouldContain("could not be verified");
        var answer = await rig.Browser.PollAsync();
        answer.Error!.ShouldContain("could not be verified");
        answer.Text.ShouldNotContain("access_token");
    }
}
