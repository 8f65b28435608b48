namespace Hawser.Session.Channel;

/// <summary>What goes out first when there is more to send than the path takes.</summary>
public enum SendLane
{
    /// <summary>Answers, probes, chat, login: nothing waits longer than for what is being sent.</summary>
    Control,

    /// <summary>Keys, mouse, terminal keystrokes, cursor, clipboard.</summary>
    Input,

    /// <summary>Sound. What has waited for more than a second is dropped (§6.2).</summary>
    Audio,

    /// <summary>Video frames and the geometry that goes with them, and bulk: file blocks, terminal output.</summary>
    Video,
}
