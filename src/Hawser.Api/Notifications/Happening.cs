namespace Hawser.Api.Notifications;

/// <summary>Something that happened, as a web hook is told of it.</summary>
/// <param name="Event">What: device.new, session.begun, session.ended, user.created or recording.ready.</param>
/// <param name="At">When, UTC.</param>
/// <param name="About">Of what, for people: a device's id, a name.</param>
/// <param name="Members">The facts.</param>
internal sealed record Happening(
    string Event, DateTime At, string About, IReadOnlyList<(string Name, string Value)> Members)
{
    /// <summary>More of them at the same time, which are told by their number only.</summary>
    public int More { get; init; }
}
