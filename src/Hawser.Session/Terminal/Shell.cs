namespace Hawser.Session.Terminal;

/// <summary>
/// A program with a terminal of its own, as the system gives it: the agent's pseudo terminal. One reader, one writer.
/// </summary>
public abstract class Shell : IAsyncDisposable
{
    /// <summary>The process.</summary>
    public abstract int ProcessId { get; }

    /// <summary>The exit code, when the program has ended.</summary>
    public abstract Task<int> Exited { get; }

    /// <summary>Reads what the program wrote.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="cancellation">Gives up; nothing is lost.</param>
    /// <returns>How many bytes; 0 at the end.</returns>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation);

    /// <summary>Types.</summary>
    /// <param name="bytes">The bytes; copied.</param>
    /// <returns>False when the program does not take its input and too much is waiting.</returns>
    public abstract bool TryWrite(ReadOnlySpan<byte> bytes);

    /// <summary>Changes the size.</summary>
    /// <param name="rows">Lines.</param>
    /// <param name="columns">Columns.</param>
    public abstract void Resize(int rows, int columns);

    /// <summary>Kills what still runs.</summary>
    /// <returns>When gone.</returns>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Starts a shell.</summary>
/// <param name="rows">Lines.</param>
/// <param name="columns">Columns.</param>
/// <returns>The running shell.</returns>
public delegate Shell OpenShell(int rows, int columns);
