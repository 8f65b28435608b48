using Hawser.Protocol.Messages;

namespace Hawser.Session.Host;

/// <summary>What a controller may do, from the host's options and from what the server imposed.</summary>
public sealed record HostPermissions
{
    /// <summary>Keys, mouse, resolution, and the clipboard towards the controller.</summary>
    public bool Keyboard { get; init; } = true;

    /// <summary>The clipboard.</summary>
    public bool Clipboard { get; init; } = true;

    /// <summary>Sound.</summary>
    public bool Audio { get; init; } = true;

    /// <summary>File sessions, and files on the clipboard.</summary>
    public bool File { get; init; } = true;

    /// <summary>Restart of the machine.</summary>
    public bool Restart { get; init; } = true;

    /// <summary>Recording by the controller.</summary>
    public bool Recording { get; init; } = true;

    /// <summary>Blocking the local user's input.</summary>
    public bool BlockInput { get; init; } = true;

    /// <summary>Privacy mode.</summary>
    public bool PrivacyMode { get; init; } = true;

    /// <summary>Camera sessions.</summary>
    public bool Camera { get; init; } = true;

    /// <summary>Terminal sessions.</summary>
    public bool Terminal { get; init; } = true;

    /// <summary>Tunnels.</summary>
    public bool Tunnel { get; init; } = true;

    /// <summary>The permissions of a connection.</summary>
    /// <param name="settings">The host's options.</param>
    /// <param name="imposed">What the server imposed: two bits an index, 1 forbids, 2 allows; it wins.</param>
    /// <returns>The permissions.</returns>
    public static HostPermissions Of(HostSettings settings, ulong imposed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var mode = settings.Text("access-mode");
        bool May(string option, int index, bool inView = false) => ((imposed >> (2 * index)) & 3) switch
        {
            1 => false,
            2 => true,
            _ => mode switch
            {
                "full" => true,
                "view" => inView,
                _ => settings.IsOn(option),
            },
        };
        return new HostPermissions
        {
            Keyboard = May("enable-keyboard", 0),
            Clipboard = May("enable-clipboard", 2),
            File = May("enable-file-transfer", 3),
            Audio = May("enable-audio", 4, inView: true),
            Camera = May("enable-camera", 5),
            Terminal = May("enable-terminal", 6),
            Tunnel = May("enable-tunnel", 7),
            Restart = May("enable-remote-restart", 8),
            Recording = May("enable-record-session", 9),
            BlockInput = May("enable-block-input", 10),
            PrivacyMode = May("enable-privacy-mode", 12),
        };
    }

    /// <summary>What is off, in the order in which it is announced (§5.1).</summary>
    /// <returns>The permissions that are off.</returns>
    public IEnumerable<PermissionInfo.Types.Permission> Off()
    {
        if (!Keyboard) yield return PermissionInfo.Types.Permission.Keyboard;
        if (!Clipboard) yield return PermissionInfo.Types.Permission.Clipboard;
        if (!Audio) yield return PermissionInfo.Types.Permission.Audio;
        if (!File) yield return PermissionInfo.Types.Permission.File;
        if (!Restart) yield return PermissionInfo.Types.Permission.Restart;
        if (!Recording) yield return PermissionInfo.Types.Permission.Recording;
        if (!BlockInput) yield return PermissionInfo.Types.Permission.BlockInput;
        if (!PrivacyMode) yield return PermissionInfo.Types.Permission.PrivacyMode;
    }
}
