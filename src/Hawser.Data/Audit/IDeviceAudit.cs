using Hawser.Data.Retention;

namespace Hawser.Data.Audit;

/// <summary>What a device reports of an operator, whatever it reports of: such lists are asked in one way.</summary>
public interface IDeviceAudit : IOfDevice
{
    /// <summary>The row's identity.</summary>
    Guid Guid { get; }

    /// <summary>Its id then.</summary>
    string DeviceId { get; }

    /// <summary>The operator's id.</summary>
    string PeerId { get; }

    /// <summary>The operator's name, as the operator's client says.</summary>
    string PeerName { get; }

    /// <summary>Where the operator was.</summary>
    string Address { get; }

    /// <summary>When it was made, UTC.</summary>
    DateTime CreatedAt { get; }
}
