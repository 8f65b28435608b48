using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Hawser.LabPeer;

/// <summary>The two ends of what goes through a tunnel.</summary>
internal static class Echo
{
    public static async Task<int> ServeAsync(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Console.Out.WriteLine(JsonSerializer.Serialize(new { @event = "listening", port }));
        _ = AcceptAsync(listener);
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Input only ends.
        }

        return 0;
    }

    public static async Task<int> BounceAsync(int port, int bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = client.GetStream();
        var sent = new byte[bytes];
        new Random(bytes).NextBytes(sent);
        var writing = stream.WriteAsync(sent).AsTask();
        var got = new byte[bytes];
        await stream.ReadExactlyAsync(got);
        await writing;
        Console.Out.WriteLine(JsonSerializer.Serialize(new { @event = "bounced", equal = sent.AsSpan().SequenceEqual(got) }));
        return 0;
    }

    private static async Task AcceptAsync(TcpListener listener)
    {
        while (true) _ = GiveBackAsync(await listener.AcceptTcpClientAsync());
    }

    private static async Task GiveBackAsync(TcpClient client)
    {
        using var own = client;
        try
        {
            await using var stream = client.GetStream();
            await stream.CopyToAsync(stream);
        }
        catch (IOException)
        {
            // Whoever was there has gone.
        }
    }
}
