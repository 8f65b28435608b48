using Google.Protobuf;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting;

/// <summary>Keeps a host known to its ID server, and hands over what the server pushes.</summary>
internal abstract class Registration : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _running;

    protected Registration(PeerHostOptions options, Action<RendezvousMessage> push)
    {
        Options = options;
        Push = push;
    }

    /// <summary>The last verdict on the key; null until there is one.</summary>
    public RegisterPkResponse.Types.Result? LastResult { get; protected set; }

    /// <summary>Whether the server has confirmed the id and key, and was heard from lately.</summary>
    public bool IsRegistered { get; protected set; }

    /// <summary>Completes with the first confirmation.</summary>
    public Task FirstConfirmation => _first.Task;

    protected PeerHostOptions Options { get; }

    protected Action<RendezvousMessage> Push { get; }

    public static Registration Create(PeerHostOptions options, Action<RendezvousMessage> push) =>
        options.Transport == ServerTransport.Udp && options.Proxy is null
            ? new UdpRegistration(options, push) : new StreamRegistration(options, push);

    public void Start() => _running = RunAsync(_stop.Token);

    /// <summary>A caller found the key unconfirmed: register it again soon.</summary>
    public abstract void ForgetKey();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_running is not null) await _running;
        _stop.Dispose();
    }

    protected abstract Task RunAsync(CancellationToken cancellation);

    protected void Confirm()
    {
        IsRegistered = true;
        _first.TrySetResult();
    }

    protected RegisterPk KeyMessage() => new()
    {
        Id = Options.Identity.Id,
        Uuid = ByteString.CopyFrom(Options.Identity.Uuid.Span),
        Pk = ByteString.CopyFrom(Options.Identity.PublicKey.Span),
        NoRegisterDevice = Options.NoRegisterDevice,
    };
}
