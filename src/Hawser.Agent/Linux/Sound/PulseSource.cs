using System.Runtime.InteropServices;
using Hawser.Session.Audio;

namespace Hawser.Agent.Linux.Sound;

/// <summary>What a source of a PulseAudio server gives.</summary>
/// <param name="server">Such as <c>unix:/run/user/1000/pulse/native</c>; empty for the environment's.</param>
/// <param name="source"><see cref="Monitor"/> or <see cref="Microphone"/>.</param>
/// <param name="time">The clock.</param>
internal sealed unsafe class PulseSource(string server, string source, TimeProvider time) : SoundSource
{
    /// <summary>What the default sink plays.</summary>
    public const string Monitor = "@DEFAULT_MONITOR@";

    /// <summary>What its user speaks into.</summary>
    public const string Microphone = "@DEFAULT_SOURCE@";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>Whether the client library is there.</summary>
    public static bool IsThere => Pulse.IsThere;

    /// <summary>What to install when it is not.</summary>
    public static string Missing => "libpulse.so.0 (Debian 12: apt install libpulse0)";

    public override SoundCapture Open() => new Capture(PulseLine.Listen(server, source, time), time);

    private sealed class Capture(PulseLine line, TimeProvider time) : SoundCapture
    {
        private readonly Queue<float> _heard = new();

        public override void Read(Span<float> samples)
        {
            var since = time.GetTimestamp();
            while (_heard.Count < samples.Length)
            {
                if (Take()) continue;
                // A monitor of something that does not run says nothing: that is silence.
                if (time.GetElapsedTime(since) > LongestWait) break;
                line.Go();
            }

            for (var i = 0; i < samples.Length; i++) samples[i] = _heard.TryDequeue(out var one) ? one : 0;
        }

        protected override void Dispose(bool disposing) => line.Dispose();

        // False when nothing is there now.
        private bool Take()
        {
            byte* data;
            nuint size;
            if (Pulse.pa_stream_peek(line.Stream, &data, &size) < 0)
            {
                throw new IOException("the sound server has gone");
            }

            if (size == 0) return false;
            // A hole in what was captured has a size and no data.
            if (data is null)
            {
                for (var i = 0; i < (int)size / sizeof(float); i++) _heard.Enqueue(0);
            }
            else
            {
                var piece = MemoryMarshal.Cast<byte, float>(new ReadOnlySpan<byte>(data, (int)size));
                foreach (var one in piece) _heard.Enqueue(one);
            }

            _ = Pulse.pa_stream_drop(line.Stream);
            return true;
        }
    }
}
