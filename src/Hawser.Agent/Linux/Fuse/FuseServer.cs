using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Hawser.Session.Clipboard;

namespace Hawser.Agent.Linux.Fuse;

/// <summary>
/// Answers the kernel for one mount, until nobody can reach it any more. One thread waits for questions and answers
/// all but reading at once; reading waits for the controller, without holding up anything else.
/// </summary>
internal sealed class FuseServer
{
    private const int Room = 64 * 1024;
    private const int MostReads = 256;
    private readonly int _kernel;
    private readonly int _wake;
    private readonly OfferedFiles? _files;
    private readonly PasteTree _tree;
    private readonly FuseWire _wire;
    private readonly Action _ended;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, CancellationTokenSource> _reads = [];
    private bool _closed;
    private volatile bool _stopping;

    /// <summary>A server; it begins to answer with <see cref="Start"/>.</summary>
    /// <param name="kernel">The kernel's end; closed at the end.</param>
    /// <param name="tree">What is shown.</param>
    /// <param name="files">How it is read; null when there is nothing to read.</param>
    /// <param name="owner">Whose it is shown to be.</param>
    /// <param name="ended">Told when nobody can reach it any more.</param>
    public FuseServer(int kernel, PasteTree tree, OfferedFiles? files, uint owner, Action ended)
    {
        (_kernel, _tree, _files, _wire, _ended) = (kernel, tree, files, new FuseWire(owner), ended);
        _wake = Libc.eventfd(0, Libc.CloseOnExec | Libc.NonBlocking);
    }

    /// <summary>Begins to answer.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "paste" }.Start();

    /// <summary>Ends it now: whoever still has a file of it open gets errors.</summary>
    public unsafe void Abort()
    {
        lock (_gate)
        {
            if (_closed) return;
            _stopping = true;
            ulong one = 1;
            _ = Libc.write(_wake, &one, sizeof(ulong));
        }
    }

    private bool IsGone => _files?.Gone.IsCancellationRequested ?? false;

    private unsafe void Run()
    {
        var buffer = (byte*)NativeMemory.Alloc(Room);
        var files = stackalloc Libc.Poll[2];
        while (!_stopping)
        {
            files[0] = new Libc.Poll { File = _kernel, Wanted = Libc.PollIn };
            files[1] = new Libc.Poll { File = _wake, Wanted = Libc.PollIn };
            if (Libc.poll(files, 2, -1) < 0 && Marshal.GetLastPInvokeError() != Libc.Interrupted) break;
            if (_stopping) break;
            var count = Libc.read(_kernel, buffer, Room);
            if (count < 0)
            {
                // A question may be taken back before it is read. Anything else is the end of the mount.
                if (Marshal.GetLastPInvokeError() is Libc.Again or Libc.Interrupted or FuseWire.NotThere) continue;
                break;
            }

            if (count < FuseQuestion.HeaderSize || !TryAnswer(new ReadOnlySpan<byte>(buffer, (int)count))) break;
        }

        NativeMemory.Free(buffer);
        Close();
    }

    private void Close()
    {
        CancellationTokenSource[] reads;
        lock (_gate)
        {
            _closed = true;
            _ = Libc.close(_kernel);
            _ = Libc.close(_wake);
            reads = [.. _reads.Values];
            _reads.Clear();
        }

        foreach (var read in reads) read.Cancel();
        _ended();
    }

