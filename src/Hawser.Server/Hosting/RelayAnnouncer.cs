using System.Net.Http.Headers;
using Hawser.Cluster.Announcing;
using Hawser.Relay;

namespace Hawser.Server.Hosting;

/// <summary>Tells the rendezvous node every few seconds that this relay lives and how it is doing.</summary>
internal sealed partial class RelayAnnouncer : IDisposable
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private readonly HawserOptions _options;
    private readonly RelayRole _relay;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(4) };
    private readonly Uri _target;
    private string _last = "";

    public RelayAnnouncer(HawserOptions options, RelayRole relay, TimeProvider time, ILogger log)
    {
        _options = options;
        _relay = relay;
        _time = time;
        _log = log;
        _target = new Uri(new Uri(options.AnnounceTo), "/cluster/relays");
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        try
        {
            do await AnnounceAsync(draining: false, cancellationToken);
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // Stopping; the last announcement says so.
        }
    }

    /// <summary>One announcement; failures are told when they begin and when they end.</summary>
    public async Task AnnounceAsync(bool draining, CancellationToken cancellationToken)
    {
        var outcome = await SendAsync(draining, cancellationToken);
        if (outcome == _last) return;
        _last = outcome;
        if (outcome.Length == 0) Log.Joined(_log, _target, _options.Advertise);
        else Log.Failed(_log, _target, outcome);
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> SendAsync(bool draining, CancellationToken cancellationToken)
    {
        try
        {
            var status = _relay.Status(_options.Advertise);
            if (draining) status = status with { Draining = true };
            using var content = new ByteArrayContent(RelayAnnouncement.Sign(status, _options.JoinKey, _time).ToJson());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(_target, content, cancellationToken);
            if (response.IsSuccessStatusCode) return "";
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return $"{(int)response.StatusCode} {text[..Math.Min(text.Length, 200)]}";
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer within 4 seconds";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4011, LogLevel.Information, "Joined {Target} as relay {Address}")]
        public static partial void Joined(ILogger logger, Uri target, string address);

        [LoggerMessage(4012, LogLevel.Warning, "Announcing this relay to {Target} fails: {Reason}")]
        public static partial void Failed(ILogger logger, Uri target, string reason);
    }
}
