using Hawser.Protocol.Identity;

namespace Hawser.Data.Sqlite;

/// <summary>Addresses as the table keeps them: the readable form without port, empty when not known.</summary>
internal static class AddressText
{
    /// <summary>Reads an address; what is none counts as unknown.</summary>
    internal static PeerAddress Read(string? text) =>
        text is not null && PeerAddress.TryParse(text, out var address) ? address.Host : PeerAddress.FromIPv4(0, 0);
}
