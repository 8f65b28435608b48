using System.Text;
using Hawser.Protocol.Crypto;

namespace Hawser.Api.Accounts.Passwords;

/// <summary>
/// Hashes and checks passwords with Argon2id. Each takes much memory and a core for a quarter of a second on purpose,
/// so only a few run at a time and a bounded number wait; who comes on top of that is told to come again.
/// </summary>
internal sealed class PasswordWork : IDisposable
{
    private const int Passes = 2;
    private const int MaximumWaiting = 64;
    private static readonly TimeSpan MaximumWait = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _lanes = new(Math.Clamp(Environment.ProcessorCount / 2, 1, 8));
    private readonly TimeProvider _time;
    private readonly int _memory;
    private readonly Lazy<Task<string>> _nobody;
    private int _waiting;

    public PasswordWork(ApiOptions options, TimeProvider time)
    {
        _time = time;
        _memory = options.PasswordMemory << 20;
        _nobody = new(() => Task.Run(() => Sodium.HashPassword("nobody's"u8, Passes, _memory)));
    }

    /// <summary>The text to store for a password.</summary>
    /// <exception cref="PasswordBusyException">Too many wait.</exception>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        InLaneAsync(() => Sodium.HashPassword(Bytes(password), Passes, _memory), cancellationToken);

    /// <summary>
    /// Whether a password is the one of a hash. Without a hash the answer is no, after the same work.
    /// </summary>
    /// <exception cref="PasswordBusyException">Too many wait.</exception>
    public async Task<bool> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        var against = string.IsNullOrEmpty(hash) ? await _nobody.Value : hash;
        return await InLaneAsync(() => Sodium.VerifyPassword(against, Bytes(password)), cancellationToken)
            && !string.IsNullOrEmpty(hash);
    }

    /// <summary>As <see cref="HashAsync"/>, for callers that can't wait otherwise.</summary>
    public string Hash(string password) => InLane(() => Sodium.HashPassword(Bytes(password), Passes, _memory));

    /// <summary>As <see cref="VerifyAsync"/>, for callers that can't wait otherwise.</summary>
    public bool Verify(string hash, string password) => InLane(() => Sodium.VerifyPassword(hash, Bytes(password)));

    /// <summary>Whether a hash was made with other costs than today's.</summary>
    public bool IsOutdated(string hash) => Sodium.NeedsRehash(hash, Passes, _memory);

    public void Dispose() => _lanes.Dispose();

    private static byte[] Bytes(string password) => Encoding.UTF8.GetBytes(password);

    private T InLane<T>(Func<T> work)
    {
        if (!_lanes.Wait(MaximumWait)) throw new PasswordBusyException();
        try
        {
            return work();
        }
        finally
        {
            _lanes.Release();
        }
    }

    private async Task<T> InLaneAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MaximumWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new PasswordBusyException();
        }

        try
        {
            using var patience = new CancellationTokenSource(MaximumWait, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            await _lanes.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PasswordBusyException();
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            return await Task.Run(work, CancellationToken.None);
        }
        finally
        {
            _lanes.Release();
        }
    }
}

/// <summary>More passwords wait to be checked than can be checked in good time.</summary>
internal sealed class PasswordBusyException()
    : Exception("The server is checking many passwords at the moment, please try again in a few seconds.");
