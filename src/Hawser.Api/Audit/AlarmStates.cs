using Hawser.Data.Audit;

namespace Hawser.Api.Audit;

/// <summary>How the states of alarms are spelled.</summary>
internal static class AlarmStates
{
    /// <summary>The word for a state.</summary>
    public static string Word(AlarmState state) => state switch
    {
        AlarmState.Seen => "seen", AlarmState.Resolved => "resolved", _ => "new",
    };

    /// <summary>The state of a word; null: it is none.</summary>
    public static AlarmState? Parse(string? word) => word switch
    {
        "new" => AlarmState.New, "seen" => AlarmState.Seen, "resolved" => AlarmState.Resolved, _ => null,
    };
}
