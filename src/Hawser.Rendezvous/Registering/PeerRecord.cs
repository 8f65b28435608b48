using System.Runtime.InteropServices;
using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Registering;

[Flags]
internal enum PeerFlags : byte
{
    None = 0,

    /// <summary>Counted and announced as online.</summary>
    Online = 1,

    /// <summary>The registry holds a connection of it.</summary>
    Connected = 2,

    /// <summary>The store refused the last change of its address; the next RegisterPk tries again.</summary>
    HostUnsaved = 4,
}

/// <summary>One peer in 104 bytes. Never moves, is read and written under its shard's lock, holds no
/// references.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PeerRecord
{
    // What every RegisterPeer reads comes first and together: one or two cache lines instead of three.

    /// <summary>The id's bytes, zero-padded; of a long id its hash, then its place in the side table.</summary>
    public ulong Id0;
    public ulong Id1;
    public ulong HostHigh;
    public ulong HostLow;

    /// <summary>Milliseconds of the registry's clock; 0 when not heard of since the start.</summary>
    public long LastSeen;
    public ushort Port;
    public ushort PreviousPort;

    /// <summary>In bytes; 0 marks a free record, whose <see cref="Id0"/> is the next free one plus one.</summary>
    public byte IdLength;
    public PeerFlags Flags;
    public byte KeyRequests;

    /// <summary>Tenths of seconds: when the port flipped last.</summary>
    public uint PortChangedAt;

    /// <summary>Tenths of seconds: when a RegisterPk was counted last.</summary>
    public uint KeyRequestedAt;
    public UuidHash Uuid;
    public DeviceKey PublicKey;

    public readonly PeerAddress Address => new(HostHigh, HostLow, Port);

    public readonly bool IsAt(PeerAddress host) => HostHigh == host.High && HostLow == host.Low;

    public readonly bool Has(PeerFlags flag) => (Flags & flag) != PeerFlags.None;

    /// <summary>Takes over an address that proved itself. A port that flips is remembered for a while.</summary>
    public void MoveTo(PeerAddress source, uint nowTenths)
    {
        if (!IsAt(source))
        {
            (HostHigh, HostLow, PreviousPort) = (source.High, source.Low, 0);
        }
        else if (Port != source.Port && Port != 0)
        {
            (PreviousPort, PortChangedAt) = (Port, nowTenths);
        }

        Port = source.Port;
    }
}
