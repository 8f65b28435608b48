using Hawser.Api.Access;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Registration;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.AddressBooks;
using Hawser.Api.Audit;
using Hawser.Api.Backups;
using Hawser.Api.Console;
using Hawser.Api.Devices;
using Hawser.Api.Directories;
using Hawser.Api.Groups;
using Hawser.Api.Notifications;
using Hawser.Api.Relays;
using Hawser.Api.Retention;
using Hawser.Api.Watch;

namespace Hawser.Api.Settings;

/// <summary>All settings that an administrator may change; one line a slice.</summary>
internal static class SettingCatalog
{
    /// <summary>The settings, with what each is about.</summary>
    public static IReadOnlyList<(SettingKey Key, string About)> All { get; } =
    [
        (AccessSettings.Key, "who may connect where no rule says so"),
        (AccountSettings.Key, "logins, second factors, trusted devices"),
        (AddressBookSettings.Key, "limits of address books"),
        (AuditSettings.Key, "who sees logs"),
        (BackupSettings.Key, "backups that are made without anybody asking"),
        (ConsoleSettings.Key, "the server's name, what clients are told, how far the setup got"),
        (DeviceSettings.Key, "deployment, presets, what devices may do"),
        (DirectorySettings.Key, "the LDAP directory that users come from"),
        (GroupSettings.Key, "the client's list of accessible devices"),
        (NotificationSettings.Mail, "the mail server, and who gets alarms"),
        (NotificationSettings.Texts, "what mails say, in other words than ours"),
        (NotificationSettings.Quiet, "when kinds of alarms keep quiet"),
        (RegistrationSettings.Key, "whether people may make accounts for themselves"),
        (RelaySettings.Key, "relays beside those of the options, and relays that are switched off"),
        (RetentionSettings.Key, "how long things are kept"),
        (SignInSettings.Key, "providers for signing in with the browser"),
        (NotificationSettings.Sms, "the gateway for short messages"),
        (StaleSettings.Key, "what becomes of devices that nobody has seen for long"),
        (WatchSettings.Key, "what the server raises alarms about by itself"),
    ];

    /// <summary>A setting by its name; null when there is none.</summary>
    public static SettingKey? Find(string name) =>
        All.FirstOrDefault(s => string.Equals(s.Key.Name, name, StringComparison.OrdinalIgnoreCase)).Key;
}
