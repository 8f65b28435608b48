using System.Text.RegularExpressions;
using Hawser.Api;

namespace Hawser.Server.Logging;

/// <summary>
/// The last warnings and errors of this process. Our own lines hold no secrets; what other libraries say is looked
/// through for what looks like one.
/// </summary>
internal sealed partial class TroubleBook
{
    private const int Most = 100, Longest = 500;
    private readonly Queue<Trouble> _kept = new();
    private readonly Lock _gate = new();

    /// <summary>Keeps one, and forgets the oldest.</summary>
    public void Add(Trouble trouble)
    {
        var text = trouble.Message.Length > Longest ? trouble.Message[..Longest] + "…" : trouble.Message;
        text = Account().Replace(Assigned().Replace(text.ReplaceLineEndings(" "), "${name}********"), "://********@");
        lock (_gate)
        {
            _kept.Enqueue(trouble with { Message = text });
            if (_kept.Count > Most) _kept.Dequeue();
        }
    }

    /// <summary>All that are kept, the newest first.</summary>
    public IReadOnlyList<Trouble> List()
    {
        lock (_gate) return [.. _kept.Reverse()];
    }

    [GeneratedRegex(
        @"(?<name>(?:password|passwd|pwd|secret|token|authorization|api[-_]?key)""?\s*[=:]\s*""?"
        + @"(?:bearer\s+|basic\s+)?)[^\s"";,&]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Assigned();

    // Who has an account in an address has its password there, too.
    [GeneratedRegex("://[^/@\\s]+@", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Account();
}
