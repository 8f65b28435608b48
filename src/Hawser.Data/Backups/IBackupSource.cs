namespace Hawser.Data.Backups;

/// <summary>Every row of a database as it was at one moment, while others go on writing.</summary>
internal interface IBackupSource : IDisposable
{
    /// <summary>How many rows a table has.</summary>
    long Count(BackupTable table);

    /// <summary>The rows; the array is used again for the next one.</summary>
    IEnumerable<object?[]> Rows(BackupTable table);
}
