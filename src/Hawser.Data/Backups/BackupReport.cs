namespace Hawser.Data.Backups;

/// <summary>How far a backup or a restore is.</summary>
/// <param name="What">A table, or files.</param>
/// <param name="Done">Rows that are done, of all tables.</param>
/// <param name="Total">Rows of all tables; for a restore as the archive says.</param>
public readonly record struct BackupProgress(string What, long Done, long Total);

/// <summary>What a backup holds, or what a restore put in place.</summary>
/// <param name="Tables">Tables.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Files">Files of the data folder.</param>
/// <param name="CreatedAt">When the backup was made, UTC.</param>
/// <param name="Engine">Where its rows came from: sqlite or postgres.</param>
public sealed record BackupReport(int Tables, long Rows, int Files, DateTime CreatedAt, string Engine);

/// <summary>A file is not a backup, or damaged, or the target is not empty. The message is for the terminal.</summary>
/// <param name="message">The sentence.</param>
/// <param name="inner">What told us.</param>
public sealed class BackupException(string message, Exception? inner = null)
    : InvalidOperationException(message, inner);
