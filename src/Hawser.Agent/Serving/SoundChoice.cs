using Hawser.Agent.Linux.Sound;
using Hawser.Session.Audio;

namespace Hawser.Agent.Serving;

/// <summary>The sound that an agent lets be heard.</summary>
internal static class SoundChoice
{
    private const double ToneHertz = 440;

    /// <summary>The source; null when there is to be none, or nothing to hear it with.</summary>
    public static SoundSource? Open(AgentConfig config, AgentLog log, TimeProvider time)
    {
        if (config.Sound == "none" || config.Display == "none" || !OperatingSystem.IsLinux()) return null;
        if (config.Sound != "test-tone" && !PulseSource.IsThere)
        {
            log.Say($"no sound: it needs {PulseSource.Missing}");
            return null;
        }

        if (!SoundCodec.IsThere)
        {
            log.Say($"no sound: {SoundCodec.Missing}");
            return null;
        }

        return config.Sound == "test-tone" ? new TestTone(ToneHertz, time)
            : new PulseSource(config.Sound, PulseSource.Monitor, time);
    }

    /// <summary>What its user takes calls with, beside a source of sound; null without one, and for a tone.</summary>
    public static VoiceDevice? Voice(AgentConfig config, SoundSource? sound, TimeProvider time) =>
        sound is not PulseSource ? null : new VoiceDevice(
            new PulseSource(config.Sound, PulseSource.Microphone, time), new PulseSink(config.Sound, time));
}
