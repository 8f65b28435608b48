using System.Globalization;
using Hawser.Data.Audit;
using Hawser.Data.Recordings;
using Hawser.Recording;
using Hawser.Recording.Ingest;
using Hawser.Server.Hosting;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hawser.Server.Tests.Recording;

/// <summary>A server, a device that has a session, and the uploads of a modified client.</summary>
internal sealed class RecordingRig : IAsyncDisposable
{
    public const string Name = "incoming_771200345_20261121093000123_display0_vp9.webm";

    private RecordingRig(TestHawser server, ApiClient api, TestDevice device) => (Server, Api, Device) = (server, api, device);

    public TestHawser Server { get; }

    public ApiClient Api { get; }

    public TestDevice Device { get; }

    public RecordingStore Store => Api.Services.GetRequiredService<RecordingStore>();

    public static async Task<RecordingRig> StartAsync(
        Action<RecordingOptions>? configure = null, TimeProvider? time = null, bool session = true, string? folder = null,
        Action<HawserOptions>? more = null)
    {
        var server = await TestHawser.StartAsync(
            o =>
            {
                (o.Recorder.KeepFree, o.Recorder.Finish) = (0, false);
                configure?.Invoke(o.Recorder);
                more?.Invoke(o);
            },
            time, folder);
        var api = new ApiClient(server);
        var rig = new RecordingRig(server, api, await api.AddDeviceAsync("771200345"));
        if (session) await rig.OpenSessionAsync();
        return rig;
    }

    /// <summary>What the audits would have stored of a session.</summary>
    public async Task<ConnectionAudit> OpenSessionAsync(string from = "127.0.0.1", Guid? user = null)
    {
        await using var db = Api.OpenDb();
        var row = new ConnectionAudit
        {
            DeviceGuid = Device.Guid, DeviceId = Device.Id, ConnId = 1507, SessionId = 5, ReportedFrom = from, UserGuid = user,
            Type = 0, CreatedAt = Server.Node.Time.GetUtcNow().UtcDateTime,
        };
        db.ConnectionAudits.Add(row);
        await db.SaveChangesAsync();
        return row;
    }

    public Task<Answer> StartAsync(string name = Name) => StepAsync($"type=new&file={name}");

    public Task<Answer> PartAsync(long offset, byte[] bytes, string name = Name, long? length = null) => StepAsync(
        string.Create(CultureInfo.InvariantCulture, $"type=part&file={name}&offset={offset}&length={length ?? bytes.Length}"), bytes);

    public Task<Answer> TailAsync(byte[] header, string name = Name) =>
        StepAsync($"type=tail&file={name}&offset=0&length={header.Length}", header);

    public Task<Answer> RemoveAsync(string name = Name) => StepAsync($"type=remove&file={name}");

    public async Task<Answer> StepAsync(string query, byte[]? body = null)
    {
        using var content = new ByteArrayContent(body ?? []);
        using var response = await Api.Http.PostAsync("/api/record?" + query, content);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType);
    }

    public async Task<RecordingRow?> RowAsync(string name = Name)
    {
        await using var db = Api.OpenDb();
        return await db.Recordings.AsNoTracking().FirstOrDefaultAsync(r => r.RecordId == name);
    }

    public string FileOf(string file, string name = Name) => Path.Combine(Store.Root, name, file);

    public Task SweepAsync() => Api.Services.GetKeyedServices<IHostedService>(typeof(BackgroundWork))
        .OfType<UploadSweeper>().Single().SweepAsync(default);

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Server.DisposeAsync();
    }
}
