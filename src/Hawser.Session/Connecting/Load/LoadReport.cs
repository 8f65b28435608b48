namespace Hawser.Session.Connecting.Load;

/// <summary>What a simulation has seen so far. Counts are totals; latencies are milliseconds.</summary>
/// <param name="Seconds">Time since the start.</param>
/// <param name="Registrations">Registering.</param>
/// <param name="Introductions">Calling.</param>
/// <param name="Relays">Relaying.</param>
/// <param name="Errors">Everything that went wrong, by kind.</param>
public sealed record LoadReport(double Seconds, LoadRegistrations Registrations, LoadIntroductions Introductions,
    LoadRelays Relays, IReadOnlyDictionary<string, long> Errors)
{
    /// <summary>True when every call was answered, no relayed byte was wrong and nothing failed.</summary>
    public bool IsClean => Errors.Count == 0 && Relays.Corrupt == 0 && Introductions.Failed.Count == 0;
}

/// <summary>Registering peers.</summary>
/// <param name="Peers">Peers simulated.</param>
/// <param name="Registered">Peers whose last registration was accepted.</param>
/// <param name="Sent">Registrations sent.</param>
/// <param name="Answered">Registrations answered.</param>
/// <param name="KeysAsked">Times that the server asked for a key.</param>
/// <param name="KeysAccepted">Keys that it took.</param>
/// <param name="P50">Median latency of a UDP registration.</param>
/// <param name="P99">99th percentile of it.</param>
public sealed record LoadRegistrations(int Peers, int Registered, long Sent, long Answered, long KeysAsked,
    long KeysAccepted, double P50, double P99);

/// <summary>Introductions.</summary>
/// <param name="Asked">Requests sent.</param>
/// <param name="Answered">Answered with the target's address and a good signature.</param>
/// <param name="Pushes">Pushes that targets received and answered.</param>
/// <param name="Repeated">Requests that were repeated after 3 s without an answer, as stock clients do.</param>
/// <param name="Skipped">Not asked because too many were open.</param>
/// <param name="Failed">The others, by reason.</param>
/// <param name="P50">Median time from request to answer.</param>
/// <param name="P99">99th percentile of it.</param>
public sealed record LoadIntroductions(long Asked, long Answered, long Pushes, long Repeated, long Skipped,
    IReadOnlyDictionary<string, long> Failed, double P50, double P99);

/// <summary>Relayed pairs.</summary>
/// <param name="Pairs">Pairs simulated.</param>
/// <param name="Up">Pairs whose two legs are paired now.</param>
/// <param name="Frames">Frames received whole and right.</param>
/// <param name="Bytes">Bytes received.</param>
/// <param name="Corrupt">Frames with a wrong byte or out of order.</param>
/// <param name="P50">Median time from sending to receiving the last byte of a frame.</param>
/// <param name="P99">99th percentile of it.</param>
public sealed record LoadRelays(int Pairs, int Up, long Frames, long Bytes, long Corrupt, double P50, double P99);
