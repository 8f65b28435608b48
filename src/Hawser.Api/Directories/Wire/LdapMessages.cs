using System.Formats.Asn1;
using System.Numerics;
using System.Text;

namespace Hawser.Api.Directories.Wire;

/// <summary>The few messages that are needed, in the form of the wire (RFC 4511, RFC 2696).</summary>
internal static class LdapMessages
{
    internal const int BindResponse = 1;
    internal const int SearchEntry = 4;
    internal const int SearchDone = 5;
    internal const int SearchReference = 19;
    internal const int ExtendedResponse = 24;

    private const string StartTlsName = "1.3.6.1.4.1.1466.20037";
    private const string PagedResults = "1.2.840.113556.1.4.319";

    /// <summary>Simple bind, protocol version 3.</summary>
    public static byte[] Bind(int id, string dn, string password) =>
        Message(id, writer => WriteBind(writer, dn, password));

    /// <summary>The end.</summary>
    public static byte[] Unbind(int id) => Message(id, writer => writer.WriteNull(Application(2)));

    /// <summary>From now on TLS.</summary>
    public static byte[] StartTls(int id) => Message(id, WriteStartTls);

    /// <summary>A search, page by page when <paramref name="pageSize"/> is positive.</summary>
    public static byte[] Search(int id, LdapSearch search, int pageSize, byte[] cookie) => Message(
        id, writer => WriteSearch(writer, search),
        pageSize <= 0 ? null : writer => WritePage(writer, pageSize, cookie));

    /// <summary>Takes a message apart.</summary>
    /// <exception cref="LdapFault">It is malformed.</exception>
    public static LdapAnswer Read(byte[] bytes)
    {
        try
        {
            var message = new AsnReader(bytes, AsnEncodingRules.BER).ReadSequence();
            var id = (int)message.ReadInteger();
            var tag = message.PeekTag();
            if (tag.TagClass != TagClass.Application)
            {
                throw new LdapFault("the directory sent something else than LDAP");
            }

            if (tag.TagValue is not (BindResponse or SearchEntry or SearchDone or ExtendedResponse))
            {
                return new LdapAnswer(id, tag.TagValue, 0, "", null, []);
            }

            var body = message.ReadSequence(tag);
            if (tag.TagValue == SearchEntry) return new LdapAnswer(id, tag.TagValue, 0, "", ReadEntry(body), []);
            var code = (int)new BigInteger(body.ReadEnumeratedBytes().Span, isBigEndian: true);
            body.ReadOctetString();
            var text = Encoding.UTF8.GetString(body.ReadOctetString());
            return new LdapAnswer(id, tag.TagValue, code, text, null, ReadCookie(message));
        }
        catch (Exception e) when (e is AsnContentException or OverflowException)
        {
            throw new LdapFault("the directory sent a malformed message", e);
        }
    }

    private static LdapEntry ReadEntry(AsnReader body)
    {
        var dn = Encoding.UTF8.GetString(body.ReadOctetString());
        var attributes = new Dictionary<string, List<byte[]>>(StringComparer.OrdinalIgnoreCase);
        var list = body.ReadSequence();
        while (list.HasData)
        {
            var attribute = list.ReadSequence();
            var name = Encoding.UTF8.GetString(attribute.ReadOctetString());
            var values = attribute.ReadSetOf(skipSortOrderValidation: true);
            // Options (;binary, ;range=0-1499) are not part of the name.
            var option = name.IndexOf(';', StringComparison.Ordinal);
            if (option > 0) name = name[..option];
            if (!attributes.TryGetValue(name, out var all)) attributes[name] = all = [];
            while (values.HasData) all.Add(values.ReadOctetString());
        }

        return new LdapEntry(dn, attributes);
    }

