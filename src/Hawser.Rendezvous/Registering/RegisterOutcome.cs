namespace Hawser.Rendezvous.Registering;

/// <summary>What a RegisterPeer led to (§6.1).</summary>
internal enum RegisterOutcome : byte
{
    /// <summary>The id can't be one; no answer.</summary>
    Invalid,

    /// <summary>The devices are still being loaded and this id is not among them yet; no answer, the client
    /// repeats.</summary>
    NotLoaded,

    /// <summary>Nobody registered a key for this id; its key is asked for.</summary>
    Unknown,

    /// <summary>The peer comes from elsewhere; its key is asked for and nothing changed.</summary>
    KeyWanted,

    /// <summary>The peer is online at its source address.</summary>
    Registered,
}
