namespace Hawser.Recording.SocketIo;

/// <summary>Why a connection, or a client's membership, ended.</summary>
internal enum SocketIoEnd
{
    /// <summary>The client left the namespace.</summary>
    ClientLeft,

    /// <summary>The client closed the connection.</summary>
    ClientClosed,

    /// <summary>The connection broke.</summary>
    ConnectionLost,

    /// <summary>No byte came after a ping.</summary>
    PingTimeout,

    /// <summary>No namespace was joined in time.</summary>
    ConnectTimeout,

    /// <summary>A message that had begun, or an attachment that was due, did not go on.</summary>
    Stalled,

    /// <summary>A rule of the protocol was broken.</summary>
    Violation,

    /// <summary>A message was longer than is even thrown away.</summary>
    TooBig,

    /// <summary>The client did not take what was sent to it.</summary>
    SlowReader,

    /// <summary>There was no memory for what it sent.</summary>
    Overloaded,

    /// <summary>The namespace put the client out.</summary>
    Kicked,

    /// <summary>The namespace closed the connection.</summary>
    ServerClosed,

    /// <summary>This server is shutting down.</summary>
    Shutdown,

    /// <summary>A handler failed.</summary>
    Failed,
}
