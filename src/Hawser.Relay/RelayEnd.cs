namespace Hawser.Relay;

/// <summary>Why a pair ended.</summary>
internal enum RelayEnd
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>The leg that came first closed or failed.</summary>
    ClosedByFirst,

    /// <summary>The leg that came second closed or failed.</summary>
    ClosedBySecond,

    /// <summary>Nothing passed for longer than <see cref="RelayOptions.IdleSeconds"/>.</summary>
    Idle,

    /// <summary>A limit was reached: a message too long to re-frame, or no room for one more pair.</summary>
    OverLimit,

    /// <summary>One of its addresses was put on the block list.</summary>
    Blocked,

    /// <summary>The role stopped.</summary>
    Shutdown,

    /// <summary>The machine failed: no descriptor, no memory.</summary>
    Faulted,
}
