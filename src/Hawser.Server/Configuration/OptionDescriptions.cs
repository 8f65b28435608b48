using System.Xml.Linq;

namespace Hawser.Server.Configuration;

/// <summary>
/// What each option does, taken from the comments of the option classes: the build writes them beside the assemblies,
/// so
/// help and documentation can't differ from the code.
/// </summary>
internal sealed class OptionDescriptions
{
    private readonly Dictionary<string, string> _summaries = new(StringComparer.Ordinal);

    public static OptionDescriptions Load()
    {
        var descriptions = new OptionDescriptions();
        foreach (var assembly in OptionTable.All.Select(o => o.Property.DeclaringType!.Assembly).Distinct())
        {
            var file = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
            if (!File.Exists(file)) continue;
            foreach (var member in XDocument.Load(file).Descendants("member"))
            {
                var summary = member.Element("summary");
                if (summary is null) continue;
                foreach (var see in summary.Descendants("see").ToList())
                {
                    see.ReplaceWith(see.Attribute("cref")?.Value.Split('.')[^1] ?? see.Value);
                }

                descriptions._summaries[member.Attribute("name")!.Value] = string.Join(' ',
                    summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            }
        }

        return descriptions;
    }

    public string Of(OptionDefinition option)
    {
        if (option.FileOf is { } secret) return $"The file that holds the value of {secret.Flag}.";
        return _summaries.GetValueOrDefault($"P:{option.Property.DeclaringType!.FullName}.{option.Property.Name}", "");
    }
}
