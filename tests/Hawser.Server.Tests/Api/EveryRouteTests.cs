using System.Text;
using Hawser.Api.Http;
using Hawser.Server.Tests.Api.Document;
using Hawser.TestRig;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api;

/// <summary>
/// What must hold for every route, also for one that is added tomorrow: who is let in, and that no body, however
/// broken, makes the server fail.
/// </summary>
public sealed class EveryRouteTests
{
    /// <summary>The routes anybody may call, as the reference lists them (§2.2, class A), and why.</summary>
    private static readonly Dictionary<string, string> Open = new(StringComparer.Ordinal)
    {
        ["POST /api/login"] = "that is how one gets a token",
        ["GET /api/login-options"] = "asked before logging in",
        ["HEAD /api/login-options"] = "asked before logging in",
        ["POST /api/logout"] = "also with a token that is void already",
        ["POST /api/oidc/auth"] = "that is how one gets a token",
        ["GET /api/oidc/auth-query"] = "bound to code, id and uuid",
        ["GET /api/oidc/start"] = "the browser's first page, bound to a code",
        ["POST /api/oidc/start"] = "its button",
        ["GET /api/oidc/callback"] = "the provider's answer, bound to a state",
        ["POST /api/oidc/callback"] = "the same, of providers that post",
        ["POST /api/heartbeat"] = "devices have no token; id and uuid are checked",
        ["POST /api/sysinfo"] = "devices have no token; id and uuid are checked",
        ["POST /api/sysinfo_ver"] = "tells nothing",
        ["POST /api/audit/conn"] = "devices have no token; id and uuid are checked",
        ["POST /api/audit/file"] = "devices have no token; id and uuid are checked",
        ["POST /api/audit/alarm"] = "devices have no token; id and uuid are checked",
        ["POST /api/record"] = "clients have no token; off by default, names and quotas are checked",
        ["POST /api/switch-grant"] = "signed by the device",
        ["GET /api/console/start"] = "asked before signing in",
        ["POST /api/console/sign-in"] = "that is how one gets a session; only pages of this server",
        ["POST /api/console/sign-in/code"] = "its second step",
        ["POST /api/console/sign-in/another"] = "another way of it, bound to its handle",
        ["POST /api/console/sign-in/forgotten"] = "whoever forgot the password can't sign in; answers all the same",
        ["POST /api/console/sign-in/register"] = "off by default; whoever has no account has no token; answers all the same",
        ["POST /api/console/sign-in/enrolment"] = "its second step, where an authenticator is demanded",
        ["POST /api/console/sign-in/passkey/question"] = "that is how one gets a session",
        ["POST /api/console/sign-in/passkey"] = "that is how one gets a session",
        ["POST /api/console/sign-in/provider"] = "that is how one gets a session",
        ["POST /api/console/sign-in/provider/finish"] = "bound to a cookie",
        ["POST /api/console/sign-out"] = "also with a session that is over already",
        ["POST /api/console/setup/administrator"] = "bound to the setup code, and only while nobody is administrator",
        ["POST /lic/web/api/plugin-sign"] = "off by default",
        ["GET /invite"] = "the link in a mail, bound to its code",
        ["POST /invite"] = "its form",
        ["GET /forgotten"] = "the link in a mail, bound to its code",
        ["POST /forgotten"] = "its form",
        ["GET /avatars/{name}"] = "image loaders send no token (§14.1)",
        ["HEAD /avatars/{name}"] = "image loaders send no token (§14.1)",
        ["GET /openapi/v1.json"] = "describes the interface, as the sources do",
        ["HEAD /openapi/v1.json"] = "describes the interface, as the sources do",
        ["GET /docs"] = "shows the document",
        ["HEAD /docs"] = "shows the document",
        ["GET /docs/reference.js"] = "part of that page",
        ["HEAD /docs/reference.js"] = "part of that page",
        ["GET /docs/reference.css"] = "part of that page",
        ["HEAD /docs/reference.css"] = "part of that page",
        ["GET /downloads/{**path}"] = "installers are fetched without token (§14.3)",
        ["HEAD /downloads/{**path}"] = "installers are fetched without token (§14.3)",
    };

