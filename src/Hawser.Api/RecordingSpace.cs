namespace Hawser.Api;

/// <summary>Where recordings are, and how much room there is.</summary>
/// <param name="IsFolder">A folder of this machine; else a bucket of an object storage.</param>
/// <param name="Place">The folder, or the bucket.</param>
/// <param name="Free">
/// Bytes that are free on this machine's disk; with a bucket that is where files are finished.
/// </param>
/// <param name="Size">Bytes that the disk has.</param>
/// <param name="Used">Bytes of all recordings.</param>
/// <param name="Count">How many recordings there are.</param>
/// <param name="Quota">Bytes that all together may take; 0: as many as there are.</param>
/// <param name="KeepFree">Bytes that stay free.</param>
/// <param name="TakesMore">Whether a recording that begins now is taken.</param>
public sealed record RecordingSpace(
    bool IsFolder, string Place, long Free, long Size, long Used, int Count, long Quota, long KeepFree, bool TakesMore);

/// <summary>How a try of the storage went, step by step.</summary>
/// <param name="Ok">Whether all of it went well.</param>
/// <param name="Steps">create, write, read and delete, as far as it came.</param>
public sealed record StorageTrial(bool Ok, IReadOnlyList<TrialStep> Steps);

/// <summary>A step of a try.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Ok">Whether it went well.</param>
/// <param name="Detail">What was said; empty: nothing.</param>
/// <param name="Ms">How long it took.</param>
public sealed record TrialStep(string Name, bool Ok, string Detail, int Ms);
