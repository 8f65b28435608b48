using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Hawser.Server.Configuration;

/// <summary>
/// One option: its three names, which all follow from its place in <see cref="HawserOptions"/>, and how it is set.
/// </summary>
internal sealed class OptionDefinition
{
    // A delegate: reflection makes and compiles code for a getter that is used twice, at every start.
    private readonly Func<HawserOptions, object>? _section;

    internal OptionDefinition(PropertyInfo? section, PropertyInfo property, OptionDefinition? fileOf = null)
    {
        _section = section?.GetMethod!.CreateDelegate<Func<HawserOptions, object>>();
        Property = property;
        FileOf = fileOf;
        var name = fileOf is null ? property.Name : property.Name + "File";
        Path = section is null ? Camel(name) : $"{Camel(section.Name)}.{Camel(name)}";
        var kebab = section is null ? Kebab(name) : $"{Kebab(section.Name)}-{Kebab(name)}";
        Flag = "--" + kebab;
        Variable = "HAWSER_" + kebab.ToUpperInvariant().Replace('-', '_');
        // Classes of the lower projects say it in the framework's words.
        IsSecret = fileOf is null && (property.IsDefined(typeof(SecretAttribute))
            || property.GetCustomAttribute<DataTypeAttribute>() is { DataType: DataType.Password });
    }

    /// <summary>The name in hawser.json, levels joined by dots.</summary>
    public string Path { get; }

    /// <summary>The name on the command line.</summary>
    public string Flag { get; }

    /// <summary>The name in the environment.</summary>
    public string Variable { get; }

    public PropertyInfo Property { get; }

    /// <summary>Set when this option names a file that holds the value of another one.</summary>
    public OptionDefinition? FileOf { get; }

    public bool IsSecret { get; }

    public bool IsList => typeof(IList<string>).IsAssignableFrom(Property.PropertyType);

    public bool IsSwitch => Property.PropertyType == typeof(bool);

    /// <summary>What kind of value it takes, for people.</summary>
    public string Kind => FileOf is not null ? "file" : IsList ? "list" : Property.PropertyType switch
    {
        var t when t == typeof(int) => "number",
        var t when t == typeof(double) => "decimal",
        var t when t == typeof(bool) => "true|false",
        { IsEnum: true } t => string.Join('|', Enum.GetNames(t)).ToLowerInvariant(),
        _ => "text",
    };

    /// <summary>
    /// Lower case without separators: <c>--Relay:Port</c>, <c>relay.port</c> and <c>RELAY_PORT</c> are one name.
    /// </summary>
    public static string Plain(ReadOnlySpan<char> name)
    {
        Span<char> plain = name.Length <= 128 ? stackalloc char[name.Length] : new char[name.Length];
        var length = 0;
        foreach (var c in name)
        {
            if (c is not ('-' or '_' or '.' or ':')) plain[length++] = char.ToLowerInvariant(c);
        }

        return new string(plain[..length]);
    }

    public object? Get(HawserOptions options) => Property.GetValue(Owner(options));

    /// <summary>The value as text, lists joined by commas.</summary>
    public string Text(HawserOptions options) => Get(options) switch
    {
        IEnumerable<string> list => string.Join(',', list),
        bool b => b ? "true" : "false",
        Enum e => e.ToString().ToLowerInvariant(),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        var other => other?.ToString() ?? "",
    };

    /// <summary>Sets the value; a list is replaced, not added to.</summary>
    /// <returns>Null, or what is wrong with the text, as the end of a sentence.</returns>
    public string? TrySet(HawserOptions options, IReadOnlyList<string> values)
    {
        if (IsList)
        {
            var list = (IList)Get(options)!;
            list.Clear();
            foreach (var item in values.SelectMany(v =>
                v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
            {
                list.Add(item);
            }

            return null;
        }

        var text = values.Count == 0 ? "" : values[^1];
        if (!TryRead(text, out var value, out var expected)) return $"\"{text}\" is not {expected}";
        Property.SetValue(Owner(options), value);
        return null;
    }

    private object Owner(HawserOptions options) => _section is null ? options : _section(options);

    private bool TryRead(string text, out object? value, out string expected)
    {
        var type = Property.PropertyType;
        var trimmed = text.Trim();
        expected = "";
        value = text;
        if (type == typeof(string)) return true;
        if (type == typeof(int))
        {
            expected = "a whole number";
            var read = int.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var number);
            value = number;
            return read;
        }

        if (type == typeof(double))
        {
            expected = "a number";
            var read = double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
            value = number;
            return read && double.IsFinite(number);
        }

        if (type == typeof(bool))
        {
            expected = "true or false";
            var read = Switch.TryRead(trimmed, out var on);
            value = on;
            return read;
        }

        expected = "one of " + string.Join(", ", Enum.GetNames(type)).ToLowerInvariant();
        return !int.TryParse(trimmed, out _) && Enum.TryParse(type, trimmed, ignoreCase: true, out value);
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Kebab(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}

/// <summary>The words for on and off.</summary>
internal static class Switch
{
    public static bool TryRead(string text, out bool on)
    {
        on = text.ToLowerInvariant() is "true" or "yes" or "y" or "on" or "1";
        return on || text.ToLowerInvariant() is "false" or "no" or "n" or "off" or "0";
    }
}