    /// <summary>The recorder's routes decide themselves who may: what they answer to nobody, and to void credentials.</summary>
    private static readonly Dictionary<string, (int Nobody, int Void)> Recorders = new(StringComparer.Ordinal)
    {
        ["/recordings"] = (401, 401), ["/api/recordings"] = (401, 401),
        ["/recordings/facets"] = (401, 401), ["/api/recordings/facets"] = (401, 401),
        ["/recordings/{recordId}"] = (401, 401), ["/api/recordings/{recordId}"] = (401, 401),
        ["/api/recordings/bulk"] = (401, 401),
        ["/recordings/{recordId}/finish"] = (401, 401), ["/api/recordings/{recordId}/finish"] = (401, 401),
        ["/recordings/{recordId}/views"] = (401, 401), ["/api/recordings/{recordId}/views"] = (401, 401),
        ["/recordings/{recordId}/events"] = (401, 401), ["/api/recordings/{recordId}/events"] = (401, 401),
        ["/recordings/{recordId}/activity"] = (401, 401), ["/api/recordings/{recordId}/activity"] = (401, 401),
        ["/recordings/{recordId}/sha256"] = (401, 401), ["/api/recordings/{recordId}/sha256"] = (401, 401),
        ["/recordings/{recordId}/saved"] = (401, 401), ["/api/recordings/{recordId}/saved"] = (401, 401),
        ["/recordings/{recordId}/copy"] = (401, 401), ["/api/recordings/{recordId}/copy"] = (401, 401),
        // Nobody is told the same of what there is and what there is not.
        ["/recordings/{recordId}/status"] = (200, 401), ["/recordings/{recordId}/poster.jpg"] = (404, 401),
        ["/recordings/{recordId}/preview.webm"] = (404, 401), ["/recordings/download/{**key}"] = (404, 404),
        // A page without anything of anybody's, and a door that asks in CONNECT.
        ["/recorder"] = (200, 200), ["/recorder/recorder.css"] = (200, 200), ["/recorder/recorder.js"] = (200, 200),
        ["/recorder/recorder-socket.js"] = (200, 200), ["/recorder/pattern.js"] = (200, 200), ["/socket.io"] = (400, 400),
    };

    [Fact]
    public async Task Recordings_are_closed_without_a_token_with_a_void_one_and_with_one_for_something_else()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var mara = await api.AddUserAsync("mara", admin: true);
        var revoked = await api.TokenAsync(mara);
        await api.PostAsync("/api/logout", "{}", revoked);
        var others = string.Join(' ', Enum.GetValues<Area>().Where(a => a != Area.Recording).Select(a => $"{a}:rw"));
        var (other, reader) = (await api.ApiTokenAsync(mara, others), await api.ApiTokenAsync(mara, others + " recording:r"));
        var wrong = new List<string>();
        var routes = Routes(hawser).Where(r => DocumentWriter.IsOfTheRecorder(r.Path) && r.Method != "OPTIONS").ToList();
        foreach (var route in routes)
        {
            Recorders.TryGetValue(route.Path, out var expected).ShouldBeTrue($"{route.Path}: who may? Then say it above.");
            var nobody = await SendAsync(api, route, "{}"u8.ToArray(), null);
            if (nobody.Status != expected.Nobody) wrong.Add($"{route.Name} nobody: {nobody}");
            foreach (var token in new[] { "", "nonsense", revoked, new string('x', 5000) })
            {
                var answer = await SendAsync(api, route, "{}"u8.ToArray(), token);
                if (answer.Status != expected.Void && (token.Length > 0 || answer.Status != expected.Nobody)) wrong.Add($"{route.Name} {token}: {answer}");
            }

            if (expected.Nobody != 401) continue;
            var elsewhere = await SendAsync(api, route, "{\"note\":\"x\"}"u8.ToArray(), other);
            if (elsewhere.Status is not (403 or 404)) wrong.Add($"{route.Name} with other scopes: {elsewhere}");
            if (route.Method is "GET" or "HEAD") continue;
            var written = await SendAsync(api, route, "{\"note\":\"x\"}"u8.ToArray(), reader);
            if (written.Status != 403) wrong.Add($"{route.Name} with a reader's scope: {written}");
        }

