using Hawser.Data;
using Microsoft.EntityFrameworkCore.Storage;

namespace Hawser.Api.Accounts;

/// <summary>
/// One's turn to take an administrator away, from the look whether another is left to the commit. Within a transaction
/// it lasts as long as that one does, else it is a transaction itself.
/// </summary>
internal sealed class AdminTurn : IAsyncDisposable
{
    private readonly IDbContextTransaction? _own;

    private AdminTurn(IDbContextTransaction? own) => _own = own;

    /// <summary>Waits for whoever's turn it is.</summary>
    public static async Task<AdminTurn> TakeAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var own = db.Database.CurrentTransaction is null
            ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await db.HoldAdministratorsAsync(cancellationToken);
        return new AdminTurn(own);
    }

    /// <summary>It is done; without this it is as if nothing had been, unless a transaction was there before.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) =>
        _own?.CommitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
