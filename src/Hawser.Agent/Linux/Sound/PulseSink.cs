using Hawser.Session.Audio;

namespace Hawser.Agent.Linux.Sound;

/// <summary>The default sink of a PulseAudio server, where callers are heard.</summary>
/// <param name="server">Such as <c>unix:/run/user/1000/pulse/native</c>; empty for the environment's.</param>
/// <param name="time">The clock.</param>
internal sealed unsafe class PulseSink(string server, TimeProvider time) : SoundSink
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    public override SoundOutput Open() => new Output(PulseLine.Play(server, time), time);

    private sealed class Output(PulseLine line, TimeProvider time) : SoundOutput
    {
        public override void Write(ReadOnlySpan<float> samples)
        {
            if (samples.IsEmpty) return;
            var size = (nuint)samples.Length * sizeof(float);
            var since = time.GetTimestamp();
            line.Hear();
            while (Pulse.pa_stream_writable_size(line.Stream) < size)
            {
                if (time.GetElapsedTime(since) > LongestWait) throw new IOException("the sound server plays nothing");
                line.Go();
            }

            fixed (float* from = samples)
            {
                // Without a function to free it, libpulse copies what it is given.
                if (Pulse.pa_stream_write(line.Stream, from, size, 0, 0, 0) == 0) return;
            }

            throw new IOException("the sound server has gone");
        }

        protected override void Dispose(bool disposing) => line.Dispose();
    }
}
