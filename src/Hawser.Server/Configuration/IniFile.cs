namespace Hawser.Server.Configuration;

/// <summary>The part of INI that .env files use: <c>name=value</c> lines before any section.</summary>
internal static class IniFile
{
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.StartsWith('[')) break;
            if (line.Length == 0 || line[0] is '#' or ';') continue;
            if (line.StartsWith("export ", StringComparison.Ordinal)) line = line["export ".Length..].TrimStart();
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) continue;
            var value = line[(equals + 1)..].Trim();
            if (value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0]) value = value[1..^1];
            values[line[..equals].Trim()] = value;
        }

        return values;
    }
}
