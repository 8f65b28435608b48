namespace Hawser.Data.Sqlite;

/// <summary>What SQLite answered instead of OK.</summary>
/// <param name="code">The extended result code.</param>
/// <param name="message">SQLite's words, for the log.</param>
internal sealed class SqliteError(int code, string message) : Exception(message)
{
    /// <summary>The extended result code.</summary>
    internal int ExtendedCode { get; } = code;

    /// <summary>The primary result code.</summary>
    internal int Code => ExtendedCode & 0xFF;
}
