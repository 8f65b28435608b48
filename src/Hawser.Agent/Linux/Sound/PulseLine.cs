using Hawser.Session.Audio;

namespace Hawser.Agent.Linux.Sound;

/// <summary>
/// A stream of a PulseAudio server; PipeWire's pulse server is one too. libpulse's own loop is turned here, on the
/// thread that listens or plays: its simple interface waits for a thread of its own, and was seen to wait for ever
/// when the server was killed.
/// </summary>
internal sealed unsafe class PulseLine : IDisposable
{
    /// <summary>Bytes of a packet.</summary>
    public const uint Packet = SoundSource.PacketSamples * SoundSource.Channels * sizeof(float);

    private const int LongestTurn = 100_000;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(10);
    private readonly TimeProvider _time;
    private nint _loop;
    private nint _context;
    private nint _stream;

    private PulseLine(TimeProvider time) => _time = time;

    /// <summary>The stream, for libpulse's calls.</summary>
    public nint Stream
    {
        get
        {
            ObjectDisposedException.ThrowIf(_stream == 0, this);
            return _stream;
        }
    }

    /// <summary>Hears a source.</summary>
    public static PulseLine Listen(string server, string source, TimeProvider time) => Open(server, time, stream =>
    {
        // What has waited for twenty packets is lost: what is heard is never old.
        var buffers = new Pulse.Buffers
        {
            Most = Packet * 20,
            Target = Pulse.Any,
            Ahead = Pulse.Any,
            Least = Pulse.Any,
            Piece = Packet,
        };
        return Pulse.pa_stream_connect_record(stream, source, &buffers, Pulse.AdjustLatency);
    });

    /// <summary>Plays on the default sink.</summary>
    public static PulseLine Play(string server, TimeProvider time) => Open(server, time, stream =>
    {
        // A tenth of a second waits there, half of it before the first is played: packets come unevenly.
        var buffers = new Pulse.Buffers
        {
            Most = Packet * 20,
            Target = Packet * 10,
            Ahead = Packet * 5,
            Least = Pulse.Any,
            Piece = Pulse.Any,
        };
        return Pulse.pa_stream_connect_playback(stream, null, &buffers, Pulse.AdjustLatency, 0, 0);
    });

    /// <summary>One turn of the loop, a tenth of a second at most.</summary>
    /// <exception cref="IOException">The server has gone.</exception>
    public void Go()
    {
        Turn();
        Check();
    }

    /// <summary>Takes what the server has said, and does not wait.</summary>
    /// <exception cref="IOException">The server has gone.</exception>
    public void Hear()
    {
        int done;
        while ((done = Pulse.pa_mainloop_iterate(_loop, 0, null)) > 0)
        {
            // There may be more.
        }

        if (done < 0) throw new IOException("the sound server has gone");
        Check();
    }

    public void Dispose()
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

    private static PulseLine Open(string server, TimeProvider time, Func<nint, int> begin)
    {
        var line = new PulseLine(time);
        try
        {
            line.Connect(server);
            line.Begin(begin);
            return line;
        }
        catch
        {
            line.Dispose();
            throw;
        }
    }

    private void Connect(string server)
    {
        _loop = Pulse.pa_mainloop_new();
        _context = Pulse.pa_context_new(Pulse.pa_mainloop_get_api(_loop), "hawser-agent");
        var failed = Pulse.pa_context_connect(_context, server.Length > 0 ? server : null, Pulse.NoAutospawn, 0);
        if (failed < 0) throw new IOException($"no sound: {Pulse.Reason(_context)}");
        Until(() => Pulse.pa_context_get_state(_context), Pulse.ContextReady, Pulse.ContextFailed);
    }

    private void Begin(Func<nint, int> begin)
    {
        var format = new Pulse.Format
        {
            Kind = Pulse.Format.Float32, Rate = SoundSource.Rate, Channels = SoundSource.Channels,
        };
        _stream = Pulse.pa_stream_new(_context, "remote sessions", &format, 0);
        if (_stream == 0 || begin(_stream) < 0) throw new IOException($"no sound: {Pulse.Reason(_context)}");
        Until(() => Pulse.pa_stream_get_state(_stream), Pulse.StreamReady, Pulse.StreamFailed);
    }

    private void Until(Func<int> state, int good, int bad)
    {
        var since = _time.GetTimestamp();
        for (var now = state(); now != good; now = state())
        {
            if (now >= bad) throw new IOException($"no sound: {Pulse.Reason(_context)}");
            if (_time.GetElapsedTime(since) > LongestStart) throw new IOException("no sound: no answer");
            Turn();
        }
    }

    private void Turn()
    {
        var ended = Pulse.pa_mainloop_prepare(_loop, LongestTurn) < 0 || Pulse.pa_mainloop_poll(_loop) < 0
            || Pulse.pa_mainloop_dispatch(_loop) < 0;
        if (ended) throw new IOException("the sound server has gone");
    }

    private void Check()
    {
        if (Pulse.pa_stream_get_state(Stream) == Pulse.StreamReady) return;
        throw new IOException($"the sound server has gone: {Pulse.Reason(_context)}");
    }
}
