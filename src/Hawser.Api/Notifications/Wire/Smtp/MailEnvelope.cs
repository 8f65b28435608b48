using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace Hawser.Api.Notifications.Wire.Smtp;

/// <summary>An address as SMTP takes it.</summary>
internal sealed record MailBox
{
    private MailBox(string local, string domain) => Address = $"{local}@{domain}";

    /// <summary>The address; the name of the domain in ASCII.</summary>
    public string Address { get; }

    /// <summary>Whether only servers that offer SMTPUTF8 take it.</summary>
    public bool NeedsUtf8 => !Ascii.IsValid(Address);

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">It is none, or holds what would end a line.</exception>
    public static MailBox Of(string text)
    {
        var isAddress = MailAddress.TryCreate(text, out var address) && text.Length <= 254
            && !text.Any(c => char.IsControl(c) || c is '<' or '>' || char.IsWhiteSpace(c));
        if (!isAddress) throw new FormatException($"\"{Shown(text)}\" is not a mail address.");
        try
        {
            var domain = Ascii.IsValid(address!.Host) ? address.Host : new IdnMapping().GetAscii(address.Host);
            return new MailBox(address.User, domain);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"\"{Shown(text)}\" is not a mail address.", e);
        }
    }

    private static string Shown(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) is { Length: > 80 } longer ? longer[..80] : text;
}

/// <summary>A mail: who, to whom, and the text with its headers.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The recipient.</param>
/// <param name="Text">Headers and body, lines ended by CR LF.</param>
internal sealed record MailEnvelope(MailBox From, MailBox To, byte[] Text)
{
    // A line may have 998 bytes; what comes near it goes as base64.
    private const int LongestPlainLine = 900;

    /// <summary>Writes a mail of plain text.</summary>
    /// <param name="from">The sender's address, and the name beside it.</param>
    /// <param name="to">The recipient's address.</param>
    /// <param name="id">What names the mail, without the domain.</param>
    /// <param name="said">What it is about, and the text.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="FormatException">An address is none.</exception>
    public static MailEnvelope Of(
        (string Address, string Name) from, string to, string id, (string Subject, string Body) said,
        DateTimeOffset now)
    {
        var (sender, recipient) = (MailBox.Of(from.Address), MailBox.Of(to));
        var body = said.Body.ReplaceLineEndings("\r\n");
        var isPlain = body.All(c => c is '\r' or '\n' or '\t' or (>= ' ' and <= '~'))
            && body.Split("\r\n").All(l => l.Length <= LongestPlainLine);
        var date = now.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture);
        var domain = sender.Address[(sender.Address.LastIndexOf('@') + 1)..];
        var text = new StringBuilder();
        Header("Date", date + " +0000");
        Header("From", from.Name.Length == 0 ? sender.Address : $"{Phrase(from.Name)} <{sender.Address}>");
        Header("To", recipient.Address);
        Header("Subject", Words(OneLine(said.Subject)));
        // The same on every attempt, so that a receiver can tell a repeat.
        Header("Message-ID", $"<{id}@{domain}>");
        Header("Auto-Submitted", "auto-generated");
        Header("MIME-Version", "1.0");
        Header("Content-Type", "text/plain; charset=utf-8");
        Header("Content-Transfer-Encoding", isPlain ? "7bit" : "base64");
        text.Append("\r\n").Append(isPlain ? body : Base64(body));
        return new MailEnvelope(sender, recipient, Encoding.UTF8.GetBytes(text.ToString()));

        void Header(string name, string value) => text.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    /// <summary>The text as it is sent: a dot that begins a line is doubled, and one alone ends it all.</summary>
    public byte[] Stuffed()
    {
        var stuffed = new List<byte>(Text.Length + 16);
        var begins = true;
        foreach (var one in Text)
        {
            if (begins && one == '.') stuffed.Add((byte)'.');
            stuffed.Add(one);
            begins = one == '\n';
        }

        stuffed.AddRange(begins ? ".\r\n"u8 : "\r\n.\r\n"u8);
        return [.. stuffed];
    }

    // What comes from devices and people may hold anything; a second line would be a header of their own.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();

    private static string Phrase(string name)
    {
        var one = OneLine(name);
        return Ascii.IsValid(one) && !one.Contains("=?", StringComparison.Ordinal)
            ? "\"" + string.Concat(one.Select(c => c is '"' or '\\' ? $"\\{c}" : $"{c}")) + "\""
            : Words(one);
    }

    // RFC 2047: words of at most 75 characters, no character split.
    private static string Words(string text)
    {
        var isPlain = Ascii.IsValid(text) && text.Length <= LongestPlainLine / 10
            && !text.Contains("=?", StringComparison.Ordinal);
        if (isPlain) return text;
        var words = new List<string>();
        var part = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(part.ToString()) + rune.Utf8SequenceLength > 42) Close();
            part.Append(rune);
        }

        Close();
        return string.Join("\r\n ", words);

        void Close()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(part.ToString()))}?=");
            part.Clear();
        }
    }

    private static string Base64(string body)
    {
        var all = Convert.ToBase64String(Encoding.UTF8.GetBytes(body));
        return string.Concat(all.Chunk(76).Select(line => new string(line) + "\r\n"));
    }
}
