using System.Reflection;

namespace Hawser.Server.Configuration;

/// <summary>Every option there is, read off the classes once a process.</summary>
internal static class OptionTable
{
    public static IReadOnlyList<OptionDefinition> All { get; } = Read();

    private static readonly Dictionary<string, OptionDefinition> ByPlainName =
        All.ToDictionary(o => OptionDefinition.Plain(o.Path), StringComparer.Ordinal);

    public static OptionDefinition? Find(ReadOnlySpan<char> name) =>
        ByPlainName.GetValueOrDefault(OptionDefinition.Plain(name));

    public static OptionDefinition At(string path) =>
        Find(path) ?? throw new ArgumentException($"there is no option {path}", nameof(path));

    /// <summary>The nearest name, when one is near enough to have been meant.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="spelling">How the found option is to be written.</param>
    /// <returns><c>; did you mean …?</c> or nothing.</returns>
    public static string Suggest(string name, Func<OptionDefinition, string> spelling)
    {
        var plain = OptionDefinition.Plain(name);
        var best = All.MinBy(o => Distance(plain, OptionDefinition.Plain(o.Path)))!;
        var near = Distance(plain, OptionDefinition.Plain(best.Path)) <= Math.Max(2, plain.Length / 3);
        return near ? $"; did you mean {spelling(best)}?" : "";
    }

    private static List<OptionDefinition> Read()
    {
        var options = new List<OptionDefinition>();
        foreach (var property in typeof(HawserOptions).GetProperties())
        {
            var type = property.PropertyType;
            if (type.IsClass && type.Namespace!.StartsWith("Hawser.", StringComparison.Ordinal))
            {
                foreach (var inner in type.GetProperties()) Add(property, inner);
            }
            else
            {
                Add(null, property);
            }
        }

        return options;

        void Add(PropertyInfo? section, PropertyInfo property)
        {
            var option = new OptionDefinition(section, property);
            options.Add(option);
            if (option.IsSecret) options.Add(new OptionDefinition(section, property, option));
        }
    }

    /// <summary>Levenshtein distance.</summary>
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
