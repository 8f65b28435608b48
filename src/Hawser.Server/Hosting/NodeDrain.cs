namespace Hawser.Server.Hosting;

/// <summary>
/// A node that new work is kept from, until an administrator takes that back: it says that it is not ready, so that
/// balancers send nobody new; its relay takes no new pairs; its rendezvous role names other relays where there are any.
/// What is going on goes on, and the devices that are registered here are still answered.
/// </summary>
internal sealed class NodeDrain(HawserNode node)
{
    /// <summary>How it is called in health.</summary>
    public const string Word = "draining";

    private volatile bool _isOn;

    public bool IsOn => _isOn;

    /// <summary>Begins it or ends it; a second time changes nothing.</summary>
    public void Set(bool drains)
    {
        if (_isOn == drains) return;
        _isOn = drains;
        node.Relay?.Drain(drains);
        TellRoster();
        if (drains) NodeLogLines.Draining(node.Log);
        else NodeLogLines.DrainEnded(node.Log);
    }

    /// <summary>The roster forgets what a relay says of itself, unless it says so again.</summary>
    public void Tick()
    {
        if (_isOn) TellRoster();
    }

    // The relay within this process is known to the roster only where somebody named it there.
    private void TellRoster()
    {
        if (node.Relay is not { } relay || node.Options.PublicHost is not { Length: > 0 } host) return;
        var withPort = HostAndPort.Join(host, node.Options.Relay.Port);
        foreach (var named in node.Roster.List())
        {
            if (!Same(named.Address, host) && !Same(named.Address, withPort)) continue;
            node.Roster.Announce(relay.Status(named.Address));
        }
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
