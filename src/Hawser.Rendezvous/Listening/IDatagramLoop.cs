using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Listening;

/// <summary>One socket and the thread that receives from it: with Linux's batch calls, or with the
/// framework's.</summary>
internal interface IDatagramLoop : IDisposable
{
    /// <summary>False while receiving fails again and again: nobody is heard.</summary>
    bool IsHearing { get; }

    /// <summary>Receives and answers until it is woken after the stop.</summary>
    void Run();

    /// <summary>Sends from this socket; from any thread.</summary>
    /// <param name="payload">The datagram.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>False when the system refused it.</returns>
    bool TrySend(ReadOnlySpan<byte> payload, PeerAddress destination);

    /// <summary>Wakes the thread, so that it sees the stop.</summary>
    void Wake();
}
