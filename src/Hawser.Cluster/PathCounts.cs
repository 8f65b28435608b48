namespace Hawser.Cluster;

/// <summary>By which paths a node's rendezvous role brought peers together since it started.</summary>
/// <param name="Direct">Those who were told each other's addresses, and did not come back for a relay.</param>
/// <param name="Relayed">Those who were sent to a relay.</param>
public readonly record struct PathCounts(long Direct, long Relayed);
