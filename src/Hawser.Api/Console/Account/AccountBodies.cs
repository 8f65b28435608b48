using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Api.Console.Account;

/// <summary>A password, a code, or the answer of a passkey: any of them proves who somebody is.</summary>
internal sealed record StepUpBody(string? Password, string? Code, string? State, JsonElement Credential);

/// <summary>The new password.</summary>
internal sealed record PasswordChange(string? Password);

/// <summary>Name and mail address, and whether alarms about the own devices and account are mailed there.</summary>
internal sealed record ProfileChange(string? DisplayName, string? Email, bool? EmailAlarms);

/// <summary>The first code of a new authenticator.</summary>
internal sealed record TotpAnswer(string? Offer, string? Code);

/// <summary>Recovery codes, told once.</summary>
internal sealed record CodesReply(IReadOnlyList<string> RecoveryCodes);

/// <summary>A passkey in a list.</summary>
internal sealed record PasskeyItem(string Id, string Name, DateTime CreatedAt, DateTime? LastUsedAt);

/// <summary>A sign-in in a list: of a client or of the console; the one that asks is marked.</summary>
internal sealed record SessionItem(
    string Guid, string Kind, string Device, string System, string Address, DateTime CreatedAt, DateTime? LastUsedAt,
    bool Current);

/// <summary>A browser or device that is not asked for the mailed code.</summary>
internal sealed record TrustedItem(
    string Guid, string Kind, string Device, string System, DateTime CreatedAt, DateTime ExpiresAt);

/// <summary>All of them.</summary>
internal sealed record SecurityReply(
    IReadOnlyList<PasskeyItem> Passkeys, IReadOnlyList<SessionItem> Sessions, IReadOnlyList<TrustedItem> Trusted);

/// <summary>A code of the factor that is taken away.</summary>
internal sealed record FactorCode(string? Code);

/// <summary>A code was mailed: what goes with it, and where it went, not in full.</summary>
internal sealed record MailboxQuestion(string Handle, string Address);

/// <summary>Codes by mail, on or off, with the code that was mailed.</summary>
internal sealed record EmailCodesChange(bool? On, string? Handle, string? Code);

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StepUpBody))]
[JsonSerializable(typeof(PasswordChange))]
[JsonSerializable(typeof(ProfileChange))]
[JsonSerializable(typeof(TotpAnswer))]
[JsonSerializable(typeof(CodesReply))]
[JsonSerializable(typeof(SecurityReply))]
[JsonSerializable(typeof(FactorCode))]
[JsonSerializable(typeof(MailboxQuestion))]
[JsonSerializable(typeof(EmailCodesChange))]
internal sealed partial class AccountJson : JsonSerializerContext;
