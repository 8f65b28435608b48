using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Hawser.TestRig.Guard;

/// <summary>
/// Makes of a test that hangs a failure with a name: when one takes longer than <see cref="Limit"/>, or when nothing
/// begins or ends for as long, the process says which ones are running and ends. A test runs from before its class is
/// made until that is disposed of, because a server that does not start or stop hangs there. Compiled into every test
/// project (Directory.Build.targets), because it needs the test framework and the rig does not.
/// </summary>
public sealed class GuardedFramework : XunitTestFramework
{
    /// <summary>Several times what the slowest test takes on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    /// <inheritdoc/>
    protected override ITestFrameworkExecutor CreateExecutor(Assembly assembly) =>
        new Executor(new XunitTestAssembly(assembly, null, assembly.GetName().Version));

    private sealed class Executor(IXunitTestAssembly assembly) : XunitTestFrameworkExecutor(assembly)
    {
        public override ValueTask RunTestCases(
            IReadOnlyCollection<IXunitTestCase> testCases, IMessageSink executionMessageSink,
            ITestFrameworkExecutionOptions executionOptions, CancellationToken cancellationToken) =>
            base.RunTestCases(testCases, new Watch(executionMessageSink), executionOptions, cancellationToken);
    }

    private sealed class Watch : IMessageSink
    {
        private readonly IMessageSink _next;
        private readonly ConcurrentDictionary<string, (string Name, long Start)> _running = new();
        private long _moved = Stopwatch.GetTimestamp();
        private string _lastEnded = "none";
        private volatile bool _isOver;

        public Watch(IMessageSink next)
        {
            _next = next;
            new Thread(Look) { IsBackground = true, Name = "hang guard" }.Start();
        }

        public bool OnMessage(IMessageSinkMessage message)
        {
            Volatile.Write(ref _moved, Stopwatch.GetTimestamp());
            if (message is ITestStarting starting)
            {
                _running[starting.TestUniqueID] = (starting.TestDisplayName, Stopwatch.GetTimestamp());
            }
            else if (message is ITestFinished finished && _running.TryRemove(finished.TestUniqueID, out var ended))
            {
                _lastEnded = ended.Name;
            }
            else if (message is ITestAssemblyFinished)
            {
                _isOver = true;
            }

            return _next.OnMessage(message);
        }

        private void Look()
        {
            while (!_isOver && !_running.Values.Any(t => Stopwatch.GetElapsedTime(t.Start) > Limit)
                && Stopwatch.GetElapsedTime(Volatile.Read(ref _moved)) < Limit)
            {
                Thread.Sleep(500);
            }

            if (_isOver) return;
            // What several classes share may hang before or after all of their tests.
            var lines = _running.Values.Select(t => $"{t.Name} runs since {Stopwatch.GetElapsedTime(t.Start).TotalSeconds:F0} s")
                .DefaultIfEmpty($"no test is running; the last one was {_lastEnded}");
            foreach (var line in lines) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"HANGS {line}"));
            Console.Error.Flush();
            if (Environment.GetEnvironmentVariable("HAWSER_TEST_KEEP") is not null) Thread.Sleep(Timeout.Infinite);
            // Not Exit: that waits for others, who may be the ones that hang.
            Process.GetCurrentProcess().Kill();
        }
    }
}
