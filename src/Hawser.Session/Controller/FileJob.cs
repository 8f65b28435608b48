using System.Threading.Channels;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Controller;

/// <summary>One job at the host, and what the host says about it.</summary>
internal sealed class FileJob(int id, Channel<Message> inbox, ControllerSession session, Action end) : IDisposable
{
    public int Id => id;

    public void Send(FileAction action) => session.Lanes.Post(new Message { FileAction = action });

    public void Send(FileResponse response) => session.Lanes.Post(new Message { FileResponse = response });

    /// <summary>The host's next word; an error of the job as a whole is thrown.</summary>
    /// <exception cref="IOException">The host refuses, or the session has ended.</exception>
    public async Task<Message> NextAsync(CancellationToken cancellation)
    {
        var message = await NextOrErrorAsync(cancellation);
        return message.FileResponse?.Error is { } error ? throw new IOException(error.Error) : message;
    }

    /// <summary>The host's next word.</summary>
    /// <exception cref="IOException">The session has ended.</exception>
    public async Task<Message> NextOrErrorAsync(CancellationToken cancellation)
    {
        try
        {
            return await inbox.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException e)
        {
            await session.Ended;
            throw new IOException(session.EndReason ?? "the session has ended", e);
        }
    }

    /// <summary>Tells the host that nobody waits any more; it removes what is partial.</summary>
    public void Cancel() => Send(new FileAction { Cancel = new FileTransferCancel { Id = id } });

    public void Dispose() => end();
}
