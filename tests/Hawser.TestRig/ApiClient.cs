using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.TestRig;

/// <summary>
/// Calls a <see cref="TestHawser"/> over real HTTP as anybody, as a user, as a script or as a device, and puts users,
/// tokens and devices into its database without going through the API.
/// </summary>
public sealed class ApiClient : IDisposable
{
    /// <summary>The password of users for whom a test chose none.</summary>
    public const string Password = "Tulip#42 of Mara";

    /// <summary>For a server that runs.</summary>
    /// <param name="server">The server; it outlives this.</param>
    public ApiClient(TestHawser server)
    {
        ArgumentNullException.ThrowIfNull(server);
        Server = server;
        Http = new HttpClient { BaseAddress = server.Http };
    }

    /// <summary>The server.</summary>
    public TestHawser Server { get; }

    /// <summary>Without any credentials.</summary>
    public HttpClient Http { get; }

    /// <summary>The services of the server, for what no route offers.</summary>
    public IServiceProvider Services => Server.Node.Services!;

    /// <summary>A context on the server's database.</summary>
    /// <returns>The context, for <c>await using</c>.</returns>
    public HawserDb OpenDb() => Server.Node.Store!.CreateDb();

    /// <summary>Adds a user to the default group.</summary>
    /// <param name="name">The login name.</param>
    /// <param name="admin">An administrator.</param>
    /// <param name="password">The password; <see cref="Password"/> by default.</param>
    /// <param name="change">Changes the row before it is stored.</param>
    /// <returns>The row, detached.</returns>
    public async Task<User> AddUserAsync(
        string name, bool admin = false, string? password = null, Action<User>? change = null)
    {
        await using var db = OpenDb();
        var user = new User
        {
            Name = name,
            NormalizedName = name.ToUpperInvariant(),
            Status = UserStatus.Normal,
            IsAdmin = admin,
            PasswordHash = await Services.GetRequiredService<PasswordWork>().HashAsync(password ?? Password, default),
            SecurityStamp = Secrets.NewHandle(),
            ConcurrencyStamp = Secrets.NewHandle(),
            UserGroupGuid = (await db.UserGroups.FirstAsync(g => g.IsDefault)).Guid,
            CreatedAt = Server.Node.Time.GetUtcNow().UtcDateTime,
        };
        change?.Invoke(user);
        user.NormalizedEmail = user.Email.ToUpperInvariant();
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return user;
    }

    /// <summary>A bearer token of a user, as if the user had logged in; no password is checked.</summary>
    /// <param name="user">The user.</param>
    /// <param name="device">The device that logs in; none by default.</param>
    /// <param name="kind">A client's or the console's token.</param>
    /// <returns>The token's text.</returns>
    public Task<string> TokenAsync(User user, TestDevice? device = null, TokenKind kind = TokenKind.Client) =>
        IssueAsync(new AccessToken
        {
            Kind = kind,
            UserGuid = user?.Guid ?? throw new ArgumentNullException(nameof(user)),
            DeviceId = device?.Id ?? "",
            DeviceUuid = device?.Uuid ?? "",
        });

    /// <summary>An API token with scopes.</summary>
    /// <param name="user">Its maker.</param>
    /// <param name="scopes">For instance <c>device:rw audit:r</c>.</param>
    /// <returns>The token's text.</returns>
    public Task<string> ApiTokenAsync(User user, string scopes) => IssueAsync(new AccessToken
    {
        Kind = TokenKind.Api,
        UserGuid = user?.Guid ?? throw new ArgumentNullException(nameof(user)),
        Name = "test",
        Scopes = scopes,
        CreatedBy = user.Name,
    });

    /// <summary>Adds the row of a registered device; the rendezvous role reads rows only when it starts.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="owner">Its owner; a row of details is made then.</param>
    /// <param name="uuid">The text of its machine id, before base64.</param>
    /// <returns>The device.</returns>
    public async Task<TestDevice> AddDeviceAsync(string id, User? owner = null, string? uuid = null)
    {
        var bytes = Encoding.ASCII.GetBytes(uuid ?? $"machine-{id}");
        var now = Server.Node.Time.GetUtcNow().UtcDateTime;
        var stored = new StoredDevice(
            id, bytes, RandomNumberGenerator.GetBytes(Device.KeyLength), default(PeerAddress), now, null, Listed: false);
        await Server.Node.Store!.Devices.SaveAsync([stored], CancellationToken.None);
        await using var db = OpenDb();
        var guid = (await db.Devices.FirstAsync(d => d.Id == id)).Guid;
        if (owner is not null)
        {
            db.DeviceDetails.Add(new DeviceDetails { DeviceGuid = guid, OwnerGuid = owner.Guid, Enabled = true });
            await db.SaveChangesAsync();
        }

        return new TestDevice(guid, id, Convert.ToBase64String(bytes));
    }

