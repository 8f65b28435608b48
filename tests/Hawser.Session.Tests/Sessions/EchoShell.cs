using System.IO.Pipelines;
using System.Text;
using Hawser.Session.Terminal;

namespace Hawser.Session.Tests.Sessions;

/// <summary>A shell that says what is typed; <c>exit</c> ends it with code 3.</summary>
internal sealed class EchoShell(int rows, int columns) : Shell
{
    private readonly Pipe _output = new();
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    public (int Rows, int Columns) Size { get; private set; } = (rows, columns);

    public int Resizes { get; private set; }

    public bool IsDisposed { get; private set; }

    public override int ProcessId => 4711;

    public override Task<int> Exited => _exited.Task;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation) =>
        await _output.Reader.AsStream().ReadAsync(buffer, cancellation);

    public override bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_exited.Task.IsCompleted) return true;
            if (Encoding.UTF8.GetString(bytes) == "exit")
            {
                _output.Writer.Complete();
                _exited.TrySetResult(3);
                return true;
            }

            bytes.CopyTo(_output.Writer.GetSpan(bytes.Length));
            _output.Writer.Advance(bytes.Length);
            _ = _output.Writer.FlushAsync().AsTask();
            return true;
        }
    }

    public override void Resize(int rows, int columns)
    {
        Size = (rows, columns);
        Resizes++;
    }

    public override ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            IsDisposed = true;
            _output.Writer.Complete();
            _exited.TrySetResult(-1);
        }

        return ValueTask.CompletedTask;
    }
}
