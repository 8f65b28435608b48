namespace Hawser.Data.Import;

/// <summary>How far an import is.</summary>
/// <param name="Done">Rows that were read.</param>
/// <param name="Total">Rows that there are.</param>
public readonly record struct ImportProgress(int Done, int Total);

/// <summary>What an import did.</summary>
public sealed class ImportReport
{
    /// <summary>Warnings that are kept as text; the rest is only counted.</summary>
    public const int MaxWarnings = 100;

    /// <summary>Ids of conflicts that are kept; the rest is only counted.</summary>
    public const int MaxConflicts = 20;

    private readonly List<string> _warnings = [];
    private readonly List<string> _files = [];
    private readonly List<string> _conflictIds = [];

    /// <summary>Rows of the source.</summary>
    public int Read { get; internal set; }

    /// <summary>Devices that are new.</summary>
    public int Added { get; internal set; }

    /// <summary>Devices that were here and took the source's values.</summary>
    public int Overwritten { get; internal set; }

    /// <summary>Devices that were here and stayed as they are.</summary>
    public int Kept { get; internal set; }

    /// <summary>Of those that stayed: another machine has the id here.</summary>
    public int Conflicts { get; internal set; }

    /// <summary>The first ids of those.</summary>
    public IReadOnlyList<string> ConflictIds => _conflictIds;

    /// <summary>Rows that can't be devices; each has a warning.</summary>
    public int Skipped { get; internal set; }

    /// <summary>Names of the files that were copied.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>The first warnings, each a sentence.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>How many warnings there were in all.</summary>
    public int WarningCount { get; private set; }

    internal void Warn(string sentence)
    {
        WarningCount++;
        if (_warnings.Count < MaxWarnings) _warnings.Add(sentence);
    }

    internal void Conflict(string id)
    {
        Conflicts++;
        if (_conflictIds.Count < MaxConflicts) _conflictIds.Add(HbbsPeerRules.Printable(id));
    }

    internal void Copied(string file) => _files.Add(file);
}
