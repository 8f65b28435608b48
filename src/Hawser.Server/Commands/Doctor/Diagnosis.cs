using System.Net;
using Hawser.Session.Connecting;
using Hawser.Session.Connecting.Probing;

namespace Hawser.Server.Commands.Doctor;

/// <summary>What was found at one address.</summary>
/// <param name="Address">The address.</param>
/// <param name="Reverse">Its name in reverse DNS; null when it has none.</param>
/// <param name="Checks">The checks, in reading order.</param>
internal sealed record AddressDiagnosis(IPAddress Address, string? Reverse, IReadOnlyList<ProbeResult> Checks)
{
    public bool IsHealthy => !Checks.Any(c => c.Needed && c.IsProblem);
}

/// <summary>What was found at a server.</summary>
/// <param name="Server">The server as it was asked for.</param>
/// <param name="Addresses">Each of its addresses.</param>
/// <param name="Problem">Why there is none.</param>
internal sealed record Diagnosis(ServerName Server, IReadOnlyList<AddressDiagnosis> Addresses, string Problem)
{
    /// <summary>True when every address does what clients need: they may use any of them.</summary>
    public bool IsHealthy => Addresses.Count > 0 && Addresses.All(a => a.IsHealthy);

    /// <summary>One sentence for people.</summary>
    public string Verdict
    {
        get
        {
            if (Problem.Length > 0) return Problem;
            if (IsHealthy) return "Clients can register, find each other and use the relay.";
            var broken = Addresses.Where(a => !a.IsHealthy).ToList();
            var down = broken.Any(a => a.Checks.Where(c => c.Needed).All(c => c.IsProblem));
            if (down) return "Nothing that clients need answers there.";
            var names = broken.SelectMany(a => a.Checks).Where(c => c.Needed && c.IsProblem)
                .Select(c => $"{c.Name} ({c.Transport} {c.Port})").Distinct(StringComparer.Ordinal);
            return $"Something that clients need does not work: {string.Join(", ", names)}.";
        }
    }
}
