using System.Runtime.InteropServices;

namespace Hawser.Rendezvous.Registering;

/// <summary>A 32-byte device key by value.</summary>
/// <param name="A">Bytes 0 to 7.</param>
/// <param name="B">Bytes 8 to 15.</param>
/// <param name="C">Bytes 16 to 23.</param>
/// <param name="D">Bytes 24 to 31.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct DeviceKey(ulong A, ulong B, ulong C, ulong D)
{
    public const int Length = 32;

    public static DeviceKey From(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<DeviceKey>(bytes);

    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        MemoryMarshal.Write(bytes, this);
        return bytes;
    }
}
