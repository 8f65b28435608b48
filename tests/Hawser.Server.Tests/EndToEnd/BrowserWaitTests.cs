using System.Text.Json.Nodes;
using Hawser.Controller.Calling;
using Hawser.Controller.Commands;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>What <c>hawser-connect login --provider</c> does while somebody is in a browser.</summary>
public sealed class BrowserWaitTests
{
    private const string NotYet = """{"error":"No authed oidc is found"}""";
    private readonly Clock _time = new();
    private int _asked;

    [Fact]
    public async Task The_server_is_asked_each_second_until_somebody_has_signed_in()
    {
        var waiting = Wait(n => n == 3 ? """{"access_token":"t"}""" : n == 2 ? null : NotYet);
        for (var seconds = 1; seconds < 3; seconds++)
        {
            await Eventually.HoldsAsync(() => _time.Timers == seconds, $"{seconds} pauses", 60);
            Asked.ShouldBe(seconds);
            waiting.IsCompleted.ShouldBeFalse();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        (await waiting.WaitAsync(TimeSpan.FromSeconds(60)))["access_token"]!.GetValue<string>().ShouldBe("t");
        Asked.ShouldBe(3);
    }

    [Fact]
    public async Task After_three_minutes_it_is_given_up()
    {
        var waiting = Wait(_ => NotYet);
        for (var seconds = 1; seconds <= 180; seconds++)
        {
            await Eventually.HoldsAsync(() => _time.Timers == seconds, $"{seconds} pauses", 60);
            Asked.ShouldBe(seconds);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        (await Should.ThrowAsync<Failure>(() => waiting.WaitAsync(TimeSpan.FromSeconds(60)))).Message.ShouldContain("three minutes");
        Asked.ShouldBe(180);
    }

    [Fact]
    public async Task Another_word_of_the_server_ends_it_at_once() =>
        (await Should.ThrowAsync<Failure>(() => Wait(_ => """{"error":"This account is disabled"}"""))).Message.ShouldContain("disabled");

    private int Asked => Volatile.Read(ref _asked);

    private Task<JsonObject> Wait(Func<int, string?> answer) => BrowserWait.RunAsync(
        () =>
        {
            var text = answer(Interlocked.Increment(ref _asked));
            return Task.FromResult(text is null ? null : JsonNode.Parse(text));
        },
        _time, default);

    /// <summary>A clock that knows how often somebody began to wait for it.</summary>
    private sealed class Clock : TimeProvider
    {
        private readonly ManualTime _time = new();
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override long TimestampFrequency => _time.TimestampFrequency;

        public override long GetTimestamp() => _time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = _time.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timers);
            return timer;
        }

        public void Advance(TimeSpan by) => _time.Advance(by);
    }
}
