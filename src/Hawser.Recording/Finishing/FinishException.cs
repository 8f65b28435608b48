using Hawser.Recording.Library;

namespace Hawser.Recording.Finishing;

/// <summary>A recording can't be finished, now or ever.</summary>
internal sealed class FinishException : Exception
{
    public FinishException(RecordCode code, string message, bool isFinal, Exception? inner = null)
        : base(message, inner) => (Code, IsFinal) = (code, isFinal);

    /// <summary>What clients are told.</summary>
    public RecordCode Code { get; }

    /// <summary>Trying again would end the same way.</summary>
    public bool IsFinal { get; }
}
