using System.Text;
using Hawser.Data.Devices;
using Hawser.Protocol.Messages;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Rendezvous.Registering;

/// <summary>The side that asks whether a device was deployed (API reference §12.2).</summary>
internal sealed partial class KeyRegistration
{
    // Of one batch; who is not looked up hears NOT_DEPLOYED and comes back in 30 seconds.
    private const int MaxLookups = 256;

    /// <summary>Says whether devices must be deployed, beside the option; set before the start.</summary>
    public DeploymentRule? Deployment { get; init; }

    /// <summary>Keeps who was refused, for people; set before the start.</summary>
    public ClaimLog? Claims { get; init; }

    // Null: not known yet.
    private bool? MustBeDeployed => _requireDeployment ? true : Deployment is null ? false : Deployment.IsRequired();

    /// <summary>Takes over what was deployed since the devices were loaded: it is in the store only.</summary>
    private async Task LoadDeployedAsync(List<KeyRequest> batch)
    {
        if (Deployment is not { } rule || !_registry.IsLoaded || MustBeDeployed != true) return;
        var ids = batch.Where(r => !r.IsRename && !IsKnown(r.Message)).Select(r => r.Message.Id)
            .Distinct(StringComparer.Ordinal).Take(MaxLookups).ToList();
        if (ids.Count == 0) return;
        try
        {
            foreach (var device in await rule.FindAsync(ids, CancellationToken.None))
            {
                _registry.Load(Encoding.UTF8.GetBytes(device.Id), device.Uuid, device.PublicKey, device.LastHost);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            StoreFailed(e);
        }
    }

    /// <summary>Takes over a device that came back into the store, so that nobody else gets its id meanwhile.</summary>
    internal async Task TakeBackAsync(string id)
    {
        if (Deployment is not { } rule || !_registry.IsLoaded) return;
        try
        {
            foreach (var device in await rule.FindAsync([id], CancellationToken.None))
            {
                _registry.Load(Encoding.UTF8.GetBytes(device.Id), device.Uuid, device.PublicKey, device.LastHost);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            StoreFailed(e);
        }
    }

    /// <summary>What somebody hears who may not register, at least not now; null: the other rules decide.</summary>
    private Refusal? NotYet(KeyRequest request)
    {
        // Who is blocked hears the same as who waits, and is not shown to anybody.
        if (Deployment?.IsBlocked?.Invoke(request.Source) == true) return new Refusal(Result.NotDeployed);
        if (MustBeDeployed is not { } must) return new Refusal(null);
        if (!must) return null;
        Claims?.Note(request.Message, request.Source, ClaimState.Waiting);
        return new Refusal(Result.NotDeployed);
    }

    private bool IsKnown(RegisterPk message) => _registry.TryReadKey(message.Id, out var known)
        && known.Uuid == UuidHash.Of(message.Uuid.Span) && known.PublicKey == DeviceKey.From(message.Pk.Span);
}
