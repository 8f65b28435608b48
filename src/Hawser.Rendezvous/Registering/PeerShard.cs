using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Hawser.Rendezvous.Registering;

/// <summary>
/// One part of the registry: records in chunks that never move, and an open-addressing index of 32-bit slots (12 bits
/// of
/// the hash, 20 bits of the record's number plus one). Everything is called under <see cref="Gate"/>.
/// </summary>
internal sealed class PeerShard
{
    /// <summary>Records that a shard can hold.</summary>
    public const int MaxRecords = (1 << NumberBits) - 2;

    private const int NumberBits = 20;
    private const uint NumberMask = (1u << NumberBits) - 1;
    private const int ChunkBits = 6;
    private const int ChunkSize = 1 << ChunkBits;

    private PeerRecord[][] _chunks = [];
    private uint[] _index = new uint[64];
    private byte[]?[] _longIds = [];
    private int _longCount;
    private int _firstFree;

    /// <summary>The lock of everything in here.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Peers in it.</summary>
    public int Count { get; private set; }

    /// <summary>Peers with <see cref="PeerFlags.Online"/>; kept by the registry.</summary>
    public int Online { get; set; }

    /// <summary>Record numbers ever given; some may be free now.</summary>
    public int Used { get; private set; }

    /// <summary>A record by number; it may be free.</summary>
    public ref PeerRecord At(int number) => ref _chunks[number >> ChunkBits][number & (ChunkSize - 1)];

    /// <summary>Finds a peer.</summary>
    /// <returns>Its record, or a null reference.</returns>
    public ref PeerRecord Find(in IdKey id)
    {
        var mask = (uint)_index.Length - 1;
        var tag = TagOf(id.Hash);
        for (var at = (uint)id.Hash & mask; _index[at] != 0; at = (at + 1) & mask)
        {
            var slot = _index[at];
            if ((slot & ~NumberMask) != tag) continue;
            ref var record = ref At((int)(slot & NumberMask) - 1);
            if (IsIdOf(record, id)) return ref record;
        }

        return ref Unsafe.NullRef<PeerRecord>();
    }

    /// <summary>Adds a peer that is not there yet.</summary>
    /// <returns>Its record; everything but the id is zero.</returns>
    public ref PeerRecord Add(in IdKey id)
    {
        if ((Count + 1) * 4 > _index.Length * 3) Grow();
        var number = TakeNumber();
        ref var record = ref At(number);
        record = default;
        record.IdLength = checked((byte)id.Bytes.Length);
        (record.Id0, record.Id1) = id.IsLong ? (id.Hash, (ulong)KeepLong(id.Bytes)) : (id.Id0, id.Id1);
        Place(id.Hash, number);
        Count++;
        return ref record;
    }

    /// <summary>Removes a peer.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(in IdKey id)
    {
        var mask = (uint)_index.Length - 1;
        var at = (uint)id.Hash & mask;
        while (true)
        {
            if (_index[at] == 0) return false;
            ref var record = ref At((int)(_index[at] & NumberMask) - 1);
            if (IsIdOf(record, id)) break;
            at = (at + 1) & mask;
        }

        var number = (int)(_index[at] & NumberMask) - 1;
        ref var gone = ref At(number);
        if (id.IsLong) _longIds[(int)gone.Id1] = null;
        gone = default;
        gone.Id0 = (ulong)_firstFree;
        _firstFree = number + 1;
        Count--;
        CloseGap(at, mask);
        return true;
    }

    /// <summary>The id's bytes.</summary>
    /// <param name="record">A record in use.</param>
    /// <param name="buffer">16 bytes, used for short ids.</param>
    /// <returns>The bytes.</returns>
    public ReadOnlySpan<byte> IdOf(in PeerRecord record, Span<byte> buffer)
    {
        if (record.IdLength > IdKey.InlineLength) return _longIds[(int)record.Id1];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.Id0);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.Id1);
        return buffer[..record.IdLength];
    }

    private static uint TagOf(ulong hash) => (uint)(hash >> 32) & ~NumberMask;

    private bool IsIdOf(in PeerRecord record, in IdKey id)
    {
        if (record.IdLength != id.Bytes.Length || record.Id0 != id.Id0) return false;
        return id.IsLong ? id.Bytes.SequenceEqual(_longIds[(int)record.Id1]) : record.Id1 == id.Id1;
    }

    private ulong HashOf(in PeerRecord record) => record.IdLength > IdKey.InlineLength
        ? record.Id0
        : IdKey.HashInline(record.Id0, record.Id1, record.IdLength);

    private void Place(ulong hash, int number)
    {
        var mask = (uint)_index.Length - 1;
        var at = (uint)hash & mask;
        while (_index[at] != 0) at = (at + 1) & mask;
        _index[at] = TagOf(hash) | (uint)(number + 1);
    }

    private void Grow()
    {
        _index = new uint[_index.Length * 2];
        for (var number = 0; number < Used; number++)
        {
            ref var record = ref At(number);
            if (record.IdLength != 0) Place(HashOf(record), number);
        }
    }

    // Linear probing stays correct without tombstones when later slots of the run move up.
    private void CloseGap(uint gap, uint mask)
    {
        for (var at = (gap + 1) & mask; _index[at] != 0; at = (at + 1) & mask)
        {
            var home = (uint)HashOf(At((int)(_index[at] & NumberMask) - 1)) & mask;
            if (((at - home) & mask) < ((at - gap) & mask)) continue;
            _index[gap] = _index[at];
            gap = at;
        }

        _index[gap] = 0;
    }

    private int TakeNumber()
    {
        if (_firstFree != 0)
        {
            var number = _firstFree - 1;
            _firstFree = (int)At(number).Id0;
            return number;
        }

        if (Used >= MaxRecords) throw new InvalidOperationException("a shard of the registry is full");
        if (Used >> ChunkBits == _chunks.Length)
        {
            Array.Resize(ref _chunks, Math.Max(4, _chunks.Length + (_chunks.Length / 4)));
        }

        _chunks[Used >> ChunkBits] ??= new PeerRecord[ChunkSize];
        return Used++;
    }

    private int KeepLong(ReadOnlySpan<byte> id)
    {
        var place = _longCount == _longIds.Length ? Array.IndexOf(_longIds, null) : _longCount;
        if (place < 0)
        {
            place = _longCount;
            Array.Resize(ref _longIds, Math.Max(8, _longIds.Length * 2));
        }

        if (place == _longCount) _longCount++;
        _longIds[place] = id.ToArray();
        return place;
    }
}
