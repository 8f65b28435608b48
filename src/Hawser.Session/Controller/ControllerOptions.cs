using System.Security.Cryptography;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Clipboard;

namespace Hawser.Session.Controller;

/// <summary>Who is told of what the host says; each is called on the session's loop and must not block.</summary>
public sealed record ControllerEvents
{
    /// <summary>The host's user writes.</summary>
    public Action<string> Chat { get; init; } = _ => { };

    /// <summary>Something was copied at the host.</summary>
    public Action<ClipboardContent> Clipboard { get; init; } = _ => { };

    /// <summary>The host says what became of privacy mode or of blocking its user's input (§18.1, §18.2).</summary>
    public Action<BackNotification> Notified { get; init; } = _ => { };

    /// <summary>A permission has changed.</summary>
    public Action<PermissionInfo> Permission { get; init; } = _ => { };

    /// <summary>The host wants something shown: title and text.</summary>
    public Action<string, string> Box { get; init; } = (_, _) => { };
}

/// <summary>Who a controller is, and what it wants.</summary>
public sealed record ControllerOptions
{
    /// <summary>The host's id, or the address that was called.</summary>
    public required string Target { get; init; }

    /// <summary>The own id; the host shows it and keeps it in its records.</summary>
    public string MyId { get; init; } = "";

    /// <summary>The own name.</summary>
    public string MyName { get; init; } = "";

    /// <summary>The own platform.</summary>
    public string MyPlatform { get; init; } = "Linux";

    /// <summary>The version that is claimed.</summary>
    public string Version { get; init; } = PeerVersion.Own;

    /// <summary>The session's number; kept when the same window connects again.</summary>
    public ulong SessionId { get; init; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    /// <summary>The machine's hash, when the user wants this device to be trusted; empty otherwise.</summary>
    public ReadOnlyMemory<byte> Hwid { get; init; }

    /// <summary>A file session that starts in this folder.</summary>
    public FileTransfer? Files { get; init; }

    /// <summary>A terminal session.</summary>
    public Hawser.Protocol.Messages.Terminal? Terminal { get; init; }

    /// <summary>A tunnel to this target.</summary>
    public PortForward? Tunnel { get; init; }

    /// <summary>A session that watches the machine's cameras instead of its displays (§17).</summary>
    public bool Camera { get; init; }

    /// <summary>The session of a Windows host that is meant, when it has several; null for its present one.</summary>
    public uint? WindowsSession { get; init; }

    /// <summary>Wishes that go with the login.</summary>
    public OptionMessage? Wishes { get; init; }

    /// <summary>
    /// Whether each picture is acknowledged when it is taken, and the next one waits for that (§7.3): then no picture
    /// is ever old. Without it they come as fast as the path takes them.
    /// </summary>
    public bool AcknowledgesVideo { get; init; } = true;

    /// <summary>Who is told.</summary>
    public ControllerEvents Events { get; init; } = new();

    /// <summary>Silence after which the host counts as gone.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>Where a login stands.</summary>
public enum LoginState
{
    /// <summary>In.</summary>
    In,

    /// <summary>The password is wrong; another may be tried.</summary>
    WrongPassword,

    /// <summary>The host's user must agree; wait on.</summary>
    WaitsForApproval,

    /// <summary>A code of the second factor is needed.</summary>
    NeedsCode,

    /// <summary>The code is wrong; another may be tried.</summary>
    WrongCode,

    /// <summary>Too many tries; later again.</summary>
    Limited,

    /// <summary>No.</summary>
    Refused,

    /// <summary>The session has ended.</summary>
    Ended,
}

/// <summary>The host's answer to a step of the login.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Text">The host's words; empty when in.</param>
public readonly record struct LoginStep(LoginState State, string Text);
