using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace Hawser.Api.Directories.Wire;

/// <summary>
/// Search filters in their text form (RFC 4515), written in the form of the wire (RFC 4511 §4.5.1). Values that come
/// from people go through <see cref="Escape"/>.
/// </summary>
internal static class LdapFilter
{
    private const int MaximumDepth = 32;

    /// <summary>A value with everything escaped that means something in a filter.</summary>
    public static string Escape(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var b in Encoding.UTF8.GetBytes(value))
        {
            if (b is (byte)'*' or (byte)'(' or (byte)')' or (byte)'\\' or < 0x20 or >= 0x7f)
            {
                text.Append('\\').Append(b.ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append((char)b);
            }
        }

        return text.ToString();
    }

    /// <summary>What is wrong with a filter; null: nothing.</summary>
    public static string? Complaint(string filter)
    {
        try
        {
            Write(new AsnWriter(AsnEncodingRules.BER), filter);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>Writes a filter.</summary>
    /// <exception cref="FormatException">It is malformed.</exception>
    public static void Write(AsnWriter writer, string filter)
    {
        var at = 0;
        WriteOne(writer, filter, ref at, 0);
        if (at != filter.Length) throw new FormatException($"the filter {filter} goes on after its end");
    }

    private static void WriteOne(AsnWriter writer, string filter, ref int at, int depth)
    {
        if (depth > MaximumDepth) throw new FormatException("the filter is nested too deeply");
        Expect(filter, ref at, '(');
        switch (at < filter.Length ? filter[at] : ')')
        {
            case '&':
                at++;
                WriteSet(writer, filter, ref at, depth, 0);
                break;
            case '|':
                at++;
                WriteSet(writer, filter, ref at, depth, 1);
                break;
            case '!':
                at++;
                using (writer.PushSequence(Context(2))) WriteOne(writer, filter, ref at, depth + 1);
                break;
            default:
                var end = filter.IndexOf(')', at);
                if (end < 0) throw new FormatException($"the filter {filter} lacks a closing parenthesis");
                WriteItem(writer, filter[at..end]);
                at = end;
                break;
        }

        Expect(filter, ref at, ')');
    }

    private static void WriteSet(AsnWriter writer, string filter, ref int at, int depth, int tag)
    {
        using (writer.PushSetOf(Context(tag)))
        {
            while (at < filter.Length && filter[at] == '(') WriteOne(writer, filter, ref at, depth + 1);
        }
    }

    private static void WriteItem(AsnWriter writer, string item)
    {
        var equals = item.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new FormatException($"({item}) is not a filter");
        var value = item[(equals + 1)..];
        var name = item[..equals];
        switch (name[^1])
        {
            case '>':
                WritePair(writer, 5, name[..^1], value);
                break;
            case '<':
                WritePair(writer, 6, name[..^1], value);
                break;
            case '~':
                WritePair(writer, 8, name[..^1], value);
                break;
            case ':':
                WriteExtensible(writer, name[..^1], value);
                break;
            default:
                if (value == "*") writer.WriteOctetString(Name(name), Context(7));
                else if (value.Contains('*', StringComparison.Ordinal)) WriteSubstrings(writer, name, value);
                else WritePair(writer, 3, name, value);
                break;
        }
    }

    private static void WritePair(AsnWriter writer, int tag, string name, string value)
    {
        using (writer.PushSequence(Context(tag)))
        {
            writer.WriteOctetString(Name(name));
            writer.WriteOctetString(Value(value));
        }
    }

    private static void WriteSubstrings(AsnWriter writer, string name, string value)
    {
        using (writer.PushSequence(Context(4)))
        {
            writer.WriteOctetString(Name(name));
            using (writer.PushSequence())
            {
                var parts = value.Split('*');
                for (var i = 0; i < parts.Length; i++)
                {
                    if (parts[i].Length == 0) continue;
                    writer.WriteOctetString(Value(parts[i]), Context(i == 0 ? 0 : i == parts.Length - 1 ? 2 : 1));
                }
            }
        }
    }

    // attr:dn:rule:=value, of which attr, dn and rule may be missing.
    private static void WriteExtensible(AsnWriter writer, string left, string value)
    {
        var parts = left.Split(':');
        var isDn = parts.Skip(1).Any(p => p.Equals("dn", StringComparison.OrdinalIgnoreCase));
        var rule = parts.Skip(1).FirstOrDefault(p => !p.Equals("dn", StringComparison.OrdinalIgnoreCase)) ?? "";
        using (writer.PushSequence(Context(9)))
        {
            if (rule.Length > 0) writer.WriteOctetString(Name(rule), Context(1));
            if (parts[0].Length > 0) writer.WriteOctetString(Name(parts[0]), Context(2));
            writer.WriteOctetString(Value(value), Context(3));
            if (isDn) writer.WriteBoolean(true, Context(4));
        }
    }

    private static byte[] Name(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or ';' or '_'))
            {
                throw new FormatException($"{name} is not an attribute's name");
            }
        }

        return name.Length > 0 ? Encoding.ASCII.GetBytes(name) : throw new FormatException("an attribute has no name");
    }

    private static byte[] Value(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }

            if (i + 2 >= text.Length || !byte.TryParse(
                text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
            {
                throw new FormatException($"a backslash in {text} is not followed by two hexadecimal digits");
            }

            bytes.Add(escaped);
            i += 2;
        }

        return [.. bytes];
    }

    private static void Expect(string filter, ref int at, char sign)
    {
        if (at >= filter.Length || filter[at] != sign)
        {
            throw new FormatException($"the filter {filter} lacks a '{sign}' at position {at + 1}");
        }

        at++;
    }

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number);
}
