using System.Text.Json;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Retention;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Retention;

/// <summary>
/// Tells the recording role how long recordings are kept; the server program composes both. A node without the API role
/// reads the setting itself.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="services">The API's services, null until they exist; null: no API role runs here.</param>
/// <param name="pins">Members of settings that this node was started with.</param>
internal sealed class RecordingDays(
    HawserStore store, Func<IServiceProvider?>? services, IReadOnlyList<SettingPin> pins)
{
    /// <summary>The days now. What can't be read keeps everything.</summary>
    public async ValueTask<DaysByGroup> ReadAsync(CancellationToken cancellationToken)
    {
        var settings = services?.Invoke()?.GetService<SettingsStore>();
        if (settings is { IsRead: true }) return settings.Get(RetentionSettings.Key).Recordings();
        var rows = await store.ReadSettingsAsync(cancellationToken);
        var stored = Parse(rows.GetValueOrDefault(RetentionSettings.Key.Name)?.Value);
        return pins.Over(RetentionSettings.Key.Name, RetentionSettings.Key.Type, stored).Recordings();
    }

    private static RetentionSettings Parse(string? json)
    {
        try
        {
            var stored = json is null ? null : JsonSerializer.Deserialize(json, RetentionSettings.Key.Type);
            // An older version stored none of them.
            return stored?.Groups is not null ? stored
                : new RetentionSettings { RecordingDays = stored?.RecordingDays ?? 0 };
        }
        catch (JsonException)
        {
            return new RetentionSettings();
        }
    }
}
