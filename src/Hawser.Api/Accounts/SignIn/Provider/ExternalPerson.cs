using System.Text.Json;

namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>Who somebody is, as a provider or a directory says.</summary>
internal sealed record ExternalPerson
{
    /// <summary>The unchanging name there.</summary>
    public required string Subject { get; init; }

    /// <summary>What the login name here would be; may be empty.</summary>
    public string LoginName { get; init; } = "";

    /// <summary>The name to show; may be empty.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>The mail address; may be empty.</summary>
    public string Email { get; init; } = "";

    /// <summary>Whether the provider made sure that the address is the person's.</summary>
    public bool EmailIsVerified { get; init; }

    /// <summary>The address of a picture; may be empty.</summary>
    public string Avatar { get; init; } = "";

    /// <summary>The groups there; null: nothing was said about them.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>
    /// Whether the groups are kept in another place than what was read, as Entra ID does of who is in more than 200:
    /// they are not none, but unknown (OpenID Connect Core 1.0 §5.6.2).
    /// </summary>
    public bool GroupsAreElsewhere { get; init; }

    /// <summary>Reads claims.</summary>
    /// <param name="claims">An ID token's claims or a user document.</param>
    /// <param name="profile">The provider.</param>
    /// <param name="subject">The subject when it is known already.</param>
    public static ExternalPerson Read(JsonElement claims, ProviderProfile profile, string? subject = null)
    {
        var paths = profile.Paths;
        subject ??= JsonPath.Text(claims, paths.Subject);
        if (subject is not { Length: > 0 and <= 255 })
        {
            throw new ProviderFault("the provider did not say who the person is");
        }

        var email = JsonPath.Text(claims, paths.Email) ?? "";
        if (email.Length > 254 || !email.Contains('@', StringComparison.Ordinal) || email.Any(char.IsControl))
        {
            email = "";
        }

        var groups = JsonPath.Texts(claims, paths.Groups);
        return new ExternalPerson
        {
            Subject = subject,
            LoginName = Line(JsonPath.Text(claims, paths.Name), 128),
            DisplayName = Line(JsonPath.Text(claims, paths.DisplayName), 128),
            Email = email.Trim(),
            EmailIsVerified = email.Length > 0
                && (profile.Settings.TrustEmail || JsonPath.Flag(claims, paths.EmailVerified) == true),
            Avatar = AvatarOf(JsonPath.Text(claims, paths.Avatar)),
            Groups = groups,
            GroupsAreElsewhere = groups is null && IsElsewhere(claims, paths.Groups),
        };
    }

    /// <summary>This, completed by what another document says.</summary>
    public ExternalPerson With(ExternalPerson other) => this with
    {
        LoginName = LoginName.Length > 0 ? LoginName : other.LoginName,
        DisplayName = DisplayName.Length > 0 ? DisplayName : other.DisplayName,
        Email = Email.Length > 0 ? Email : other.Email,
        EmailIsVerified = Email.Length > 0 && Email != other.Email ? EmailIsVerified : EmailIsVerified
            || other.EmailIsVerified,
        Avatar = Avatar.Length > 0 ? Avatar : other.Avatar,
        Groups = Groups ?? other.Groups,
        GroupsAreElsewhere = Groups is null && other.Groups is null && (GroupsAreElsewhere || other.GroupsAreElsewhere),
    };

    /// <summary>This, with the address that the provider made sure of; null: there is none.</summary>
    public ExternalPerson WithVerified(string? email) =>
        this with { Email = email ?? "", EmailIsVerified = email is not null };

    /// <summary>A text on one line, at most so long.</summary>
    internal static string Line(string? text, int most)
    {
        if (text is null) return "";
        var line = new string([.. text.Where(c => !char.IsControl(c))]).Trim();
        return line.Length <= most ? line : line[..most].TrimEnd();
    }

    private static bool IsElsewhere(JsonElement claims, string path) =>
        claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty("_claim_names", out var names)
            && names.ValueKind == JsonValueKind.Object && names.TryGetProperty(path, out _);

    private static string AvatarOf(string? url) =>
        url is { Length: <= 1000 } && Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttps ? url : "";
}
