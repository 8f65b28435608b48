using Hawser.Api.Settings;

namespace Hawser.Api.Accounts;

/// <summary>
/// Has sign-ins to the console last as the settings say. Apart from who issues tokens: that is there where no settings
/// are.
/// </summary>
internal sealed class ConsoleHours(TokenDesk desk, SettingsStore settings)
{
    /// <summary>Applies the setting now, and whenever it changes.</summary>
    public void Begin()
    {
        settings.WhenChanged(name =>
        {
            if (name == AccountSettings.Key.Name) Apply();
        });
        Apply();
    }

    private void Apply() => desk.ConsoleHours = settings.Get(AccountSettings.Key).ConsoleHours;
}
