using System.Net.Sockets;
using System.Text;

namespace Hawser.Session.Connecting;

/// <summary>
/// Answers questions of one line on a socket in the file system: how a running program is asked by its own commands.
/// Who may open the file may ask.
/// </summary>
public sealed class LocalListener : IAsyncDisposable
{
    private const int LongestLine = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly string _path;
    private readonly Func<string, ValueTask<string>> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <summary>Listens.</summary>
    /// <param name="path">The socket's file; one that is left of a dead program is replaced.</param>
    /// <param name="answer">Answers a line; others wait meanwhile.</param>
    /// <exception cref="IOException">A running program listens there.</exception>
    public LocalListener(string path, Func<string, ValueTask<string>> answer)
    {
        _path = path;
        _answer = answer;
        _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (IsAlive(path)) throw new IOException($"{path}: another one is running");
            File.Delete(path);
            _socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            _socket.Listen(8);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _serving = ServeAsync();
    }

    /// <summary>Asks whoever listens.</summary>
    /// <param name="path">The socket's file.</param>
    /// <param name="line">The question.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The answer; null when nobody listens.</returns>
    public static async Task<string?> AskAsync(string path, string line, CancellationToken cancellation)
    {
        if (!File.Exists(path)) return null;
        try
        {
            await using var stream = await LocalSocket.ConnectAsync(path, cancellation);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellation);
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync(cancellation);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _socket.Dispose();
        File.Delete(_path);
        _stop.Dispose();
    }

    private static bool IsAlive(string path)
    {
        if (!File.Exists(path)) return false;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            // One at a time: they are short, and their limit is too.
            while (true)
            {
                using var socket = await _socket.AcceptAsync(_stop.Token);
                try
                {
                    await AnswerAsync(socket);
                }
                catch (Exception e) when (e is IOException or SocketException
                    || (e is OperationCanceledException && !_stop.IsCancellationRequested))
                {
                    // Who asked has gone.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var answer = await _answer(await ReadAsync(stream));
        using var limit = new Deadline(Patience, TimeProvider.System, _stop.Token);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), limit.Token);
    }

    private async Task<string> ReadAsync(NetworkStream stream)
    {
        using var limit = new Deadline(Patience, TimeProvider.System, _stop.Token);
        var buffer = new byte[LongestLine];
        var count = 0;
        while (count < buffer.Length)
        {
            var got = await stream.ReadAsync(buffer.AsMemory(count), limit.Token);
            count += got;
            if (got == 0 || buffer.AsSpan(0, count).Contains((byte)'\n')) break;
        }

        return Encoding.UTF8.GetString(buffer, 0, count).TrimEnd('\n', '\r');
    }
}
