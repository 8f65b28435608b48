using System.Net;

namespace Hawser.Session.Connecting.Probing;

/// <summary>What a check found.</summary>
public enum ProbeVerdict
{
    /// <summary>It works.</summary>
    Ok,

    /// <summary>The server answers, but does not have this; the original servers lack several things.</summary>
    NotOffered,

    /// <summary>It does not work.</summary>
    Failed,

    /// <summary>It was not tried, because something that it needs is missing.</summary>
    Skipped,
}

/// <summary>One check of one server address.</summary>
/// <param name="Name">What was checked, in a few words.</param>
/// <param name="Transport"><c>udp</c>, <c>tcp</c>, <c>ws</c> or <c>http</c>.</param>
/// <param name="Port">The port.</param>
/// <param name="Needed">Whether clients can't do without it.</param>
public sealed record ProbeResult(string Name, string Transport, int Port, bool Needed)
{
    /// <summary>What was found.</summary>
    public ProbeVerdict Verdict { get; init; }

    /// <summary>What was seen, for people.</summary>
    public string Detail { get; init; } = "";

    /// <summary>What to do about it.</summary>
    public string Hint { get; init; } = "";

    /// <summary>How long the server took; zero when nothing was measured.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>Whether something that clients need does not work.</summary>
    public bool IsProblem => Verdict == ProbeVerdict.Failed || (Needed && Verdict == ProbeVerdict.NotOffered);
}

/// <summary>Which server is probed, and how.</summary>
public sealed record ProbeOptions
{
    /// <summary>The address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>P.</summary>
    public int RendezvousPort { get; init; } = ServerName.RendezvousPort;

    /// <summary>R.</summary>
    public int RelayPort { get; init; } = ServerName.RelayPort;

    /// <summary>The port of the API, health and single-port WebSocket.</summary>
    public int HttpPort { get; init; } = 21114;

    /// <summary>The server's public key as clients have it; empty when not known.</summary>
    public string Key { get; init; } = "";

    /// <summary>How long each check may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
