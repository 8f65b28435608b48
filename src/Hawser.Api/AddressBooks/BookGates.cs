using Hawser.Data;

namespace Hawser.Api.AddressBooks;

/// <summary>
/// Edits of one book take turns here, so that limits hold and nobody waits in the database. SQLite has one writer
/// anyway: there all books share one turn.
/// </summary>
internal sealed class BookGates
{
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits for the turn; it ends when the result is disposed.</summary>
    public async ValueTask<Turn> EnterAsync(HawserDb db, Guid book, CancellationToken cancellationToken)
    {
        var turn = _turns[db is SqliteHawserDb ? 0 : (int)((uint)book.GetHashCode() % (uint)_turns.Length)];
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    /// <summary>A turn.</summary>
    internal readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
