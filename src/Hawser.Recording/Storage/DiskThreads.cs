using System.Threading.Tasks.Sources;

namespace Hawser.Recording.Storage;

/// <summary>
/// Threads that wait for the disk, so that the pool's do not: a few slow flushes would else keep every request of this
/// process waiting. Made when they are needed, gone when they are not; what waits for one is not an allocation.
/// </summary>
internal sealed class DiskThreads : IDisposable
{
    /// <summary>How much is asked of the disk at a time; file systems take concurrent flushes together.</summary>
    public const int Most = 16;

    private const int MostSpare = 64;
    private static readonly TimeSpan LeavesAfter = TimeSpan.FromSeconds(30);
    private readonly object _gate = new();
    private readonly Queue<Job> _due = new();
    private readonly Stack<Job> _spare = new();
    private int _threads;
    private int _idle;
    private int _here;
    private bool _isEnding;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get { lock (_gate) return _threads; }
    }

    /// <summary>Whether short work has to go to a thread now, so that more of it at a time is better.</summary>
    public bool IsBusy => Volatile.Read(ref _here) != 0;

    /// <summary>Does something that may take the disk's time; what it throws is thrown to who waits.</summary>
    /// <param name="work">What; static, so that nothing is captured.</param>
    /// <param name="state">With what.</param>
    public ValueTask RunAsync(Action<object> work, object state)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
            var job = _spare.TryPop(out var spare) ? spare : new Job(this);
            var waiting = job.Begin(work, state);
            _due.Enqueue(job);
            if (_due.Count > _idle && _threads < Most)
            {
                _threads++;
                new Thread(Work) { IsBackground = true, Name = "recordings to disk" }.Start();
            }
            else
            {
                Monitor.Pulse(_gate);
            }

            return waiting;
        }
    }

    /// <summary>
    /// The same for what is short as a rule, such as a write that the system only has to copy: one caller at a time
    /// does it where it is, which saves two changes of thread; should the disk be behind, one of the pool waits.
    /// </summary>
    public ValueTask RunShortAsync(Action<object> work, object state)
    {
        if (Interlocked.CompareExchange(ref _here, 1, 0) != 0) return RunAsync(work, state);
        try
        {
            work(state);
        }
        finally
        {
            Volatile.Write(ref _here, 0);
        }

        return default;
    }

    /// <summary>Takes nothing more; what is due is still done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnding = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        while (Next() is { } job) job.Run();
    }

    private Job? Next()
    {
        lock (_gate)
        {
            while (_due.Count == 0)
            {
                _idle++;
                var isTold = !_isEnding && Monitor.Wait(_gate, LeavesAfter);
                _idle--;
                if (isTold || _due.Count > 0) continue;
                _threads--;
                return null;
            }

            return _due.Dequeue();
        }
    }

    private void Spare(Job job)
    {
        lock (_gate)
        {
            if (_spare.Count < MostSpare) _spare.Push(job);
        }
    }

    private sealed class Job(DiskThreads threads) : IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _end = new() { RunContinuationsAsynchronously = true };
        private Action<object>? _work;
        private object? _state;

        public ValueTask Begin(Action<object> work, object state)
        {
            (_work, _state) = (work, state);
            return new ValueTask(this, _end.Version);
        }

        public void Run()
        {
            var (work, state) = (_work!, _state!);
            (_work, _state) = (null, null);
            try
            {
                work(state);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _end.SetException(e);
                return;
            }

            _end.SetResult(true);
        }

        public void GetResult(short token)
        {
            try
            {
                _end.GetResult(token);
            }
            finally
            {
                _end.Reset();
                threads.Spare(this);
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => _end.GetStatus(token);

        public void OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _end.OnCompleted(continuation, state, token, flags);
    }
}