    private static byte[] ReadCookie(AsnReader message)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (!message.HasData || message.PeekTag() != tag) return [];
        var controls = message.ReadSequence(tag);
        while (controls.HasData)
        {
            var control = controls.ReadSequence();
            var name = Encoding.ASCII.GetString(control.ReadOctetString());
            if (control.HasData && control.PeekTag().TagValue == (int)UniversalTagNumber.Boolean) control.ReadBoolean();
            if (name != PagedResults || !control.HasData) continue;
            var value = new AsnReader(control.ReadOctetString(), AsnEncodingRules.BER).ReadSequence();
            value.ReadInteger();
            return value.ReadOctetString();
        }

        return [];
    }

    private static void WriteBind(AsnWriter writer, string dn, string password)
    {
        using (writer.PushSequence(Application(0)))
        {
            writer.WriteInteger(3);
            writer.WriteOctetString(Encoding.UTF8.GetBytes(dn));
            writer.WriteOctetString(Encoding.UTF8.GetBytes(password), new Asn1Tag(TagClass.ContextSpecific, 0));
        }
    }

    private static void WriteStartTls(AsnWriter writer)
    {
        using (writer.PushSequence(Application(23)))
        {
            writer.WriteOctetString(Encoding.ASCII.GetBytes(StartTlsName), new Asn1Tag(TagClass.ContextSpecific, 0));
        }
    }

    private static void WriteSearch(AsnWriter writer, LdapSearch search)
    {
        using (writer.PushSequence(Application(3)))
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(search.BaseDn));
            writer.WriteEnumeratedValue(search.Scope);
            writer.WriteEnumeratedValue(LdapDereference.Always);
            writer.WriteInteger(search.SizeLimit);
            writer.WriteInteger(0);
            writer.WriteBoolean(false);
            LdapFilter.Write(writer, search.Filter);
            using (writer.PushSequence())
            {
                foreach (var name in search.Attributes) writer.WriteOctetString(Encoding.ASCII.GetBytes(name));
            }
        }
    }

    private static void WritePage(AsnWriter writer, int size, byte[] cookie)
    {
        var value = new AsnWriter(AsnEncodingRules.BER);
        using (value.PushSequence())
        {
            value.WriteInteger(size);
            value.WriteOctetString(cookie);
        }

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence())
        {
            writer.WriteOctetString(Encoding.ASCII.GetBytes(PagedResults));
            writer.WriteOctetString(value.Encode());
        }
    }

    private static byte[] Message(int id, Action<AsnWriter> body, Action<AsnWriter>? controls = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            body(writer);
            controls?.Invoke(writer);
        }

        return writer.Encode();
    }

    private static Asn1Tag Application(int number) => new(TagClass.Application, number);
}

/// <summary>What is searched.</summary>
/// <param name="BaseDn">Where.</param>
/// <param name="Filter">What.</param>
/// <param name="Attributes">What of it.</param>
/// <param name="Scope">How deep.</param>
/// <param name="SizeLimit">How many at most; 0: all.</param>
internal sealed record LdapSearch(
    string BaseDn, string Filter, IReadOnlyList<string> Attributes, LdapScope Scope = LdapScope.Subtree,
        int SizeLimit = 0);

/// <summary>How deep a search goes.</summary>
internal enum LdapScope
{
    /// <summary>The base only.</summary>
    Base = 0,

    /// <summary>Its children.</summary>
    Children = 1,

    /// <summary>Everything below.</summary>
    Subtree = 2,
}

/// <summary>What is done about aliases.</summary>
internal enum LdapDereference
{
    /// <summary>Nothing.</summary>
    Never = 0,

    /// <summary>Followed.</summary>
    Always = 3,
}

/// <summary>A message of the directory.</summary>
/// <param name="Id">Which request it answers; 0: none.</param>
/// <param name="Kind">Its application tag.</param>
/// <param name="Code">The result code.</param>
/// <param name="Text">What the directory adds.</param>
/// <param name="Entry">The entry, when it is one.</param>
/// <param name="Cookie">Where the next page begins; empty: there is none.</param>
internal sealed record LdapAnswer(int Id, int Kind, int Code, string Text, LdapEntry? Entry, byte[] Cookie);
