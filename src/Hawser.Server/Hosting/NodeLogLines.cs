namespace Hawser.Server.Hosting;

/// <summary>The node's log lines.</summary>
internal static partial class NodeLogLines
{
    [LoggerMessage(4000, LogLevel.Error, "A sweeper failed; the others go on")]
    public static partial void SweeperFailed(ILogger logger, Exception exception);

    [LoggerMessage(4001, LogLevel.Debug, "The start failed")]
    public static partial void StartFailed(ILogger logger, Exception exception);

    [LoggerMessage(4002, LogLevel.Information, "Stopping: draining for up to {Seconds} s")]
    public static partial void Stopping(ILogger logger, double seconds);

    [LoggerMessage(4008, LogLevel.Information, "Draining: new work is sent elsewhere, what is going on goes on")]
    public static partial void Draining(ILogger logger);

    [LoggerMessage(4009, LogLevel.Information, "Draining ended: new work is taken again")]
    public static partial void DrainEnded(ILogger logger);

    [LoggerMessage(4003, LogLevel.Information, "Reload: {Outcome}")]
    public static partial void Reloaded(ILogger logger, string outcome);

    [LoggerMessage(4004, LogLevel.Warning, "{Notice}")]
    public static partial void Notice(ILogger logger, string notice);

    [LoggerMessage(4005, LogLevel.Information, "Copied {File} from {Folder}")]
    public static partial void Copied(ILogger logger, string file, string folder);

    [LoggerMessage(4006, LogLevel.Information, "Imported {Devices} devices from {File}; {Skipped} rows skipped")]
    public static partial void Imported(ILogger logger, int devices, string file, int skipped);
}
