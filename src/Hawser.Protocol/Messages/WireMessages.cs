using Google.Protobuf;

namespace Hawser.Protocol.Messages;

/// <summary>Reading of rendezvous and peer messages from untrusted bytes.</summary>
public static class WireMessages
{
    /// <summary>Reads a rendezvous message.</summary>
    /// <param name="payload">A frame's payload, a WebSocket message or a datagram.</param>
    /// <returns>The message; its union may be unset, which callers treat as unknown.</returns>
    /// <exception cref="ProtocolViolation">The bytes are no such message, or nest too deeply.</exception>
    public static RendezvousMessage ReadRendezvous(ReadOnlySpan<byte> payload) =>
        TryReadRendezvous(payload, out var message)
            ? message!
            : throw new ProtocolViolation("not a rendezvous message");

    /// <summary>Reads a rendezvous message, if it is one.</summary>
    /// <param name="payload">A frame's payload, a WebSocket message or a datagram.</param>
    /// <param name="message">The message.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryReadRendezvous(ReadOnlySpan<byte> payload, out RendezvousMessage? message)
    {
        try
        {
            message = RendezvousMessage.Parser.ParseFrom(payload);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            message = null;
            return false;
        }
    }

    /// <summary>Reads a message between two peers.</summary>
    /// <param name="payload">A frame's opened payload.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ProtocolViolation">The bytes are no such message.</exception>
    public static Message ReadPeer(ReadOnlySpan<byte> payload)
    {
        try
        {
            return Message.Parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ProtocolViolation("not a peer message", e);
        }
    }
}
