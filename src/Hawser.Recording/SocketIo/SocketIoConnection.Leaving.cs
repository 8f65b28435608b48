namespace Hawser.Recording.SocketIo;

/// <content>How clients leave: by their own word, put out, or with the connection.</content>
internal sealed partial class SocketIoConnection
{
    private readonly HashSet<SocketIoClient> _kicked = [];

    /// <summary>Puts a client out; its namespace is told when the event that is being handled is done.</summary>
    public void Kick(SocketIoClient client)
    {
        if (!client.Leave()) return;
        Send(PacketText.Disconnect(client.Name));
        lock (_gate)
        {
            if (_handling == client)
            {
                _kicked.Add(client);
                return;
            }
        }

        client.Namespace.Disconnected(client, SocketIoEnd.Kicked);
    }

    private static void Leave(SocketIoClient client, SocketIoEnd end)
    {
        if (client.Leave()) client.Namespace.Disconnected(client, end);
    }

    /// <summary>The connection is over: what was due will not come, and everybody leaves.</summary>
    private void LeaveAll()
    {
        if (_pending is { } packet)
        {
            _pending = null;
            if (packet is { Event: { } arriving, Client: { } client })
            {
                client.Namespace.BinaryAbandoned(client, arriving);
            }

            packet.Dispose();
        }

        foreach (var client in _clients) Leave(client, _end);
        _clients.Clear();
    }
}
