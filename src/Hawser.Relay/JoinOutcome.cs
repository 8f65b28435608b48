namespace Hawser.Relay;

/// <summary>What became of a connection before it was part of a pair.</summary>
internal enum JoinOutcome
{
    /// <summary>It came first and waits.</summary>
    Waiting,

    /// <summary>It came second; the pair exists.</summary>
    Paired,

    /// <summary>Its first frame was something else, or no message at all.</summary>
    NotAJoin,

    /// <summary>Its first frame was longer than a join can be.</summary>
    TooLong,

    /// <summary>It presented another key than the one that is asked for.</summary>
    WrongKey,

    /// <summary>It presented no ticket, or one that is too long.</summary>
    BadTicket,

    /// <summary>It came second, and no rendezvous role announced its ticket.</summary>
    UnknownTicket,

    /// <summary>A pair with its ticket exists.</summary>
    InUse,

    /// <summary>There is no room for one more pair.</summary>
    Full,

    /// <summary>The relay is about to stop.</summary>
    Draining,

    /// <summary>It did not send its first frame in time.</summary>
    TooSlow,

    /// <summary>It left before it had joined or found a partner.</summary>
    Vanished,

    /// <summary>No partner came in time.</summary>
    Expired,

    /// <summary>Its address was put on the block list while it waited.</summary>
    Blocked,
}

/// <summary>Why a connection was refused before a byte of it was read.</summary>
internal enum AcceptRefusal
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>Its address is on the block list.</summary>
    Blocked,

    /// <summary>Its address holds too many connections.</summary>
    AddressCap,

    /// <summary>Too many connections have no partner yet.</summary>
    WaitingCap,

    /// <summary>Only the descriptors that the rest of the process needs are left.</summary>
    DescriptorCap,

    /// <summary>The relay is about to stop.</summary>
    Draining,
}
