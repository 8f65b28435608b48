using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Hawser.Server.Tests.Api.Document;

/// <summary>The comments on records and their members, as descriptions.</summary>
internal sealed partial class XmlTexts
{
    private readonly Dictionary<string, string> _summaries = new(StringComparer.Ordinal);

    public XmlTexts(IEnumerable<Assembly> assemblies)
    {
        foreach (var assembly in assemblies)
        {
            var file = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
            foreach (var member in XDocument.Load(file).Descendants("member"))
            {
                if (member.Element("summary") is { } summary) _summaries[member.Attribute("name")!.Value] = Plain(summary);
            }
        }
    }

    /// <summary>Of a record; null: none.</summary>
    public string? Of(Type type) => Find($"T:{Name(type)}");

    /// <summary>Of a member; null: none.</summary>
    public string? Of(MemberInfo member) => Find($"P:{Name(member.DeclaringType!)}.{member.Name}");

    private string? Find(string name) => _summaries.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    private static string Name(Type type) =>
        ((type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName ?? type.Name).Replace('+', '.');

    private static string Plain(XElement summary)
    {
        var text = string.Concat(summary.DescendantNodes().Select(n => n switch
        {
            XText t => t.Value,
            XElement { Name.LocalName: "see" or "paramref" } see => (see.FirstAttribute?.Value ?? "").Split('.')[^1],
            _ => "",
        }));
        // Readers of the document don't have the reference.
        return Blanks().Replace(Reference().Replace(text, ""), " ").Trim();
    }

    [GeneratedRegex(@"\s*\((admin )?reference[^)]*\)|\s*\(§[^)]*\)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
