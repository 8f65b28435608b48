using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous.Registering;

/// <summary>What one batch of key registrations makes of one id, until the store has it.</summary>
internal sealed class KeyDraft
{
    private readonly string _id;
    private byte[] _uuid = [];
    private bool _listed;
    private PeerAddress? _datagramSource;

    public KeyDraft(string id, PeerRegistry registry)
    {
        _id = id;
        IsKnown = registry.TryReadKey(id, out var known);
        WasKnown = IsKnown;
        Known = known;
    }

    public string Id => _id;

    /// <summary>Whether the registry had it before this batch.</summary>
    public bool WasKnown { get; }

    /// <summary>Whether somebody has the id, as far as this batch has come.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>What is known, as far as this batch has come.</summary>
    public KnownKey Known { get; private set; }

    /// <summary>Whether a request of this batch was accepted.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>Whether the store must have it before anybody hears OK.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Whether more than the address changed.</summary>
    public bool IsKeyChanged { get; private set; }

    /// <summary>Set when the accepted requests must hear something else than OK.</summary>
    public RegisterPkResponse.Types.Result? Refusal { get; set; }

    public bool IsExact(UuidHash uuid, DeviceKey key) => IsKnown && Known.Uuid == uuid && Known.PublicKey == key;

    /// <summary>Counts a request against the id's own limit.</summary>
    /// <returns>False when it is one too many.</returns>
    public bool TryCount(uint nowTenths)
    {
        if (!Known.Limit.TryCount(nowTenths, out var next)) return false;
        Known = Known with { Limit = next };
        return true;
    }

    /// <summary>Takes over a request that obeys the rules.</summary>
    public void Accept(KeyRequest request, UuidHash uuid, DeviceKey key)
    {
        IsKeyChanged |= !IsExact(uuid, key);
        IsChanged |= IsKeyChanged || !Known.Host.SameHost(request.Source) || Known.HostUnsaved;
        if (!IsKnown) _listed = !request.Message.NoRegisterDevice;
        if (request.Answer is null) _datagramSource = request.Source;
        _uuid = request.Message.Uuid.ToByteArray();
        Known = new KnownKey(uuid, key, request.Source, Known.Limit, Known.HostUnsaved);
        IsKnown = IsAccepted = true;
    }

    public StoredDevice ToDevice(DateTime now) => new(
        _id, _uuid, Known.PublicKey.ToArray(), Known.Host.Host, now, Note: null, _listed, LastSeen: now);

    public byte[] Uuid => _uuid;

    /// <summary>Makes the result true in memory.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="isStored">
    /// False when the store refused a change of address only: the device is served where it is, and asked to try again.
    /// </param>
    public void Apply(PeerRegistry registry, bool isStored) =>
        registry.WriteKey(_id, Known with { HostUnsaved = !isStored }, _datagramSource);
}
