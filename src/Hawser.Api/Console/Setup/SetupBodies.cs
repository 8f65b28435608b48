using System.Text.Json.Serialization;

namespace Hawser.Api.Console.Setup;

/// <summary>The first administrator.</summary>
internal sealed record FirstAdminBody(string? Code, string? Name, string? Password, string? Email);

/// <summary>How far the setup got (the step that comes next; 0: finished), with what was entered.</summary>
internal sealed record SetupState(
    int Step, IReadOnlyList<int> Skipped, SetupAddress Address, SetupAccess Access, SetupMail Mail);

/// <summary>What clients and browsers call this server.</summary>
internal sealed record SetupAddress(string? ServerName, string? PublicHost, string? ApiUrl, string? ConsoleUrl)
{
    /// <summary>The host that clients are told while none is entered.</summary>
    public string? Suggested { get; init; }

    /// <summary>Reverse proxies that are believed besides those of the options.</summary>
    public IReadOnlyList<string>? TrustedProxies { get; init; }
}

/// <summary>Who may connect.</summary>
internal sealed record SetupAccess(bool? LoginRequired, bool? DeploymentRequired)
{
    /// <summary>Of whom a second factor is demanded: nobody, administrators or everybody.</summary>
    public string? SecondFactor { get; init; }
}

/// <summary>The mail server; the password is never told.</summary>
internal sealed record SetupMail(
    string? Host, int? Port, string? Security, string? Username, string? Password, string? From, string? Language)
{
    public bool HasPassword { get; init; }
}

/// <summary>A step that is done, or passed over.</summary>
internal sealed record SetupStepBody(int Step, bool Skip);

/// <summary>To whom a mail is sent to see that it arrives.</summary>
internal sealed record MailTestBody(string? To);

/// <summary>How it went.</summary>
/// <param name="Sent">Whether the mail server took it.</param>
/// <param name="Answer">Why not; empty: it was taken.</param>
/// <param name="Dialogue">What was said, in order, without secrets.</param>
internal sealed record MailTestReply(bool Sent, string Answer, IReadOnlyList<MailTurn> Dialogue);

/// <summary>A line of what this server and a mail server said.</summary>
/// <param name="By">client: this server; server: the mail server; note: neither.</param>
/// <param name="Text">What.</param>
internal sealed record MailTurn(string By, string Text);

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FirstAdminBody))]
[JsonSerializable(typeof(SetupState))]
[JsonSerializable(typeof(SetupStepBody))]
[JsonSerializable(typeof(MailTestBody))]
[JsonSerializable(typeof(MailTestReply))]
internal sealed partial class SetupJson : JsonSerializerContext;
