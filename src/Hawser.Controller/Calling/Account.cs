using System.CommandLine;
using System.Text.Json.Nodes;
using Hawser.Session.Connecting;

namespace Hawser.Controller.Calling;

/// <summary>A profile's account at its API server.</summary>
internal sealed class Account
{
    private readonly CallOptions _options;
    private readonly ParseResult _parsed;
    private readonly Profiles _profiles = Profiles.OfUser();

    public Account(CallOptions options, ParseResult parsed)
    {
        (_options, _parsed) = (options, parsed);
        Profile = options.NameOf(parsed);
        Api = ApiOf(options.ServerOf(parsed));
        var stored = _profiles.Logins().GetValueOrDefault(Profile);
        Login = stored?.Api == Api.ToString() ? stored : null;
    }

    public string Profile { get; }

    public Uri Api { get; }

    public bool Json => _parsed.GetValue(_options.Json);

    /// <summary>Who is logged in; null for nobody.</summary>
    public Login? Login { get; }

    public static bool CanAsk => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>The API server of a profile (http-api §1.1).</summary>
    public static Uri ApiOf(Profile profile)
    {
        if (profile.Api.Length > 0)
        {
            return Uri.TryCreate(profile.Api.TrimEnd('/') + "/", UriKind.Absolute, out var own)
                && own.Scheme is "http" or "https" ? own
                : throw new Failure(Exit.Usage, $"--api {profile.Api}: https://HOST is needed.");
        }

        return ServerName.TryParse(profile.Server, ServerName.RendezvousPort, out var server)
            ? new UriBuilder("http", server.Host, server.Port - 2).Uri
            : throw new Failure(Exit.Usage, $"--server {profile.Server}: a name or an address is needed.");
    }

    public ApiCaller Open(bool withToken)
    {
        if (withToken && Login is null) throw new Failure(Exit.NotLetIn, "Nobody is logged in: hawser-connect login");
        return new ApiCaller(Api, _options.ProxyOf(_parsed), withToken ? Login!.Token : null);
    }

    /// <summary>What a login says of this device (http-api §4.1).</summary>
    public JsonObject Device() => new()
    {
        ["id"] = _parsed.GetValue(_options.MyId)!,
        ["uuid"] = _profiles.Uuid(),
        ["deviceInfo"] = new JsonObject
        {
            ["os"] = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux",
            ["type"] = "client",
            ["name"] = Environment.MachineName,
        },
    };

    /// <summary>Keeps what a login gave.</summary>
    /// <returns>Who it is.</returns>
    public string Keep(JsonNode? answer)
    {
        if (answer?["type"]?.ToString() != "access_token"
            || answer["access_token"]?.ToString() is not { Length: > 0 } token)
        {
            throw new Failure(Exit.Failed, "The server's answer to the login can't be understood.");
        }

        var user = ApiCaller.Plain(answer["user"]?["name"]?.ToString() ?? "");
        _profiles.Keep(Profile, new Login(Api.ToString(), user, token));
        return user;
    }

    public void Forget() => _profiles.Keep(Profile, null);

    public void Print(JsonObject json, string text) => Console.Out.WriteLine(Json ? json.ToJsonString() : text);

    public string Password() => _parsed.GetValue(_options.PasswordFile) switch
    {
        null => Ask("Password: ", "--password-file FILE, or '-' and a line on standard input.", isSecret: true),
        "-" => Console.In.ReadLine() ?? "",
        { } file => File.ReadLines(file).FirstOrDefault() ?? "",
    };

    public string Code(string question, bool isFirst) => isFirst && _parsed.GetValue(_options.Code) is { } given ? given
        : Ask(question, $"{question.TrimEnd(' ', ':')} is needed: --code DIGITS", isSecret: false);

    public string Ask(string question, string otherwise, bool isSecret)
    {
        if (!CanAsk) throw new Failure(Exit.NotLetIn, otherwise);
        if (isSecret) return HostCall.Ask(question);
        Console.Error.Write(question);
        return Console.In.ReadLine() ?? "";
    }
}
