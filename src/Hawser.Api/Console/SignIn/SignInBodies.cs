using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Api.Console.SignIn;

/// <summary>A name and a password.</summary>
internal sealed record PasswordBody(string? Name, string? Password);

/// <summary>The second step; with Remember this browser is not asked for sent codes again for some days.</summary>
internal sealed record CodeBody(string? Handle, string? Code, bool? Remember);

/// <summary>Another way of the second step, or the same code once more: email or sms.</summary>
internal sealed record AnotherWayBody(string? Handle, string? Way);

/// <summary>Who forgot the password: a name or a mail address.</summary>
internal sealed record ForgottenBody(string? Name);

/// <summary>
/// Who wants an account: where mails are sent an address and perhaps a name to be shown, else a name and a password.
/// </summary>
internal sealed record RegisterBody(string? Name, string? Email, string? Password);

/// <summary>An authenticator that is set up while somebody signs in.</summary>
internal sealed record EnrolmentBody(string? Handle, string? Offer, string? Code);

/// <summary>A provider, and the page to come back to.</summary>
internal sealed record ProviderBody(string? Provider);

/// <summary>What a browser's authenticator answered.</summary>
internal sealed record PasskeyBody(string? State, JsonElement Credential, string? Name);

/// <summary>What a passkey is to be called.</summary>
internal sealed record PasskeyName(string? Name);

/// <summary>What a browser asks its authenticator.</summary>
internal sealed record PasskeyQuestion(string State, JsonElement Options);

/// <summary>How a step of a sign-in ended.</summary>
/// <param name="Step">
/// done, totp, email, sms, enrolment, or choice: the password was for once, the handle opens the page of invitations.
/// </param>
internal sealed record SignInStep(string Step)
{
    /// <summary>To be sent with the next step.</summary>
    public string? Handle { get; init; }

    /// <summary>Where the code went, masked.</summary>
    public string? Hint { get; init; }

    /// <summary>The ways of the second step that the account has: totp, recovery, email, sms, passkey.</summary>
    public IReadOnlyList<string>? Ways { get; init; }

    /// <summary>For how many days this browser can be remembered; left out: it can't be.</summary>
    public int? RememberDays { get; init; }

    /// <summary>Recovery codes of an authenticator that was set up just now; told once.</summary>
    public IReadOnlyList<string>? RecoveryCodes { get; init; }
}

/// <summary>An authenticator to be set up.</summary>
internal sealed record TotpQuestion(string Offer, string Secret, string Uri);

/// <summary>What the sign-in page needs to know; with Setup there is no administrator yet.</summary>
internal sealed record StartReply(
    string ServerName, string Version, bool Setup, bool Forgotten, IReadOnlyList<ProviderButton> Providers)
{
    /// <summary>How many characters a password has at least.</summary>
    public required int PasswordLength { get; init; }

    /// <summary>How people register: by mail, by password, or empty: not at all.</summary>
    public required string Registration { get; init; }

    /// <summary>Whether an administrator switches registered accounts on.</summary>
    public required bool RegistrationApproval { get; init; }

    /// <summary>Whether passkeys may be used.</summary>
    public required bool Passkeys { get; init; }

    /// <summary>The language of whoever chose none: en or zh-CN; empty: the browser's.</summary>
    public required string DefaultLanguage { get; init; }

    /// <summary>The time zone of whoever chose none; empty: the browser's.</summary>
    public required string DefaultTimeZone { get; init; }
}

/// <summary>A provider's button.</summary>
internal sealed record ProviderButton(string Name, string? Icon);

/// <summary>Where the browser goes.</summary>
internal sealed record ProviderTrip(string Url);

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PasswordBody))]
[JsonSerializable(typeof(CodeBody))]
[JsonSerializable(typeof(AnotherWayBody))]
[JsonSerializable(typeof(ForgottenBody))]
[JsonSerializable(typeof(RegisterBody))]
[JsonSerializable(typeof(EnrolmentBody))]
[JsonSerializable(typeof(ProviderBody))]
[JsonSerializable(typeof(PasskeyBody))]
[JsonSerializable(typeof(PasskeyName))]
[JsonSerializable(typeof(PasskeyQuestion))]
[JsonSerializable(typeof(SignInStep))]
[JsonSerializable(typeof(TotpQuestion))]
[JsonSerializable(typeof(StartReply))]
[JsonSerializable(typeof(ProviderTrip))]
internal sealed partial class ConsoleSignInJson : JsonSerializerContext;
