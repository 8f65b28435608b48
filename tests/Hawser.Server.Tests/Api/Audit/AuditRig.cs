using System.Globalization;
using Hawser.Api.Audit;
using Hawser.Data.Audit;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Hawser.Server.Tests.Api.Audit;

/// <summary>A server, one device that reports to it, and what it stored.</summary>
internal sealed class AuditRig : IAsyncDisposable
{
    private AuditRig(TestHawser server, ApiClient api, TestDevice device) => (Server, Api, Device) = (server, api, device);

    public TestHawser Server { get; }

    public ApiClient Api { get; }

    public TestDevice Device { get; }

    public static async Task<AuditRig> StartAsync(TimeProvider? time = null, Action<HawserOptions>? configure = null)
    {
        var server = await TestHawser.StartAsync(configure, time);
        var api = new ApiClient(server);
        return new AuditRig(server, api, await api.AddDeviceAsync("771200345"));
    }

    /// <summary>Reports; whatever is accepted is answered with 200 and nothing.</summary>
    public async Task ReportAsync(string what, string members, TestDevice? device = null)
    {
        var answer = await Api.PostAsync($"/api/audit/{what}", $"{{{(device ?? Device).Members},{members}}}");
        answer.ToString().ShouldBe("200 ");
    }

    public Task OpenedAsync(int conn, string more = "") =>
        ReportAsync("conn", $"\"action\":\"new\",\"ip\":\"203.0.113.9\",\"conn_id\":{conn},\"session_id\":0{more}");

    public Task AuthorisedAsync(int conn, ulong session, string more = "") => ReportAsync(
        "conn", string.Create(CultureInfo.InvariantCulture,
            $"\"peer\":[\"482913377\",\"Mara Lind\"],\"type\":0,\"primary_auth\":3,\"conn_id\":{conn},\"session_id\":{session}{more}"));

    public Task ClosedAsync(int conn, ulong session, string more = "") => ReportAsync(
        "conn", string.Create(CultureInfo.InvariantCulture, $"\"action\":\"close\",\"conn_id\":{conn},\"session_id\":{session}{more}"));

    public Task NoteAsync(ulong session, string note, string? id = null) => PostNoteAsync(
        string.Create(CultureInfo.InvariantCulture, $"{{\"id\":\"{id ?? Device.Id}\",\"session_id\":{session},\"note\":{ApiClient.Quote(note)}}}"));

    public async Task<IReadOnlyList<ConnectionAudit>> ConnectionsAsync()
    {
        await using var db = Api.OpenDb();
        return await db.ConnectionAudits.AsNoTracking().OrderBy(c => c.CreatedAt).ThenBy(c => c.Guid).ToListAsync();
    }

    public async Task<ConnectionAudit> ConnectionAsync() => (await ConnectionsAsync()).ShouldHaveSingleItem();

    public T Service<T>()
        where T : notnull => Api.Services.GetRequiredService<T>();

    public long Count(AuditOutcome outcome) => Service<AuditMetrics>().Of(outcome);

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Server.DisposeAsync();
    }

    private async Task PostNoteAsync(string json) => (await Api.PostAsync("/api/audit/conn", json)).ToString().ShouldBe("200 ");
}
