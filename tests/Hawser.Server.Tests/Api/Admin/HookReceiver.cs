using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Hawser.TestRig;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>A web server of somebody else's that takes hooks, and keeps what came.</summary>
internal sealed class HookReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _running;

    public HookReceiver()
    {
        Port = FreePorts.Block(1);
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _running = RunAsync();
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/hook";

    /// <summary>What it answers next.</summary>
    public int Status { get; set; } = 200;

    /// <summary>What it says with that.</summary>
    public string Answer { get; set; } = "";

    public ConcurrentQueue<(string Body, Dictionary<string, string> Headers)> Got { get; } = new();

    public void Dispose()
    {
        _listener.Close();
        _running.Wait(TimeSpan.FromSeconds(30));
    }

    private async Task RunAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            var headers = context.Request.Headers.AllKeys.OfType<string>()
                .ToDictionary(k => k, k => context.Request.Headers[k]!, StringComparer.OrdinalIgnoreCase);
            // Known before it is answered: who has the answer may look for it at once.
            Got.Enqueue((body, headers));
            context.Response.StatusCode = Status;
            try
            {
                context.Response.Close(Encoding.UTF8.GetBytes(Answer), willBlock: true);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // Nobody reads that much.
            }
        }
    }
}