        wrong.ShouldBeEmpty();
        Recorders.Keys.Except(routes.Select(r => r.Path)).ShouldBeEmpty("these are gone");
    }

    [Fact]
    public async Task Every_route_says_who_may_call_it_and_open_ones_are_open_on_purpose()
    {
        await using var hawser = await TestHawser.StartAsync();
        var open = Routes(hawser).Where(r => r.IsOpen && !DocumentWriter.IsOfTheRecorder(r.Path)).Select(r => r.Name).ToList();

        open.Except(Open.Keys).ShouldBeEmpty("open to anybody: on purpose? Then say why above.");
        Open.Keys.Except(open).ShouldBeEmpty("these are gone");
        Routes(hawser).Count(r => !r.IsOpen).ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task Without_a_token_with_a_wrong_one_and_with_a_revoked_one_every_other_route_is_closed()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var mara = await api.AddUserAsync("mara", admin: true);
        var revoked = await api.TokenAsync(mara);
        await api.PostAsync("/api/logout", "{}", revoked);
        var wrong = new List<string>();
        foreach (var route in Routes(hawser).Where(r => !r.IsOpen))
        {
            foreach (var token in new[] { null, "", "nonsense", revoked, new string('x', 5000) })
            {
                var answer = await SendAsync(api, route, "{}"u8.ToArray(), token);
                if (answer is not { Status: 401, Error: "Invalid token" }) wrong.Add($"{route.Name} {token}: {answer}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_api_token_opens_only_what_its_scopes_name()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var admin = await api.AddUserAsync("root", admin: true);
        var none = await api.ApiTokenAsync(admin, "");
        var wrong = new List<string>();
        foreach (var route in Routes(hawser).Where(r => !r.IsOpen))
        {
            var everythingElse = string.Join(' ', Enum.GetValues<Area>()
                .Where(a => a != route.Need.Area).Select(a => $"{a}:rw"));
            var reader = route.Need.Write ? $"{route.Need.Area}:r" : "";
            foreach (var token in new[] { none, await api.ApiTokenAsync(admin, $"{everythingElse} {reader}") })
            {
                var answer = await SendAsync(api, route, "{}"u8.ToArray(), token);
                if (answer.Status != 403 || answer.Error is null) wrong.Add($"{route.Name}: {answer}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_is_kept_out_of_what_is_for_administrators_also_with_a_token_he_made()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var user = await api.AddUserAsync("mara");
        var tokens = new[] { await api.TokenAsync(user), await api.ApiTokenAsync(user, AllScopes) };
        var wrong = new List<string>();
        foreach (var route in Routes(hawser).Where(r => !r.IsOpen && r.Need.Admin))
        {
            foreach (var token in tokens)
            {
                var answer = await SendAsync(api, route, "{}"u8.ToArray(), token);
                if (answer.Status != 403) wrong.Add($"{route.Name}: {answer}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_admin_role_opens_only_what_its_rights_name()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var person = await api.TokenAsync(await api.AddUserAsync("root", admin: true));
        var helper = await api.AddUserAsync("mara");
        var made = await api.PostAsync("/api/admin-roles", """{"name":"R","type":"global","rights":[],"users":["mara"]}""", person);
        var wrong = new List<string>();
        var opened = 0;
        foreach (var subject in AdminRightTable.All.GroupBy(r => r.Name.Split('.')[0]))
        {
            var rights = subject.Aggregate(AdminRight.None, (all, r) => all | r.Right);
            var names = string.Join(',', subject.Select(r => $"\"{r.Name}\""));
            (await api.SendAsync(HttpMethod.Patch, $"/api/admin-roles/{made.Member("guid")}", $$"""{"rights":[{{names}}]}""", person))
                .Status.ShouldBe(200);
            var token = await api.TokenAsync(helper);
            foreach (var route in Routes(hawser).Where(r => !r.IsOpen && r.Need.Admin))
            {
                var names403 = (await SendAsync(api, route, "{}"u8.ToArray(), token)).Status == 403;
                if ((route.Need.Delegated & rights) == AdminRight.None && !names403) wrong.Add($"{subject.Key}: {route.Name}");
                if (!names403) opened++;
            }
        }

        wrong.ShouldBeEmpty();
        opened.ShouldBeGreaterThan(25);
    }

    [Fact]
    public async Task No_body_makes_a_route_fail()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var admin = await api.AddUserAsync("root", admin: true);
        var tokens = new[] { await api.TokenAsync(admin), await api.ApiTokenAsync(admin, AllScopes) };
        var wrong = new List<string>();
        foreach (var route in Routes(hawser))
        {
            foreach (var (name, body) in Bodies())
            {
                var answer = await SendAsync(api, route, body, tokens[body.Length & 1]);
                if (answer.Status >= 500) wrong.Add($"{route.Name} {name}: {answer}");
                else if (answer.Status >= 400 && answer.Error is null or "" && IsJson(route)) wrong.Add(
                    $"{route.Name} {name} has no error text: {answer}");
            }
        }

        wrong.ShouldBeEmpty(hawser.Log.Split('\n').FirstOrDefault(l => l.Contains("Exception", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task C94_every_JSON_answer_names_its_charset()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var token = await api.TokenAsync(await api.AddUserAsync("root", admin: true));
        var seen = 0;
        foreach (var route in Routes(hawser))
        {
            var answer = await SendAsync(api, route, "{}"u8.ToArray(), token);
            // Engine.IO's refusals are as the reference has them (recorder.md §2.1).
            if (answer.Type?.MediaType != "application/json" || route.Path == "/socket.io") continue;
            seen++;
            answer.Type.CharSet.ShouldBe("utf-8", route.Name);
        }

        seen.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Seeded_nonsense_in_bodies_paths_and_queries_makes_no_route_fail()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var token = await api.TokenAsync(await api.AddUserAsync("root", admin: true));
        var random = new Random(4711);
        var wrong = new List<string>();
        foreach (var route in Routes(hawser))
        {
            for (var round = 0; round < 12; round++)
            {
                var body = Mutate(random);
                var answer = await SendAsync(api, route, body, token, Query(random), random);
                if (answer.Status >= 500) wrong.Add($"{route.Name} {Convert.ToHexString(body)}: {answer}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static string AllScopes => string.Join(' ', Enum.GetValues<Area>().Select(a => $"{a}:rw"));

    private static IEnumerable<(string Name, byte[] Body)> Bodies()
    {
        yield return ("empty", []);
        yield return ("null", "null"u8.ToArray());
        yield return ("truncated", "{\"id\":\"1234567"u8.ToArray());
        yield return ("a number", "17"u8.ToArray());
        yield return ("an array", "[1,2,3]"u8.ToArray());
        yield return ("an array of objects", "[{}]"u8.ToArray());
        yield return ("an empty object", "{}"u8.ToArray());
        yield return ("wrong types", """
            {"id":17,"uuid":{},"username":[],"password":true,"type":5,"conn_id":"x","session_id":-1,"tags":"x",
            "data":7,"name":{},"color":"red","guid":9,"note":[],"info":[],"peer":"x","conns":"x","modified_at":"x",
            "deviceInfo":[],"op":3,"code":4,"verificationCode":1,"old":1,"new":2,"hash":3,"pk":4,"result":[]}
            """u8.ToArray());
        yield return ("nulls", """
            {"id":null,"uuid":null,"username":null,"password":null,"type":null,"conn_id":null,"session_id":null,
            "tags":null,"data":null,"name":null,"color":null,"guid":null,"note":null,"info":null,"peer":null,
            "conns":null,"modified_at":null,"deviceInfo":null,"op":null,"old":null,"new":null,"pk":null}
            """u8.ToArray());
        yield return ("huge numbers", """
            {"id":"1","uuid":"MQ==","conn_id":99999999999999999999,"session_id":99999999999999999999,"color":-1,
            "modified_at":1e400,"ver":99999999999999,"conns":[1e99]}
            """u8.ToArray());
        yield return ("not UTF-8", [.. "{\"id\":\""u8, 0xFF, 0xFE, 0x80, .. "\",\"uuid\":\"MQ==\",\"name\":\"x\"}"u8]);
        yield return ("lone surrogates", """{"id":"\ud800","uuid":"\udfff","name":"\ud800","username":"\udc00"}"""u8.ToArray());
        yield return ("NUL and line ends", """{"id":"1\u00002","uuid":"MQ==\r\nX: y","username":"a\u0000b","name":"\u0000"}"""u8.ToArray());
        yield return ("deep", Encoding.ASCII.GetBytes(new string('[', 20_000) + new string(']', 20_000)));
        yield return ("deep objects", Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat("{\"info\":", 5_000)) + "1" + new string('}', 5_000)));
        yield return ("a megabyte", Encoding.ASCII.GetBytes(
            $$"""{"id":"1","uuid":"MQ==","username":"{{new string('x', 990_000)}}","data":"{{new string('y', 9000)}}"}"""));
        yield return ("many keys", Encoding.ASCII.GetBytes(
            "{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"k{i}\":{i}")) + "}"));
    }

    private static byte[] Mutate(Random random)
    {
        var bodies = Bodies().Where(b => b.Body.Length is > 0 and < 2000).Select(b => b.Body).ToList();
        var body = (byte[])bodies[random.Next(bodies.Count)].Clone();
        for (var i = random.Next(1, 12); i > 0; i--) body[random.Next(body.Length)] = (byte)random.Next(256);
        return body;
    }

    private static string Query(Random random)
    {
        string[] keys = ["current", "pageSize", "ab", "guid", "id", "uuid", "code", "state", "type", "file", "offset",
            "length", "session_id", "conn_type", "accessible", "status", "name"];
        string[] values = ["", "-1", "0", "99999999999999999999", "%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "new", "part",
            "tail", "%F0%9F%92%A5", "' OR 1=1 --", "%25%25%25", "1e9", "00000000-0000-0000-0000-000000000000"];
        var parts = Enumerable.Range(0, random.Next(6))
            .Select(_ => $"{keys[random.Next(keys.Length)]}={values[random.Next(values.Length)].Replace(" ", "+", StringComparison.Ordinal)}");
        return "?" + string.Join('&', parts);
    }

    private static async Task<Answer> SendAsync(
        ApiClient api, Route route, byte[] body, string? token, string query = "", Random? random = null)
    {
        string[] hostile = ["0", "..%2f..%2fx", "%00", "%ff", "a%20b", new string('z', 900), Guid.CreateVersion7().ToString()];
        var path = route.Path;
        while (path.IndexOf('{', StringComparison.Ordinal) is >= 0 and var open)
        {
            var value = random is null ? Guid.Empty.ToString() : hostile[random.Next(hostile.Length)];
            path = path[..open] + value + path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..];
        }

        using var request = new HttpRequestMessage(new HttpMethod(route.Method), new Uri(path + query, UriKind.Relative));
        if (route.Method is not ("GET" or "HEAD"))
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var type = response.Content.Headers.ContentType;
        // A stream has no end to wait for.
        var text = type?.MediaType == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text, type);
    }

    private static bool IsJson(Route route) => route.Path.StartsWith("/api/", StringComparison.Ordinal)
        && route.Method != "HEAD" && !route.Path.StartsWith("/api/oidc/start", StringComparison.Ordinal)
        && !route.Path.StartsWith("/api/oidc/callback", StringComparison.Ordinal);

    private static List<Route> Routes(TestHawser hawser)
    {
        var routes = new List<Route>();
        var source = hawser.Node.Services!.GetRequiredService<EndpointDataSource>();
        foreach (var endpoint in source.Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
            if (DocumentWriter.IsOfTheNode(path)) continue;
            var open = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            var need = endpoint.Metadata.GetMetadata<AuthorizationPolicy>()?.Requirements.OfType<Policies.Need>().Single();
            if (!open) need.ShouldNotBeNull($"{path} says nothing");
            foreach (var method in methods) routes.Add(new(method, path, open, need ?? new(null, false, false)));
        }

        // Heartbeats are answered before routes are looked up.
        routes.Add(new("POST", "/api/heartbeat", true, new(null, false, false)));
        return routes;
    }

    private sealed record Route(string Method, string Path, bool IsOpen, Policies.Need Need)
    {
        public string Name => $"{Method} {Path}";
    }
}
