using System.Globalization;

namespace Hawser.Agent.Serving;

/// <summary>One line an event, where the service manager keeps it. Never a password or content.</summary>
internal sealed class AgentLog(TextWriter to, TimeProvider time)
{
    private readonly Lock _gate = new();

    public void Say(string what)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        // What strangers say of themselves may hold anything.
        var line = string.Concat(what.Select(c => char.IsControl(c) ? '?' : c));
        lock (_gate)
        {
            to.WriteLine($"{now} {line}");
            to.Flush();
        }
    }
}
