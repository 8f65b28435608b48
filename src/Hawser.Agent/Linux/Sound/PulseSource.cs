using System.Runtime.InteropServices;
using Hawser.Session.Audio;

namespace Hawser.Agent.Linux.Sound;

/// <summary>
/// What the default sink of a PulseAudio server plays, as its monitor has it; PipeWire's pulse server is one too.
/// libpulse's own loop is turned here, on the thread that reads: its simple interface waits for a thread of its own,
/// and was seen to wait for ever when the server was killed.
/// </summary>
/// <param name="server">Such as <c>unix:/run/user/1000/pulse/native</c>; empty for the environment's.</param>
/// <param name="time">The clock.</param>
internal sealed unsafe class PulseSource(string server, TimeProvider time) : SoundSource
{
    private const string DefaultMonitor = "@DEFAULT_MONITOR@";
    private const int Turn = 100_000;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>Whether the client library is there.</summary>
    public static bool IsThere => Pulse.IsThere;

    /// <summary>What to install when it is not.</summary>
    public static string Missing => "libpulse.so.0 (Debian 12: apt install libpulse0)";

    public override SoundCapture Open() => new Capture(server, time);

    private sealed class Capture : SoundCapture
    {
        private readonly TimeProvider _time;
        private readonly Queue<float> _heard = new();
        private nint _loop;
        private nint _context;
        private nint _stream;

        public Capture(string server, TimeProvider time)
        {
            _time = time;
            try
            {
                Connect(server);
                Listen();
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public override void Read(Span<float> samples)
        {
            ObjectDisposedException.ThrowIf(_stream == 0, this);
            var since = _time.GetTimestamp();
            while (_heard.Count < samples.Length)
            {
                if (Take()) continue;
                // A monitor of something that does not run says nothing: that is silence.
                if (_time.GetElapsedTime(since) > LongestWait) break;
                Go();
                if (Pulse.pa_stream_get_state(_stream) != Pulse.StreamReady)
                {
                    throw new IOException($"the sound server has gone: {Pulse.Reason(_context)}");
                }
            }

            for (var i = 0; i < samples.Length; i++) samples[i] = _heard.TryDequeue(out var one) ? one : 0;
        }

        protected override void Dispose(bool disposing)
        {
            if (_stream != 0)
            {
                _ = Pulse.pa_stream_disconnect(_stream);
                Pulse.pa_stream_unref(_stream);
            }

            if (_context != 0)
            {
                Pulse.pa_context_disconnect(_context);
                Pulse.pa_context_unref(_context);
            }

            if (_loop != 0) Pulse.pa_mainloop_free(_loop);
            (_stream, _context, _loop) = (0, 0, 0);
        }

        private void Connect(string server)
        {
            _loop = Pulse.pa_mainloop_new();
            _context = Pulse.pa_context_new(Pulse.pa_mainloop_get_api(_loop), "hawser-agent");
            var failed = Pulse.pa_context_connect(
                _context, server.Length > 0 ? server : null, Pulse.NoAutospawn, 0);
            if (failed < 0) throw new IOException($"no sound: {Pulse.Reason(_context)}");
            Until(() => Pulse.pa_context_get_state(_context), Pulse.ContextReady, Pulse.ContextFailed);
        }

        private void Listen()
        {
            var format = new Pulse.Format { Kind = Pulse.Format.Float32, Rate = Rate, Channels = Channels };
            var packet = (uint)(PacketSamples * Channels * sizeof(float));
            // What has waited for twenty packets is lost: what is heard is never old.
            var buffers = new Pulse.Buffers
            {
                Most = packet * 20,
                Target = Pulse.Any,
                Ahead = Pulse.Any,
                Least = Pulse.Any,
                Piece = packet,
            };
            _stream = Pulse.pa_stream_new(_context, "remote sessions", &format, 0);
            var failed = _stream == 0
                || Pulse.pa_stream_connect_record(_stream, DefaultMonitor, &buffers, Pulse.AdjustLatency) < 0;
            if (failed) throw new IOException($"no sound: {Pulse.Reason(_context)}");
            Until(() => Pulse.pa_stream_get_state(_stream), Pulse.StreamReady, Pulse.StreamFailed);
        }

        private void Until(Func<int> state, int good, int bad)
        {
            var since = _time.GetTimestamp();
            for (var now = state(); now != good; now = state())
            {
                if (now >= bad) throw new IOException($"no sound: {Pulse.Reason(_context)}");
                if (_time.GetElapsedTime(since) > LongestStart) throw new IOException("no sound: no answer");
                Go();
            }
        }

        // One turn of the loop, a tenth of a second at most.
        private void Go()
        {
            var ended = Pulse.pa_mainloop_prepare(_loop, Turn) < 0 || Pulse.pa_mainloop_poll(_loop) < 0
                || Pulse.pa_mainloop_dispatch(_loop) < 0;
            if (ended) throw new IOException("the sound server has gone");
        }

        // False when nothing is there now.
        private bool Take()
        {
            byte* data;
            nuint size;
            if (Pulse.pa_stream_peek(_stream, &data, &size) < 0) throw new IOException("the sound server has gone");
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

            _ = Pulse.pa_stream_drop(_stream);
            return true;
        }
    }
}
