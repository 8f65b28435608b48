namespace Hawser.Api.Notifications;

/// <summary>What a message is about.</summary>
internal enum Notice
{
    /// <summary>The code of a login's second step: {code}, {name}, {device}.</summary>
    LoginCode,

    /// <summary>An invitation to a new account: {name}, {url}.</summary>
    Invitation,

    /// <summary>A link to choose another password: {name}, {url}.</summary>
    Forgotten,

    /// <summary>A link to confirm an account that somebody registered: {name}, {url}.</summary>
    Registration,

    /// <summary>An administrator demands an authenticator: {name}, {url}.</summary>
    AuthenticatorWanted,

    /// <summary>An alarm of a device or an account: {alarm}, {device}, {info}, {time}.</summary>
    Alarm,

    /// <summary>Alarms that were collected: {count}, {alarms}.</summary>
    Digest,

    /// <summary>A test of the settings.</summary>
    Test,
}
