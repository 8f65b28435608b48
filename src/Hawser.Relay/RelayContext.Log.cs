using Hawser.Protocol.Identity;
using Microsoft.Extensions.Logging;

namespace Hawser.Relay;

internal sealed partial class RelayContext
{
    internal static partial class Log
    {
        // Operators feed this line to tools that ban addresses: its words are part of the contract.
        [LoggerMessage(2000, LogLevel.Warning, "Relay authentication failed from {Remote} - invalid key")]
        public static partial void WrongKey(ILogger logger, PeerAddress remote);

        [LoggerMessage(2001, LogLevel.Debug, "Leg from {Remote} did not join: {Outcome}")]
        public static partial void JoinRefused(ILogger logger, PeerAddress remote, JoinOutcome outcome);

        [LoggerMessage(2002, LogLevel.Debug, "Pair of {First} and {Second} ended: {End}, {Bytes} bytes")]
        public static partial void PairEnded(
            ILogger logger, PeerAddress first, PeerAddress second, RelayEnd end, long bytes);

        [LoggerMessage(2003, LogLevel.Warning,
            "Message of the WebSocket leg {Remote} is longer than {Cap} bytes, too long to frame: closed")]
        public static partial void MessageTooLong(ILogger logger, PeerAddress remote, int cap);

        [LoggerMessage(2004, LogLevel.Warning,
            "Entry '{Entry}' of a relay list is neither an address nor a network and was left out")]
        public static partial void BadListEntry(ILogger logger, string entry);

        [LoggerMessage(2005, LogLevel.Error,
            "The limit of open files is reached; new relay connections are refused or wait")]
        public static partial void AcceptPaused(ILogger logger);

        [LoggerMessage(2006, LogLevel.Error, "A relay leg from {Remote} met a fault of this program and was closed")]
        public static partial void LegFault(ILogger logger, Exception fault, PeerAddress remote);

        [LoggerMessage(2007, LogLevel.Information, "Relay listens on TCP {Port}, {Loops} {Kind}")]
        public static partial void Listening(ILogger logger, int port, int loops, string kind);

        [LoggerMessage(2008, LogLevel.Information, "Relay stops; {Pairs} pairs may go on for {Seconds} s")]
        public static partial void Draining(ILogger logger, int pairs, double seconds);

        [LoggerMessage(2009, LogLevel.Debug,
            "Pair of {First} and {Second} is re-framed for TCP; unframed traffic (port forwarding) can't pass")]
        public static partial void Reframed(ILogger logger, PeerAddress first, PeerAddress second);

        [LoggerMessage(2010, LogLevel.Error, "Accepting relay connections failed with error {Code}")]
        public static partial void AcceptFailed(ILogger logger, int code);

        [LoggerMessage(2011, LogLevel.Critical, "A relay loop has failed; its connections are lost")]
        public static partial void LoopFault(ILogger logger, Exception fault);
    }
}
