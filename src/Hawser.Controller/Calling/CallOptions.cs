using System.CommandLine;
using Hawser.Session.Connecting;

namespace Hawser.Controller.Calling;

/// <summary>What every command that calls a host takes.</summary>
internal sealed class CallOptions
{
    public Option<string?> Server { get; } = new("--server")
    {
        Description = "The ID server; a profile's when not given.",
        HelpName = "HOST[:PORT]",
        Recursive = true,
    };

    public Option<string?> Key { get; } = new("--key")
    {
        Description = "Its public key.",
        HelpName = "BASE64",
        Recursive = true,
    };

    public Option<string?> Api { get; } = new("--api")
    {
        Description = "The API server; two ports below the ID server's when not given.",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string?> ProfileName { get; } = new("--profile")
    {
        Description = "A stored server; what 'profile use' chose when not given.",
        HelpName = "NAME",
        Recursive = true,
    };

    public Option<string?> PasswordFile { get; } = new("--password-file")
    {
        Description = "The host's password; '-' for the first line of standard input.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string?> Code { get; } = new("--code")
    {
        Description = "The code of the second factor.",
        HelpName = "DIGITS",
        Recursive = true,
    };

    public Option<Paths?> Way { get; } = new("--way")
    {
        Description = "Only these ways: Tcp for direct, Udp through NATs, IPv6, Relay; several as Tcp,Udp,Relay.",
        Recursive = true,
    };

    public Option<ServerTransport> Transport { get; } = new("--transport")
    {
        Description = "How the server is spoken to.",
        Recursive = true,
    };

    public Option<string?> Proxy { get; } = new("--proxy")
    {
        Description = "Connect through http://, https:// or socks5://, with user:password@ if need be. Relays only.",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<bool> AllowClear { get; } = new("--allow-clear")
    {
        Description = "Go on without encryption when there is none. Everybody on the way can read along.",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "For programs.", Recursive = true };

    public Option<string> MyId { get; } = new("--my-id")
    {
        Description = "Who calls, as the host keeps it in its records.",
        DefaultValueFactory = _ => Environment.MachineName,
        Recursive = true,
    };

    public Option<uint?> WindowsSession { get; } = new("--windows-session")
    {
        Description = "Which user's session of a Windows host, when it has several.",
        HelpName = "N",
        Recursive = true,
    };

    public void AddTo(Command command)
    {
        Option[] all =
        [
            Server, Key, Api, ProfileName, PasswordFile, Code, Way, Transport, Proxy, AllowClear, Json, MyId,
            WindowsSession,
        ];
        foreach (var option in all) command.Add(option);
    }

    /// <summary>The profile that is meant.</summary>
    public string NameOf(ParseResult parsed) => parsed.GetValue(ProfileName) ?? Profiles.OfUser().Current;

    /// <summary>The server that is meant.</summary>
    public Profile ServerOf(ParseResult parsed)
    {
        var profiles = Profiles.OfUser().Read();
        var name = NameOf(parsed);
        profiles.TryGetValue(name, out var stored);
        if (stored is null && name != Profiles.Default)
        {
            throw new Failure(Exit.Usage, $"There is no profile '{name}': hawser-connect profile add {name} HOST KEY");
        }

        var server = parsed.GetValue(Server) ?? stored?.Server
            ?? throw new Failure(Exit.Usage,
                "Which server? --server HOST --key KEY, or once: hawser-connect profile add default HOST KEY");
        // A key, an API server and a login belong to the server that they were stored with.
        if (stored is not null && stored.Server != server) stored = null;
        return new Profile(server, parsed.GetValue(Key) ?? stored?.Key ?? "", stored?.Relay ?? "")
        {
            Api = parsed.GetValue(Api) ?? stored?.Api ?? "",
        };
    }

    /// <summary>The proxy that is meant; null for none.</summary>
    public ProxyServer? ProxyOf(ParseResult parsed)
    {
        ProxyServer? proxy = null;
        if (parsed.GetValue(Proxy) is { Length: > 0 } text && !ProxyServer.TryParse(text, out proxy))
        {
            throw new Failure(Exit.Usage, "--proxy: http://, https:// or socks5:// with a host is needed.");
        }

        return proxy;
    }
}
