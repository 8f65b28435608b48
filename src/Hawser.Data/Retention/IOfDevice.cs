namespace Hawser.Data.Retention;

/// <summary>Evidence of a device: how long it is kept may depend on the device's groups.</summary>
public interface IOfDevice
{
    /// <summary>The device; null: none, or forgotten since.</summary>
    Guid? DeviceGuid { get; }
}
