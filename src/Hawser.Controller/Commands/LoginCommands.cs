using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Hawser.Controller.Calling;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect login</c> and <c>logout</c>: an account at the API server (http-api §4, §5).</summary>
internal static class LoginCommands
{
    private const int MostCodes = 3;

    public static Command Login(CallOptions calling)
    {
        var user = new Argument<string?>("user")
        {
            Description = "The login name.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var provider = new Option<string?>("--provider")
        {
            Description = "Logs in with the browser at this provider; 'list' shows which there are.",
            HelpName = "NAME",
        };
        var noBrowser = new Option<bool>("--no-browser") { Description = "Only show the address, start no browser." };
        var command = new Command("login", "Log in at the API server; --password-file and --code as for machines.")
        {
            user, provider, noBrowser,
        };
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var account = new Account(calling, parsed);
            using var api = account.Open(withToken: false);
            if (parsed.GetValue(provider) == "list") return await ListAsync(api, account.Json, cancellation);
            var answer = parsed.GetValue(provider) is { } name
                ? await BrowseAsync(api, account, name, !parsed.GetValue(noBrowser), cancellation)
                : await PasswordAsync(api, account, parsed.GetValue(user), cancellation);
            answer = await SecondStepAsync(api, account, answer, cancellation);
            var who = account.Keep(answer);
            account.Print(new JsonObject { ["user"] = who, ["profile"] = account.Profile }, $"Logged in as {who}.");
            return Exit.Done;
        }
    }

    public static Command Logout(CallOptions calling)
    {
        var command = new Command("logout", "Forget the login, here and at the server.");
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var account = new Account(calling, parsed);
            if (account.Login is null) throw new Failure(Exit.Usage, "Nobody is logged in.");
            try
            {
                using var api = account.Open(withToken: true);
                await api.TryAsync(HttpMethod.Post, "api/logout", account.Device(), cancellation);
            }
            catch (Failure e)
            {
                await Console.Error.WriteLineAsync($"The server was not told: {e.Message}");
            }

            account.Forget();
            account.Print(new JsonObject { ["profile"] = account.Profile }, "Logged out.");
            return Exit.Done;
        }
    }

    private static async Task<int> ListAsync(ApiCaller api, bool json, CancellationToken cancellation)
    {
        var names = await ProvidersAsync(api, cancellation);
        if (json) Console.Out.WriteLine(new JsonArray([.. names.Select(n => (JsonNode)n)]).ToJsonString());
        else foreach (var name in names) Console.Out.WriteLine(ApiCaller.Plain(name));
        return Exit.Done;
    }

    // §4.4.
    private static async Task<string[]> ProvidersAsync(ApiCaller api, CancellationToken cancellation)
    {
        var options = await api.SendAsync(HttpMethod.Get, "api/login-options", null, cancellation);
        const string prefix = "oidc/";
        return options is not JsonArray list ? []
            : [.. list.Select(o => o?.ToString() ?? "").Where(o => o.StartsWith(prefix, StringComparison.Ordinal))
                .Select(o => o[prefix.Length..])];
    }

    private static async Task<JsonNode?> PasswordAsync(
        ApiCaller api, Account account, string? user, CancellationToken cancellation)
    {
        var name = user ?? account.Ask("User: ", "Who? hawser-connect login USER", isSecret: false);
        var body = account.Device();
        body["username"] = name;
        body["password"] = account.Password();
        body["type"] = "account";
        body["autoLogin"] = true;
        return await api.SendAsync(HttpMethod.Post, "api/login", body, cancellation);
    }

    // §4.2: a code by mail or of an authenticator, asked for again when it was wrong.
    private static async Task<JsonNode?> SecondStepAsync(
        ApiCaller api, Account account, JsonNode? challenge, CancellationToken cancellation)
    {
        if (challenge?["type"]?.ToString() != "email_check") return challenge;
        var isTotp = challenge["tfa_type"]?.ToString() == "tfa_check";
        for (var i = 1; ; i++)
        {
            var mailed = $"Code sent to {ApiCaller.Plain(challenge["user"]?["email"]?.ToString() ?? "")}: ";
            var code = account.Code(isTotp ? "Code of the authenticator: " : mailed, isFirst: i == 1);
            var body = account.Device();
            if (challenge["user"]?["name"] is { } name) body["username"] = name.ToString();
            body["type"] = "email_code";
            body["autoLogin"] = true;
            body["verificationCode"] = code;
            if (isTotp) body["tfaCode"] = code;
            if (challenge["secret"] is { } secret) body["secret"] = secret.ToString();
            try
            {
                return await api.SendAsync(HttpMethod.Post, "api/login", body, cancellation);
            }
            catch (Failure e) when (e.Code == Exit.NotLetIn && i < MostCodes && Account.CanAsk)
            {
                await Console.Error.WriteLineAsync(e.Message);
            }
        }
    }

    // §5: a code, a page for the browser, and questions until somebody has signed in there.
    private static async Task<JsonNode?> BrowseAsync(
        ApiCaller api, Account account, string provider, bool starts, CancellationToken cancellation)
    {
        var body = account.Device();
        body["op"] = provider;
        body["apiDomain"] = account.Api.ToString().TrimEnd('/');
        var begun = await api.SendAsync(HttpMethod.Post, "api/oidc/auth", body, cancellation);
        if (begun?["code"]?.ToString() is not { Length: > 0 } code
            || !Uri.TryCreate(begun["url"]?.ToString(), UriKind.Absolute, out var page)
            || page.Scheme is not ("http" or "https"))
        {
            throw new Failure(Exit.Failed, "The server's answer can't be understood; --provider list shows its names.");
        }

        await Console.Error.WriteLineAsync($"Sign in there: {page}");
        if (starts) Browse(page);
        var device = account.Device();
        var query = $"api/oidc/auth-query?code={Uri.EscapeDataString(code)}"
            + $"&id={Uri.EscapeDataString(device["id"]!.ToString())}"
            + $"&uuid={Uri.EscapeDataString(device["uuid"]!.ToString())}";
        return await BrowserWait.RunAsync(
            async () => (await api.TryAsync(HttpMethod.Get, query, null, cancellation)).Item2,
            TimeProvider.System, cancellation);
    }

    private static void Browse(Uri page)
    {
        try
        {
            using var started = Process.Start(new ProcessStartInfo("xdg-open", [page.ToString()])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            });
        }
        catch (Win32Exception)
        {
            // No browser here; the address was shown.
        }
    }
}
