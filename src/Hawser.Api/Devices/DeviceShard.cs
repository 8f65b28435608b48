using System.Runtime.CompilerServices;

namespace Hawser.Api.Devices;

/// <summary>One part of the table: slots in one array, found through chains of indices. Used under its lock.</summary>
internal sealed class DeviceShard
{
    private const int Empty = -1;
    private int[] _buckets = NewBuckets(16);
    private DeviceSlot[] _slots = new DeviceSlot[16];
    private int _free = Empty;
    private int _used;

    public Lock Gate { get; } = new();

    public int Count { get; private set; }

    /// <summary>Heartbeats so far; counted under the lock.</summary>
    public long Beats { get; set; }

    /// <summary>How far the array is in use; slots without an id are free.</summary>
    public Span<DeviceSlot> Slots => _slots.AsSpan(0, _used);

    /// <summary>Finds; a null reference when it is not here.</summary>
    public ref DeviceSlot Find(DeviceHash name)
    {
        for (var i = _buckets[Bucket(name)]; i != Empty; i = _slots[i].Next)
        {
            if (_slots[i].Name == name) return ref _slots[i];
        }

        return ref Unsafe.NullRef<DeviceSlot>();
    }

    /// <summary>Adds one that is not here.</summary>
    public ref DeviceSlot Add(DeviceHash name)
    {
        int at;
        if (_free != Empty)
        {
            at = _free;
            _free = _slots[at].Next;
        }
        else
        {
            if (_used == _slots.Length) Grow();
            at = _used++;
        }

        ref var slot = ref _slots[at];
        slot = default;
        slot.Name = name;
        ref var bucket = ref _buckets[Bucket(name)];
        slot.Next = bucket;
        bucket = at;
        Count++;
        return ref slot;
    }

    public bool Remove(DeviceHash name)
    {
        ref var link = ref _buckets[Bucket(name)];
        while (link != Empty)
        {
            var at = link;
            ref var slot = ref _slots[at];
            if (slot.Name == name)
            {
                link = slot.Next;
                slot = default;
                slot.Next = _free;
                _free = at;
                Count--;
                return true;
            }

            link = ref slot.Next;
        }

        return false;
    }

    /// <summary>Makes room by forgetting the one of a few that was silent for longest.</summary>
    public void Evict(int start)
    {
        var victim = Empty;
        for (var i = 0; i < _used && i < 16; i++)
        {
            var at = (start + i) % _used;
            if (_slots[at].Id is null) continue;
            if (victim == Empty || _slots[at].LastBeat < _slots[victim].LastBeat) victim = at;
        }

        if (victim != Empty) Remove(_slots[victim].Name);
    }

    private int Bucket(DeviceHash name) => (int)(name.High >> 16) & (_buckets.Length - 1);

    private void Grow()
    {
        Array.Resize(ref _slots, _slots.Length * 2);
        _buckets = NewBuckets(_slots.Length);
        for (var i = 0; i < _used; i++)
        {
            if (_slots[i].Id is null) continue;
            ref var bucket = ref _buckets[Bucket(_slots[i].Name)];
            _slots[i].Next = bucket;
            bucket = i;
        }
    }

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, Empty);
        return buckets;
    }
}
