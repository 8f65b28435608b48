using System.Text;

namespace Hawser.Api.Directories.Wire;

/// <summary>An entry of a directory: its DN and the attributes that were asked for.</summary>
internal sealed class LdapEntry(string dn, Dictionary<string, List<byte[]>> attributes)
{
    /// <summary>Its DN.</summary>
    public string Dn { get; } = dn;

    /// <summary>The values of an attribute as text; names are compared without case and options.</summary>
    public IEnumerable<string> Texts(string name) => Bytes(name).Select(Encoding.UTF8.GetString);

    /// <summary>The first value as text; empty when there is none.</summary>
    public string Text(string name) => Texts(name).FirstOrDefault("");

    /// <summary>The values of an attribute.</summary>
    public IReadOnlyList<byte[]> Bytes(string name) => attributes.GetValueOrDefault(name) ?? [];
}
