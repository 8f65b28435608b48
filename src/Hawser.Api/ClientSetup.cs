namespace Hawser.Api;

/// <summary>What a client must be told to find this server.</summary>
/// <param name="Host">The ID server.</param>
/// <param name="IsGuessed">Nobody configured the host; it is this machine's likeliest address.</param>
/// <param name="Relay">The relay; empty: beside the ID server.</param>
/// <param name="Api">The API; empty: clients work it out.</param>
/// <param name="Key">The server's public key.</param>
/// <param name="Configuration">All of that as the one text that clients import.</param>
public sealed record ClientSetup(
    string Host, bool IsGuessed, string Relay, string Api, string Key, string Configuration);
