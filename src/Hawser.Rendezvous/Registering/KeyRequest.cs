using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous.Registering;

/// <summary>A RegisterPk that waits for the worker.</summary>
/// <param name="Message">The message.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Answer">For TCP and WebSocket: who waits for the result. Null: the answer goes to the source by
/// UDP.</param>
/// <param name="IsRename">A change of id.</param>
internal sealed record KeyRequest(
    RegisterPk Message,
    PeerAddress Source,
    TaskCompletionSource<RegisterPkResponse.Types.Result?>? Answer,
    bool IsRename = false);
