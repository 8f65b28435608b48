using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Hawser.Recording.SocketIo;

/// <summary>
/// One event of a client. Strings can be read without fear: a lone surrogate was replaced by U+FFFD when it came in.
/// </summary>
internal sealed class SocketIoEvent
{
    private readonly JsonElement _array;
    private IReadOnlyList<SocketIoAttachment> _attachments = [];

    /// <param name="array">The name, then the arguments.</param>
    /// <param name="name">The name; empty when it was a number, which no handler has.</param>
    /// <param name="ackId">What the client waits for, if it does.</param>
    /// <param name="announced">How many attachments the header announced.</param>
    public SocketIoEvent(JsonElement array, string name, long? ackId, int announced)
    {
        _array = array;
        Name = name;
        AckId = ackId;
        Announced = announced;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The client waits for exactly one ACK with this number; null: it does not.</summary>
    public long? AckId { get; }

    /// <summary>How many attachments its header announced.</summary>
    public int Announced { get; }

    /// <summary>How many arguments follow the name.</summary>
    public int ArgumentCount => _array.GetArrayLength() - 1;

    /// <summary>The attachments, in the order they came; none before they have arrived, and none of a packet that
    /// <see cref="IsTooLarge"/>.</summary>
    public IReadOnlyList<SocketIoAttachment> Attachments => _attachments;

    /// <summary>The attachments together were longer than allowed: they were read and thrown away.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>The bytes of all attachments, thrown away or not.</summary>
    public long Bytes { get; private set; }

    /// <summary>For the namespace: what it found when the header arrived.</summary>
    public object? State { get; set; }

    /// <summary>An argument; undefined when there is none at this place.</summary>
    /// <param name="index">From 0.</param>
    /// <returns>The argument.</returns>
    public JsonElement Argument(int index) =>
        (uint)index < (uint)ArgumentCount ? _array[index + 1] : default;

    /// <summary>Whether a value stands for an attachment, in whatever depth; true also for one thrown away.</summary>
    /// <param name="value">A value of the arguments.</param>
    /// <returns>Whether it does.</returns>
    public bool IsPlaceholder(JsonElement value) => Announced > 0 && PacketArguments.TryPlaceholder(value, out _);

    /// <summary>The attachment that a value stands for; in a packet without attachments no value does.</summary>
    /// <param name="value">A value of the arguments.</param>
    /// <param name="attachment">The bytes.</param>
    /// <returns>Whether it stands for one that is here.</returns>
    public bool TryGetAttachment(JsonElement value, [NotNullWhen(true)] out SocketIoAttachment? attachment)
    {
        attachment = null;
        if (!PacketArguments.TryPlaceholder(value, out var number)
            || (uint)number >= (uint)_attachments.Count) return false;
        attachment = _attachments[number];
        return true;
    }

    /// <summary>All attachments have come.</summary>
    internal void Complete(IReadOnlyList<SocketIoAttachment> attachments, long bytes, bool tooLarge)
    {
        _attachments = attachments;
        Bytes = bytes;
        IsTooLarge = tooLarge;
    }
}
