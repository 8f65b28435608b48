using System.Text;
using Hawser.Protocol.Identity;

namespace Hawser.Data;

/// <summary>Addresses as the table keeps them: the readable form without port, empty when not known.</summary>
internal static class AddressText
{
    /// <summary>The text of an address, null when it is not known.</summary>
    internal static string? Write(PeerAddress address) => address.IsUnspecified ? null : address.Host.ToString();

    /// <summary>Reads an address; what is none counts as unknown.</summary>
    internal static PeerAddress Read(ReadOnlySpan<byte> utf8)
    {
        // Four numbers, by hand: a million of them are read at every start.
        uint value = 0;
        var at = 0;
        for (var part = 0; part < 4; part++)
        {
            var number = 0u;
            var start = at;
            while (at < utf8.Length && at - start < 3 && char.IsAsciiDigit((char)utf8[at]))
            {
                number = (number * 10) + utf8[at++] - '0';
            }
            var ended = part == 3 ? at == utf8.Length : at < utf8.Length && utf8[at] == '.';
            if (at == start || number > 255 || !ended) return Read(Encoding.UTF8.GetString(utf8));
            value = (value << 8) | number;
            at++;
        }

        return PeerAddress.FromIPv4(value, 0);
    }

    /// <summary>Reads an address; what is none counts as unknown.</summary>
    internal static PeerAddress Read(string? text) =>
        text is not null && PeerAddress.TryParse(text, out var address) ? address.Host : PeerAddress.FromIPv4(0, 0);
}
