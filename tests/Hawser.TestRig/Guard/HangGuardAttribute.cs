using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit.v3;

namespace Hawser.TestRig.Guard;

/// <summary>
/// Makes of a test that hangs a failure with a name: when one takes longer than <see cref="Limit"/>, or when nothing
/// begins or ends for as long, the process says which ones are running and ends. Compiled into every test project
/// (Directory.Build.targets), because it needs the test framework and the rig does not.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class HangGuardAttribute : BeforeAfterTestAttribute
{
    /// <summary>Several times what the slowest test takes on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    private static readonly ConcurrentDictionary<string, (string Name, long Start)> Running = new();
    private static readonly Lazy<Thread> Watch = new(StartWatch);
    private static long _moved = Stopwatch.GetTimestamp();
    private static string _lastEnded = "";

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        _ = Watch.Value;
        Volatile.Write(ref _moved, Stopwatch.GetTimestamp());
        Running[test.UniqueID] = (test.TestDisplayName, Stopwatch.GetTimestamp());
    }

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        Volatile.Write(ref _moved, Stopwatch.GetTimestamp());
        Running.TryRemove(test.UniqueID, out _);
        Volatile.Write(ref _lastEnded, test.TestDisplayName);
    }

    private static Thread StartWatch()
    {
        var thread = new Thread(Look) { IsBackground = true, Name = "hang guard" };
        thread.Start();
        return thread;
    }

    private static void Look()
    {
        while (!Running.Values.Any(t => Stopwatch.GetElapsedTime(t.Start) > Limit)
            && Stopwatch.GetElapsedTime(Volatile.Read(ref _moved)) < Limit)
        {
            Thread.Sleep(500);
        }

        // A test's class, or what it shares, may hang before or after the test itself.
        var lines = Running.Values.Select(t => $"{t.Name} runs since {Stopwatch.GetElapsedTime(t.Start).TotalSeconds:F0} s")
            .DefaultIfEmpty($"no test is running; the last one was {Volatile.Read(ref _lastEnded)}");
        foreach (var line in lines) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"HANGS {line}"));
        Console.Error.Flush();
        if (Environment.GetEnvironmentVariable("HAWSER_TEST_KEEP") is not null) Thread.Sleep(Timeout.Infinite);
        // Not Exit: that waits for others, who may be the ones that hang.
        Process.GetCurrentProcess().Kill();
    }
}
