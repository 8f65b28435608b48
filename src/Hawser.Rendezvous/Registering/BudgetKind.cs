namespace Hawser.Rendezvous.Registering;

/// <summary>What is counted per source.</summary>
internal enum BudgetKind : byte
{
    /// <summary>A RegisterPk of a device that is not known with this uuid and key.</summary>
    KeyRegistration,

    /// <summary>An id that nobody had before.</summary>
    NewId,

    /// <summary>An id that nobody had before, for all sources together.</summary>
    NewIdOfAll,

    /// <summary>A PunchHoleRequest or a RequestRelay.</summary>
    Introduction,

    /// <summary>A machine that was refused an id, and that nobody knows of yet.</summary>
    Claim,

    /// <summary>An OnlineRequest.</summary>
    OnlineQuery,

    /// <summary>A TestNatRequest.</summary>
    NatTest,

    /// <summary>A ConfigUpdate by UDP, which is bigger than its question.</summary>
    ConfigUpdate,

    /// <summary>A datagram that a peer did not ask for; counted per destination.</summary>
    Push,

    /// <summary>A change of id.</summary>
    Rename,

    /// <summary>An HTTP request through the rendezvous port.</summary>
    Tunnel,

    /// <summary>A new TCP or WebSocket connection.</summary>
    Connection,

    /// <summary>A log line about a wrong key, for those who ban by the log.</summary>
    WrongKeyLine,

    /// <summary>A log line or live event about a source or id. The last one: tables are sized by it.</summary>
    Alert,
}