    private bool TryAnswer(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return TryAnswer(new FuseQuestion(bytes));
        }
        catch (ArgumentOutOfRangeException)
        {
            // Shorter than the call must be: that is no kernel we know.
            return false;
        }
    }

    private bool TryAnswer(FuseQuestion question)
    {
        switch (question.Call)
        {
            case FuseCall.Init:
                if (FuseWire.Init(question) is not { } hello) return false;
                Reply(question.Unique, hello);
                return true;
            case FuseCall.Destroy:
                Reply(question.Unique, []);
                return true;
            case FuseCall.Forget:
            case FuseCall.BatchForget:
                // Nodes live as long as the tree; and these are not answered.
                return true;
            case FuseCall.Interrupt:
                Interrupt(question.Long(0));
                return true;
            case FuseCall.Release:
            case FuseCall.ReleaseFolder:
            case FuseCall.Flush:
                Reply(question.Unique, []);
                return true;
            case FuseCall.StatFs:
                Reply(question.Unique, FuseWire.Facts(_tree));
                return true;
            default:
                OnNode(question);
                return true;
        }
    }

    private void OnNode(FuseQuestion question)
    {
        if (IsGone) Fail(question.Unique, FuseWire.Broken);
        else if (_tree.Find(question.Node) is not { } node) Fail(question.Unique, FuseWire.NotThere);
        else OnNode(question, node);
    }

    private void OnNode(FuseQuestion question, PasteNode node)
    {
        var unique = question.Unique;
        switch (question.Call)
        {
            case FuseCall.Lookup:
                var body = question.Body;
                var end = body.IndexOf((byte)0);
                var name = Encoding.UTF8.GetString(end < 0 ? body : body[..end]);
                if (node.ByName.TryGetValue(name, out var found)) Reply(unique, _wire.Entry(found));
                else Fail(unique, FuseWire.NotThere);
                break;
            case FuseCall.GetAttributes:
                Reply(unique, _wire.Attributes(node));
                break;
            case FuseCall.SetAttributes:
                Fail(unique, FuseWire.ReadOnly);
                break;
            case FuseCall.Open when node.IsFolder:
                Fail(unique, FuseWire.AFolder);
                break;
            case FuseCall.OpenFolder or FuseCall.ReadFolder when !node.IsFolder:
                Fail(unique, FuseWire.NotAFolder);
                break;
            case FuseCall.Open:
            case FuseCall.OpenFolder:
                Reply(unique, FuseWire.Opened());
                break;
            case FuseCall.ReadFolder:
                var room = (int)Math.Min(question.Number(16), Room);
                Reply(unique, FuseWire.Listing(node, question.Long(8), room));
                break;
            case FuseCall.Read when node.IsFolder || _files is null:
                Fail(unique, FuseWire.AFolder);
                break;
            case FuseCall.Read:
                var count = (int)Math.Min(question.Number(16), FuseWire.LargestRead);
                Begin(unique, node, (long)Math.Min(question.Long(8), long.MaxValue), count);
                break;
            default:
                Fail(unique, FuseWire.NotKnown);
                break;
        }
    }

    private void Begin(ulong unique, PasteNode node, long offset, int count)
    {
        var stop = new CancellationTokenSource();
        lock (_gate)
        {
            if (!_closed && _reads.Count < MostReads) _reads[unique] = stop;
            else
            {
                stop.Dispose();
                stop = null;
            }
        }

        if (stop is null) Fail(unique, FuseWire.Broken);
        else _ = ReadAsync(unique, node, offset, count, stop);
    }

    private async Task ReadAsync(ulong unique, PasteNode node, long offset, int count, CancellationTokenSource stop)
    {
        // The thread that waits for the kernel is not for this.
        await Task.Yield();
        var answer = new byte[FuseWire.AnswerHeader + (int)Math.Clamp(node.Size - offset, 0, count)];
        var error = 0;
        try
        {
            var room = answer.AsMemory(FuseWire.AnswerHeader);
            // Short only at the end of the file: the kernel would take it for that.
            _ = await _files!.ReadAsync(node.File, offset, room, stop.Token);
        }
        catch (OperationCanceledException)
        {
            error = FuseWire.Interrupted;
        }
        catch (IOException)
        {
            error = FuseWire.Broken;
        }

        lock (_gate) _ = _reads.Remove(unique);
        stop.Dispose();
        if (error == 0) Send(unique, 0, answer);
        else Fail(unique, error);
    }

    // Whoever waits for a read was told to stop: it can't until it has an answer.
    private void Interrupt(ulong unique)
    {
        lock (_gate)
        {
            // What comes of it runs elsewhere, and not under this lock.
            if (_reads.TryGetValue(unique, out var read)) _ = read.CancelAsync();
        }
    }

    private void Reply(ulong unique, ReadOnlySpan<byte> body)
    {
        var answer = new byte[FuseWire.AnswerHeader + body.Length];
        body.CopyTo(answer.AsSpan(FuseWire.AnswerHeader));
        Send(unique, 0, answer);
    }

    private void Fail(ulong unique, int error) => Send(unique, error, new byte[FuseWire.AnswerHeader]);

    private unsafe void Send(ulong unique, int error, byte[] answer)
    {
        BinaryPrimitives.WriteInt32LittleEndian(answer, answer.Length);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(4), -error);
        BinaryPrimitives.WriteUInt64LittleEndian(answer.AsSpan(8), unique);
        lock (_gate)
        {
            if (_closed) return;
            // Refused when nobody waits for it any more, which is no trouble of ours.
            fixed (byte* first = answer) _ = Libc.write(_kernel, first, (nuint)answer.Length);
        }
    }
}
