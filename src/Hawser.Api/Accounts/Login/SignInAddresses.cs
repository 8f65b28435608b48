using System.Net;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Settings;

namespace Hawser.Api.Accounts.Login;

/// <summary>
/// From which addresses people sign in, to the console and with clients. What they have begun elsewhere goes on; API
/// tokens have addresses of their own.
/// </summary>
internal sealed class SignInAddresses(SettingsStore settings, SignInLog signIns)
{
    /// <summary>What who is kept out reads.</summary>
    internal const string Text = "Signing in is not allowed from your address.";

    private const string Code = "address_not_allowed";

    // One reference: whoever reads it while another writes has a list with its own networks.
    private volatile Known _known = new([], AddressNetworks.Any);

    /// <summary>The refusal for the console.</summary>
    public static Problem Refusal { get; } = new(403, Code, Text);

    /// <summary>Whether somebody may sign in from an address.</summary>
    public bool Allow(IPAddress? from)
    {
        var list = settings.Get(AccountSettings.Key).SignInAddresses;
        if (list.Count == 0) return true;
        var known = _known;
        if (!ReferenceEquals(known.List, list)) _known = known = new(list, AddressNetworks.Of(list));
        return known.Networks.Allows(from);
    }

    /// <summary>Whether somebody may sign in to the console from an address; who may not is in the log.</summary>
    public async Task<bool> AdmitAsync(string browser, IPAddress? from, CancellationToken cancellationToken)
    {
        if (Allow(from)) return true;
        await signIns.FailedAsync(null, Code, browser, from, cancellationToken);
        return false;
    }

    private sealed record Known(IReadOnlyList<string> List, AddressNetworks Networks);
}
