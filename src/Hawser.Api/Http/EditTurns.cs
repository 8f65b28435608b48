using System.Security.Cryptography;
using System.Text;
using Hawser.Data.Leases;

namespace Hawser.Api.Http;

/// <summary>
/// One after the other: who compares a version and then writes has nobody else between the two, on whatever node. Here
/// by a lock, and between nodes by a lease that ends by itself.
/// </summary>
internal sealed class EditTurns(JobLeases leases, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private const int Tries = 100;
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits for the turn at something; null: another node takes too long.</summary>
    public async Task<Turn?> TakeAsync(string what, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(what));
        var name = "edit-" + Convert.ToHexStringLower(hash, 0, 8);
        var here = _locks[hash[^1] % _locks.Length];
        await here.WaitAsync(cancellationToken);
        try
        {
            for (var i = 0; i < Tries; i++)
            {
                if (await leases.TryTakeAsync(name, Longest, cancellationToken)) return new Turn(leases, name, here);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
        catch
        {
            here.Release();
            throw;
        }

        here.Release();
        return null;
    }

    public void Dispose() => Array.ForEach(_locks, l => l.Dispose());

    /// <summary>A turn; disposing gives it on.</summary>
    internal sealed class Turn(JobLeases leases, string name, SemaphoreSlim here) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                // Whoever waits must not wait for the lease's end because this caller has gone.
                await leases.ReleaseAsync(name, CancellationToken.None);
            }
            finally
            {
                here.Release();
            }
        }
    }
}
