using Hawser.Api;
using Hawser.Recording;

namespace Hawser.Server.Hosting;

/// <summary>Tells the console where the recordings of this node are.</summary>
internal static class OwnStorage
{
    /// <summary>Null: the recorder role does not run here.</summary>
    public static async Task<RecordingSpace?> DescribeAsync(HawserNode node, CancellationToken cancellationToken)
    {
        if (ServicesOf(node) is not { } services) return null;
        var f = await RecordingRole.DescribeStorageAsync(services, cancellationToken);
        return new RecordingSpace(
            f.IsFolder, f.Place, f.Free, f.Size, f.Used, f.Count, f.Quota, f.KeepFree, f.TakesMore);
    }

    /// <summary>Null: the recorder role does not run here.</summary>
    public static async Task<StorageTrial?> TryAsync(HawserNode node, CancellationToken cancellationToken)
    {
        if (ServicesOf(node) is not { } services) return null;
        var steps = await RecordingRole.TryStorageAsync(services, cancellationToken);
        return new StorageTrial(
            steps.All(s => s.Ok), [.. steps.Select(s => new TrialStep(s.Name, s.Ok, s.Detail, s.Ms))]);
    }

    private static IServiceProvider? ServicesOf(HawserNode node) =>
        Roles.Of(node.Options).Recorder ? node.Services : null;
}
