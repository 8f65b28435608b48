using System.Text;

namespace Hawser.Api.Devices;

/// <summary>Says whether a request comes from the device that it names; the database is asked once a device.</summary>
internal sealed class DeviceRecognition(DeviceTable table, DeviceReader reader, TimeProvider time)
{
    // An id that is not there after this time is of a device that registers elsewhere.
    private static readonly TimeSpan RegistrationTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(30);
    private const int Slots = 4096;

    private readonly Lock _gate = new();
    private readonly (DeviceHash Name, long First)[] _newcomers = new (DeviceHash, long)[Slots];

    /// <summary>Looks for a device.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="uuid">Its uuid in base64, as it sent it.</param>
    /// <param name="cancellationToken">Ends the wait for the database.</param>
    public async ValueTask<Recognized> FindAsync(string id, string uuid, CancellationToken cancellationToken)
    {
        if (id.Length is 0 or > 253 || uuid.Length is 0 or > 512) return new(Recognition.Unknown, default, 0);
        var (name, claim) = (DeviceHash.Of(id), DeviceHash.Of(uuid));
        var found = table.Recognize(name, claim, out var device, out var sysinfo);
        if (found == Recognition.Unknown && await reader.ReadAsync(id, null, cancellationToken))
        {
            found = table.Recognize(name, claim, out device, out sysinfo);
        }

        return new(found, device, sysinfo);
    }

    /// <summary>
    /// Whether an unknown device may be about to register: it is not asking for long already. Who is told so comes back
    /// every three seconds.
    /// </summary>
    public bool MayBeRegistering(string id)
    {
        var name = DeviceHash.Of(Encoding.UTF8.GetBytes(id));
        ref var slot = ref _newcomers[(int)name.Low & (Slots - 1)];
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var age = slot.First == 0 ? Forgotten : time.GetElapsedTime(slot.First, now);
            if (slot.Name != name || age >= Forgotten)
            {
                slot = (name, now);
                return true;
            }

            return age < RegistrationTime;
        }
    }
}

/// <summary>Who a request comes from.</summary>
/// <param name="Recognition">Whether it is the device that it names.</param>
/// <param name="Device">Its row.</param>
/// <param name="Sysinfo">The fingerprint of the sysinfo that is stored; 0: not known.</param>
internal readonly record struct Recognized(Recognition Recognition, Guid Device, ulong Sysinfo);
