using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous.Introducing;

/// <summary>
/// What a field may hold before it is told to the other peer (S4): messages are rebuilt from these, never copied, so
/// that nobody can make this server send something long or strange.
/// </summary>
internal static class FieldLimits
{
    private const int MaxHost = 253;
    private const int MaxUuid = 64;
    private const int MaxVersion = 32;
    private const int MaxToken = 4096;

    /// <summary>An id that may be asked for.</summary>
    /// <param name="id">What was sent.</param>
    /// <returns>Whether somebody could have it.</returns>
    public static bool IsAskable(string id) => id.Length is > 0 and <= PeerId.MaxLength;

    /// <summary>A relay's text, <c>host</c> or <c>host:port</c>.</summary>
    /// <param name="text">What was sent.</param>
    /// <returns>The text, or empty when it can't be one.</returns>
    public static string Relay(string text)
    {
        if (text.Length > MaxHost + 6) return "";
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_' or ':' or '[' or ']' or '%')) return "";
        }

        return text;
    }

    /// <summary>A ticket's text.</summary>
    /// <param name="text">What was sent.</param>
    /// <returns>Whether it can be one: printable ASCII without spaces.</returns>
    public static bool IsTicket(string text)
    {
        if (text.Length is 0 or > MaxUuid) return false;
        foreach (var c in text)
        {
            if (c is <= ' ' or > '~') return false;
        }

        return true;
    }

    /// <summary>A client's version.</summary>
    /// <param name="text">What was sent.</param>
    /// <returns>The text, or empty when it is no short version.</returns>
    public static string Version(string text) => text.Length <= MaxVersion ? text : "";

    /// <summary>A token or code that goes to the access rules.</summary>
    /// <param name="text">What was sent.</param>
    /// <returns>The text, or empty when it is too long to be one.</returns>
    public static string Token(string text) => text.Length <= MaxToken ? text : "";

    /// <summary>A port.</summary>
    /// <param name="port">What was sent.</param>
    /// <returns>The port, or 0 when it is none.</returns>
    public static int Port(int port) => port is > 0 and <= ushort.MaxValue ? port : 0;

    /// <summary>A peer's own IPv6 address.</summary>
    /// <param name="mangled">What was sent.</param>
    /// <returns>The bytes, or empty when they are no IPv6 address.</returns>
    public static ByteString AddressV6(ByteString mangled) =>
        mangled.Length == MangledAddress.MaxLength ? mangled : ByteString.Empty;

    /// <summary>A NAT type; unknown values mean "unknown".</summary>
    /// <param name="type">What was sent.</param>
    /// <returns>A type that clients know.</returns>
    public static NatType Nat(NatType type) => Enum.IsDefined(type) ? type : NatType.UnknownNat;

    /// <summary>A connection type; unknown values mean the default one.</summary>
    /// <param name="type">What was sent.</param>
    /// <returns>A type that clients know.</returns>
    public static ConnType Conn(ConnType type) => Enum.IsDefined(type) ? type : ConnType.DefaultConn;
}
