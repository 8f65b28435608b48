using System.Collections.Concurrent;
using System.Text.Json;
using Hawser.Recording.SocketIo;

namespace Hawser.Server.Tests.SocketIo;

/// <summary>Says back what it hears, as the public suites want it, and remembers what happened.</summary>
internal sealed class EchoRoom(string name, bool greets = true) : SocketIoNamespace
{
    public ConcurrentQueue<string> Happened { get; } = new();

    /// <summary>What a client without the right word is told.</summary>
    public Func<JsonElement, ConnectAnswer> Door { get; init; } = _ => ConnectAnswer.Accept;

    /// <summary>An event is not done before this is.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public SocketIoClient? Last { get; private set; }

    public override string Name => name;

    public override ValueTask<ConnectAnswer> ConnectAsync(SocketIoClient client, JsonElement auth, CancellationToken cancellationToken)
    {
        client.State = auth.ValueKind == JsonValueKind.Undefined ? JsonSerializer.SerializeToElement(new { }) : auth.Clone();
        return ValueTask.FromResult(Door(auth));
    }

    public override void Connected(SocketIoClient client)
    {
        Last = client;
        Happened.Enqueue("connected");
        if (greets) client.Emit("auth", json => ((JsonElement)client.State!).WriteTo(json));
    }

    public override void BinaryBegins(SocketIoClient client, SocketIoEvent arriving) => Happened.Enqueue($"begins {arriving.Name}");

    public override void BinaryAbandoned(SocketIoClient client, SocketIoEvent arriving) => Happened.Enqueue($"abandoned {arriving.Name}");

    public override void Disconnected(SocketIoClient client, SocketIoEnd end) => Happened.Enqueue($"disconnected {end}");

    public override async ValueTask EventAsync(SocketIoClient client, SocketIoEvent arrived, CancellationToken cancellationToken)
    {
        Happened.Enqueue($"event {arrived.Name}");
        await Gate;
        var attachments = arrived.Attachments.Select(a => (ReadOnlyMemory<byte>)a.ToArray()).ToArray();
        switch (arrived.Name)
        {
            case "message":
                client.Emit("message-back", Arguments, attachments);
                break;
            case "message-with-ack" when arrived.AckId is { } id:
                client.Ack(id, Arguments, attachments);
                break;
            case "measure":
                client.Emit("measured", json =>
                {
                    json.WriteNumberValue(arrived.Bytes);
                    json.WriteBooleanValue(arrived.IsTooLarge);
                    json.WriteNumberValue(arrived.Attachments.Sum(a => a.Length));
                });
                break;
            case "kick":
                client.Kick();
                break;
            case "fail":
                throw new InvalidOperationException("as asked");
        }

        void Arguments(Utf8JsonWriter json)
        {
            for (var i = 0; i < arrived.ArgumentCount; i++) arrived.Argument(i).WriteTo(json);
        }
    }
}