    /// <summary>Logs in with a password as a stock desktop client does.</summary>
    /// <param name="name">The login name.</param>
    /// <param name="password">The password; <see cref="Password"/> by default.</param>
    /// <param name="device">The device.</param>
    /// <param name="more">More keys of the body, as JSON members that start with a comma.</param>
    /// <returns>The answer.</returns>
    public Task<Answer> LoginAsync(
        string name, string? password = null, TestDevice? device = null, string more = "")
    {
        device ??= TestDevice.Unregistered;
        return PostAsync("/api/login", $$"""
            {"username":{{Quote(name)}},"password":{{Quote(password ?? Password)}},"id":{{Quote(device.Id)}},
            "uuid":{{Quote(device.Uuid)}},"autoLogin":true,"type":"account",
            "deviceInfo":{"os":"windows","type":"client","name":"PC-1"}{{more}}}
            """);
    }

    /// <summary>Posts JSON.</summary>
    /// <param name="path">The path.</param>
    /// <param name="json">The body; null: no body at all.</param>
    /// <param name="token">The bearer token; null: no header.</param>
    /// <returns>The answer.</returns>
    public Task<Answer> PostAsync(string path, string? json = null, string? token = null) =>
        SendAsync(HttpMethod.Post, path, json, token);

    /// <summary>Gets.</summary>
    /// <param name="path">The path with its query.</param>
    /// <param name="token">The bearer token; null: no header.</param>
    /// <returns>The answer.</returns>
    public Task<Answer> GetAsync(string path, string? token = null) => SendAsync(HttpMethod.Get, path, null, token);

    /// <summary>Sends any request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path with its query.</param>
    /// <param name="json">The body; null: no body at all.</param>
    /// <param name="token">The bearer token; null: no header; empty: <c>Bearer </c> with nothing after it.</param>
    /// <param name="change">Changes the request before it is sent.</param>
    /// <returns>The answer.</returns>
    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? json = null, string? token = null,
        Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        change?.Invoke(request);
        using var response = await Http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return new Answer((int)response.StatusCode, Encoding.UTF8.GetString(bytes), response.Content.Headers.ContentType);
    }

    /// <inheritdoc/>
    public void Dispose() => Http.Dispose();

    /// <summary>A text as JSON.</summary>
    /// <param name="text">The text.</param>
    /// <returns>With its quotes.</returns>
    public static string Quote(string text) => JsonSerializer.Serialize(text);

    private async Task<string> IssueAsync(AccessToken row)
    {
        await using var db = OpenDb();
        var text = Services.GetRequiredService<TokenDesk>().Issue(db, row);
        await db.SaveChangesAsync();
        return text;
    }
}

/// <summary>A device that a test made.</summary>
/// <param name="Guid">Its row.</param>
/// <param name="Id">Its id.</param>
/// <param name="Uuid">Its uuid in base64, as clients send it.</param>
public sealed record TestDevice(Guid Guid, string Id, string Uuid)
{
    /// <summary>A device without a row.</summary>
    public static TestDevice Unregistered { get; } = new(Guid.Empty, "482913377", "OGY0ZTJiN2MtMTE=");

    /// <summary>The two members that most bodies of devices start with, without braces.</summary>
    public string Members => $"\"id\":{ApiClient.Quote(Id)},\"uuid\":{ApiClient.Quote(Uuid)}";
}

/// <summary>What the server said.</summary>
/// <param name="Status">The status.</param>
/// <param name="Text">The body.</param>
/// <param name="Type">The media type; null for empty bodies.</param>
public sealed record Answer(int Status, string Text, MediaTypeHeaderValue? Type)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Text).RootElement.Clone();

    /// <summary>The <c>error</c> text; null when the body has none.</summary>
    public string? Error => Text.Length > 0 && Text[0] == '{' && Json.TryGetProperty("error", out var e) ? e.GetString() : null;

    /// <summary>A member of the body as text; null when it is missing.</summary>
    /// <param name="name">Which.</param>
    /// <returns>Its text.</returns>
    public string? Member(string name) => Json.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Status} {Text}");
}
