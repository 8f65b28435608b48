using Hawser.Protocol.Identity;
using Hawser.Rendezvous.Introducing;

namespace Hawser.Rendezvous;

/// <summary>
/// What can change while the role runs, read as immutable snapshots: the options, what is derived from them, and what
/// an administrator set through the console until the next reload.
/// </summary>
internal sealed class LiveSettings
{
    private volatile RendezvousOptions _options;
    private volatile LanRule _lan;
    private volatile AddressList _trustedProxies;
    private volatile bool _alwaysUseRelay;
    private IReadOnlyList<string> _addedProxies = [];

    /// <summary>Reads the options.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="InvalidOperationException">An address list can't be read; the sentence names it.</exception>
    public LiveSettings(RendezvousOptions options)
    {
        _options = options;
        _lan = ReadLan(options);
        _trustedProxies = ReadProxies(options);
        _alwaysUseRelay = options.AlwaysUseRelay;
    }

    /// <summary>The options as they are now.</summary>
    public RendezvousOptions Options => _options;

    /// <summary>Who shares a network with whom.</summary>
    public LanRule Lan => _lan;

    /// <summary>Proxies whose headers are believed.</summary>
    public AddressList TrustedProxies => _trustedProxies;

    /// <summary>Every pair goes through a relay.</summary>
    public bool AlwaysUseRelay
    {
        get => _alwaysUseRelay;
        set => _alwaysUseRelay = value;
    }

    /// <summary>Believes these proxies besides those of the options, over reloads too.</summary>
    /// <param name="proxies">Addresses and networks.</param>
    /// <exception cref="InvalidOperationException">One can't be read; nothing was changed.</exception>
    public void Trust(IReadOnlyList<string> proxies)
    {
        _trustedProxies = Read([.. _options.TrustedProxies, .. proxies], nameof(_options.TrustedProxies));
        Volatile.Write(ref _addedProxies, proxies);
    }

    /// <summary>Takes over changed options, all or nothing.</summary>
    /// <param name="options">The new options.</param>
    /// <exception cref="InvalidOperationException">An address list can't be read; nothing was changed.</exception>
    public void Reload(RendezvousOptions options)
    {
        var lan = ReadLan(options);
        var proxies = ReadProxies(options);
        _lan = lan;
        _trustedProxies = proxies;
        _alwaysUseRelay = options.AlwaysUseRelay;
        _options = options;
    }

    private static LanRule ReadLan(RendezvousOptions options) =>
        new(Read(options.LanNetworks, nameof(options.LanNetworks)), options.LocalRelay);

    private AddressList ReadProxies(RendezvousOptions options) =>
        Read([.. options.TrustedProxies, .. Volatile.Read(ref _addedProxies)], nameof(options.TrustedProxies));

    private static AddressList Read(IEnumerable<string> entries, string option) =>
        AddressList.TryParse(entries, out var list, out var bad)
            ? list
            : throw new InvalidOperationException(
                $"rendezvous.{char.ToLowerInvariant(option[0])}{option[1..]} holds \"{bad}\", which is neither an "
                + "address nor a network like 192.168.0.0/16.");
}
