using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Accounts.Registration;

/// <summary>Whether people may make accounts for themselves, and what they are then.</summary>
internal sealed record RegistrationSettings
{
    internal static readonly SettingKey<RegistrationSettings> Key =
        new("registration", RegistrationSettingsJson.Default.RegistrationSettings, Check: Complaints);

    private const int MostDomains = 100;

    /// <summary>The sign-in page offers it.</summary>
    public bool Enabled { get; init; }

    /// <summary>An administrator switches each account on before it can be used.</summary>
    public bool Approval { get; init; } = true;

    /// <summary>Mail addresses have to end in one of these; empty: in whatever they do.</summary>
    public IReadOnlyList<string> Domains { get; init => field = value ?? []; } = [];

    /// <summary>The name of the user group of newcomers; empty: the default one.</summary>
    public string Group { get; init => field = value ?? ""; } = "";

    /// <summary>Whether a mail address is of one of the domains.</summary>
    public bool Takes(string email) => Domains.Count == 0 || Domains.Any(
        d => email.EndsWith("@" + d.TrimStart('@'), StringComparison.OrdinalIgnoreCase));

    private static List<string> Complaints(RegistrationSettings settings)
    {
        var wrong = new List<string>();
        if (settings.Domains.Count > MostDomains) wrong.Add($"domains: at most {MostDomains}");
        else if (settings.Domains.FirstOrDefault(d => !IsDomain(d)) is { } bad)
        {
            wrong.Add($"domains: {bad} is no domain, for instance example.com");
        }

        if (settings.Group.Length > AccountNames.MaximumLength) wrong.Add("group: the name of a user group");
        return wrong;
    }

    private static bool IsDomain(string? text) =>
        text is not null && text.Contains('.', StringComparison.Ordinal)
        && Uri.CheckHostName(text.TrimStart('@')) == UriHostNameType.Dns;
}

/// <summary>How the settings are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RegistrationSettings))]
internal sealed partial class RegistrationSettingsJson : JsonSerializerContext;
