namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>A provider as it is used: settings over preset over defaults.</summary>
internal sealed record ProviderProfile
{
    public required ProviderSettings Settings { get; init; }

    public required bool IsOidc { get; init; }

    public required string Issuer { get; init; }

    public required string Scopes { get; init; }

    public required string ClientAuthentication { get; init; }

    public required string ResponseMode { get; init; }

    public required string AuthorizeUrl { get; init; }

    public required string TokenUrl { get; init; }

    public required string UserUrl { get; init; }

    public required string EmailUrl { get; init; }

    public required string GroupUrl { get; init; }

    public required ClaimPaths Paths { get; init; }

    public string Name => Settings.Name;

    /// <summary>What <see cref="Data.Accounts.User.Origin"/> says of users who were made by it.</summary>
    public string Origin => ExternalSource.OriginOf(Name);

    /// <summary>Applies the preset.</summary>
    public static ProviderProfile Of(ProviderSettings settings)
    {
        var preset = Presets.Find(settings.Preset ?? settings.Name);
        var isOidc = !string.Equals(
            settings.Type ?? preset.Type ?? "oidc", "oauth2", StringComparison.OrdinalIgnoreCase);
        return new ProviderProfile
        {
            Settings = settings,
            IsOidc = isOidc,
            Issuer = settings.Issuer ?? preset.Issuer ?? "",
            Scopes = settings.Scopes ?? preset.Scopes ?? (isOidc ? "openid email profile" : ""),
            ClientAuthentication = settings.ClientAuthentication ?? preset.ClientAuthentication ?? "auto",
            ResponseMode = settings.ResponseMode ?? preset.ResponseMode ?? "query",
            AuthorizeUrl = settings.AuthorizeUrl ?? preset.AuthorizeUrl ?? "",
            TokenUrl = settings.TokenUrl ?? preset.TokenUrl ?? "",
            UserUrl = settings.UserUrl ?? preset.UserUrl ?? "",
            EmailUrl = settings.EmailUrl ?? preset.EmailUrl ?? "",
            GroupUrl = settings.GroupUrl ?? preset.GroupUrl ?? "",
            Paths = new ClaimPaths(
                settings.SubjectPath ?? preset.SubjectPath ?? (isOidc ? "sub" : "id"),
                settings.NamePath ?? preset.NamePath ?? (isOidc ? "preferred_username" : "login"),
                settings.DisplayNamePath ?? preset.DisplayNamePath ?? "name",
                settings.EmailPath ?? preset.EmailPath ?? "email",
                settings.EmailVerifiedPath ?? preset.EmailVerifiedPath ?? "email_verified",
                settings.AvatarPath ?? preset.AvatarPath ?? "picture",
                settings.GroupClaim ?? preset.GroupClaim ?? (isOidc ? "groups" : "")),
        };
    }
}

/// <summary>Where in a provider's JSON things are.</summary>
internal sealed record ClaimPaths(
    string Subject, string Name, string DisplayName, string Email, string EmailVerified, string Avatar, string Groups);
