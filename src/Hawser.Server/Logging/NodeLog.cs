using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hawser.Api;

namespace Hawser.Server.Logging;

/// <summary>
/// The log of this process: one line an event on standard error, as text or as JSON. Its level can change while
/// running.
/// Written for a quick start; a stock console logger costs more than the whole rendezvous role.
/// </summary>
internal sealed class NodeLog : ILoggerFactory
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly LogFormat _format;
    private readonly Lock _gate = new();
    private readonly TroubleBook _troubles = new();
    private int _level;

    public NodeLog(LogOptions options, TextWriter output, TimeProvider time)
    {
        _output = output;
        _time = time;
        _format = options.Format;
        Level = options.Level;
    }

    /// <summary>The least severe level that is written.</summary>
    public LogVerbosity Level
    {
        get => (LogVerbosity)Volatile.Read(ref _level);
        set => Volatile.Write(ref _level, (int)value);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>The last warnings and errors, for people who have no terminal; the newest first.</summary>
    public IReadOnlyList<Trouble> Troubles() => _troubles.List();

    /// <summary>There is one output and it is given.</summary>
    public void AddProvider(ILoggerProvider provider) => provider.Dispose();

    public void Dispose() => _output.Flush();

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "critical",
    };

    /// <summary>
    /// "No XML encryptor configured": told at the first start, and on purpose so. The key ring is what encrypts secrets
    /// in the database; a key for it would lie beside it in the data folder, which only its owner may read.
    /// </summary>
    private static bool IsExpected(string category, EventId id) => id.Id == 35
        && category == "Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager";

    private void Remember(LogLevel level, string category, int id, string message, Exception? exception)
    {
        var cause = exception is null ? "" : ": " + exception.Message;
        _troubles.Add(new Trouble(_time.GetUtcNow().UtcDateTime, Word(level), category, id, message + cause));
    }

    private void Write(string line)
    {
        lock (_gate)
        {
            try
            {
                _output.WriteLine(line);
            }
            catch (IOException)
            {
                // Nobody reads the log any more; that is no reason to stop serving.
            }
        }
    }

    private sealed class Logger(NodeLog log, string category) : ILogger
    {
        private readonly LogLevel _floor = FloorOf(category);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel != LogLevel.None && (int)logLevel >= (int)log.Level
                && (logLevel >= _floor || log.Level == LogVerbosity.Trace);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel) || IsExpected(category, eventId)) return;
            var message = formatter(state, exception);
            if (logLevel >= LogLevel.Warning) log.Remember(logLevel, category, eventId.Id, message, exception);
            log.Write(log._format == LogFormat.Json
                ? AsJson(logLevel, eventId, message, state as IReadOnlyList<KeyValuePair<string, object?>>, exception)
                : AsText(logLevel, eventId, message, exception));
        }

        /// <summary>
        /// The web stack repeats what health and metrics say better; of a failed start we tell ourselves.
        /// </summary>
        private static LogLevel FloorOf(string category) =>
            category.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal) ? LogLevel.None
            : category.StartsWith("Microsoft.", StringComparison.Ordinal) ? LogLevel.Warning
            : LogLevel.Trace;

        private string AsText(LogLevel level, EventId id, string message, Exception? exception)
        {
            var time = log._time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            // One event is one line, whatever a peer put into a name.
            var text = message.ReplaceLineEndings("\\n");
            return $"{time} {Word(level),-5} {category}[{id.Id}] {text}" + (exception is null ? "" : $"\n{exception}");
        }

        private string AsJson(
            LogLevel level, EventId id, string message, IReadOnlyList<KeyValuePair<string, object?>>? fields,
                Exception? exception)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer, Json))
            {
                json.WriteStartObject();
                json.WriteString("time", log._time.GetUtcNow().UtcDateTime);
                json.WriteString("level", Word(level));
                json.WriteString("category", category);
                json.WriteNumber("event", id.Id);
                json.WriteString("message", message);
                foreach (var (name, value) in fields ?? [])
                {
                    if (name != "{OriginalFormat}") json.WriteString(name, value?.ToString());
                }

                if (exception is not null) json.WriteString("exception", exception.ToString());
                json.WriteEndObject();
            }

            return Encoding.UTF8.GetString(buffer.ToArray());
        }
    }
}
