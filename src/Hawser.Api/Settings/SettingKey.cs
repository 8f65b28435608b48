using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Hawser.Api.Settings;

/// <summary>Names a setting, whatever its shape; for those who show and change settings as text.</summary>
/// <param name="Name">Its key in the table, for instance <c>access</c>.</param>
/// <param name="IsSecret">Encrypted at rest, as a whole, because it holds passwords.</param>
internal abstract record SettingKey(string Name, bool IsSecret)
{
    /// <summary>The value as JSON, with every member.</summary>
    public abstract JsonObject Read(SettingsStore store);

    /// <summary>The value before anybody stored one, with every member.</summary>
    public abstract JsonObject Usual { get; }

    /// <summary>What is wrong with a value; null: nothing.</summary>
    public abstract string? Complaint(JsonObject value);

    /// <summary>The first pinned member that a value, which is right, would change; null: none.</summary>
    public abstract SettingPin? PinAgainst(SettingsStore store, JsonObject value);

    /// <summary>Stores a value.</summary>
    /// <exception cref="JsonException">It is wrong; the message says what.</exception>
    /// <exception cref="PinnedSettingException">A member is pinned to another value.</exception>
    public abstract Task WriteAsync(SettingsStore store, JsonObject value, CancellationToken cancellationToken);
}

/// <summary>Names a setting and knows its shape. Each slice declares its own.</summary>
/// <param name="Name">Its key in the table, for instance <c>access</c>.</param>
/// <param name="Type">How it is written.</param>
/// <param name="IsSecret">Encrypted at rest, as a whole, because it holds passwords.</param>
/// <param name="Check">Says what is wrong with a value that has the right shape; null: nothing can be.</param>
/// <param name="Complete">
/// What the server notes itself when it stores a value, by the one before and the time; null: nothing.
/// </param>
internal sealed record SettingKey<T>(
    string Name, JsonTypeInfo<T> Type, bool IsSecret = false, Func<T, IReadOnlyList<string>>? Check = null,
    Func<T, T, DateTime, T>? Complete = null)
    : SettingKey(Name, IsSecret)
    where T : class, new()
{
    /// <inheritdoc/>
    public override JsonObject Read(SettingsStore store) => Tree(store.Get(this));

    /// <inheritdoc/>
    public override JsonObject Usual => Tree(new T());

    /// <inheritdoc/>
    public override string? Complaint(JsonObject value)
    {
        try
        {
            Parse(value);
            return null;
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public override SettingPin? PinAgainst(SettingsStore store, JsonObject value) =>
        store.PinAgainst(this, Parse(value));

    /// <inheritdoc/>
    public override Task WriteAsync(SettingsStore store, JsonObject value, CancellationToken cancellationToken) =>
        store.SetAsync(this, Parse(value), cancellationToken);

    private T Parse(JsonObject value)
    {
        T parsed;
        try
        {
            // Also where null stands for what is never null.
            var strict = new JsonSerializerOptions(Type.Options) { RespectNullableAnnotations = true };
            parsed = SettingText.Completed(value, Usual).Deserialize((JsonTypeInfo<T>)strict.GetTypeInfo(typeof(T)))
                ?? throw new JsonException("null is not a value of a setting");
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            // How nodes of the wrong kind are told.
            throw new JsonException(e.Message, e);
        }

        // A member that is not ours would be lost without a word: a typing error, usually.
        SettingText.RefuseUnknown(Name, value, Tree(parsed));
        if (Check?.Invoke(parsed) is { Count: > 0 } wrong) throw new JsonException(string.Join('\n', wrong));
        return parsed;
    }

    private JsonObject Tree(T value) => (JsonObject)JsonSerializer.SerializeToNode(value, Type)!;
}
