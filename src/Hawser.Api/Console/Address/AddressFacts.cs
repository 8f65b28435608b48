namespace Hawser.Api.Console.Address;

/// <summary>One port, asked as clients ask it.</summary>
/// <param name="Address">The address that was asked.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Transport">tcp, udp or ws.</param>
/// <param name="Port">The port.</param>
/// <param name="Needed">Whether clients can't do without it.</param>
/// <param name="State">ok, failed, not_offered or skipped.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Hint">What to do about it; empty: nothing.</param>
/// <param name="Milliseconds">Until it answered.</param>
public sealed record PortFinding(
    string Address, string Name, string Transport, int Port, bool Needed, string State, string Detail, string Hint,
    double Milliseconds);

/// <summary>The certificate that the HTTP port speaks TLS with.</summary>
/// <param name="Subject">Whose it is.</param>
/// <param name="Issuer">Who made it.</param>
/// <param name="Names">The names that it is for.</param>
/// <param name="NotBefore">From when on it holds.</param>
/// <param name="NotAfter">Until when it holds.</param>
/// <param name="Thumbprint">Its SHA-1 fingerprint, as other tools show it.</param>
/// <param name="State">ready, expires soon or expired.</param>
/// <param name="File">Where it was read from.</param>
public sealed record CertificateFacts(
    string Subject, string Issuer, IReadOnlyList<string> Names, DateTime NotBefore, DateTime NotAfter,
    string Thumbprint, string State, string File);

/// <summary>The pair that signs who is who.</summary>
/// <param name="PublicKey">What clients have; empty: none signs here.</param>
/// <param name="Fingerprint">SHA-256 of the 32 bytes, in hex.</param>
/// <param name="Source">file: its files in the data folder; option: it was given.</param>
/// <param name="NextKey">What the files hold since it was replaced, until the next start; empty: the same.</param>
public sealed record KeyFacts(string PublicKey, string Fingerprint, string Source, string NextKey);

/// <summary>A pair that was replaced.</summary>
/// <param name="NextKey">What clients need after the next start.</param>
/// <param name="KeptAs">The file that the pair before was kept as.</param>
/// <param name="Complaint">Why it was not; empty: it was.</param>
public sealed record KeyReplacement(string NextKey, string KeptAs, string Complaint);

/// <summary>By which way a request came.</summary>
/// <param name="Forwarded">Whether a proxy passed it on, or somebody says so.</param>
/// <param name="Believed">Whether who sent it is a proxy that is believed.</param>
/// <param name="Sender">Who sent it: the proxy, where there is one.</param>
/// <param name="Client">Whom it counts for.</param>
/// <param name="Secure">Whether the browser came by HTTPS.</param>
/// <param name="OfOptions">The proxies that the options name.</param>
public sealed record ArrivalFacts(
    bool Forwarded, bool Believed, string Sender, string Client, bool Secure, IReadOnlyList<string> OfOptions);
