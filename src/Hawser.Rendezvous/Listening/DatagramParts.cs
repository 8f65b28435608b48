using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Registering;

namespace Hawser.Rendezvous.Listening;

/// <summary>What answers datagrams.</summary>
/// <param name="Registry">The peers.</param>
/// <param name="Keys">Registers keys.</param>
/// <param name="Budgets">How much each source may ask for.</param>
/// <param name="Configuration">What clients are told about ID servers.</param>
/// <param name="PunchHoleSent">Told of a PunchHoleSent by UDP with its source; must be quick and check the
/// ticket.</param>
internal sealed record DatagramParts(
    PeerRegistry Registry,
    KeyRegistration Keys,
    SourceBudgets Budgets,
    ClientConfiguration Configuration,
    Action<PunchHoleSent, PeerAddress> PunchHoleSent);
