using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Audit;

/// <summary>What administrators decide about logs.</summary>
internal sealed record AuditSettings
{
    /// <summary>The setting.</summary>
    internal static readonly SettingKey<AuditSettings> Key = new("audit", AuditSettingsJson.Default.AuditSettings);

    /// <summary>Users see no logs, not even of themselves and their devices (admin reference §6.7).</summary>
    [JsonPropertyName("admins_only")]
    public bool AdminsOnly { get; init; }
}

/// <summary>How the setting is written.</summary>
[JsonSerializable(typeof(AuditSettings))]
internal sealed partial class AuditSettingsJson : JsonSerializerContext;
