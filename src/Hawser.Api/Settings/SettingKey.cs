using System.Text.Json.Serialization.Metadata;

namespace Hawser.Api.Settings;

/// <summary>Names a setting and knows its shape. Each slice declares its own.</summary>
/// <param name="Name">Its key in the table, for instance <c>access</c>.</param>
/// <param name="Type">How it is written.</param>
/// <param name="IsSecret">Encrypted at rest, as a whole, because it holds passwords.</param>
internal sealed record SettingKey<T>(string Name, JsonTypeInfo<T> Type, bool IsSecret = false)
    where T : class, new();
