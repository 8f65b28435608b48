namespace Hawser.Protocol;

/// <summary>
/// The other end broke the rules of the wire. Caught once, at the edge of the connection: logged with its reason,
/// counted, and the connection is closed. It is never a fault of this process.
/// </summary>
public sealed class ProtocolViolation : Exception
{
    /// <summary>A violation whose reason is not known.</summary>
    public ProtocolViolation() : base("protocol violation") { }

    /// <summary>A violation with a short reason that is fit for a log line and holds no secret.</summary>
    /// <param name="reason">What was wrong, in a few words.</param>
    public ProtocolViolation(string reason) : base(reason) { }

    /// <summary>A violation found by a parser.</summary>
    /// <param name="reason">What was wrong, in a few words.</param>
    /// <param name="inner">What the parser said.</param>
    public ProtocolViolation(string reason, Exception inner) : base(reason, inner) { }
}
