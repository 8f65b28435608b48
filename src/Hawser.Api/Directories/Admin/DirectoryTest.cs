using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Directories.Wire;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Directories.Admin;

/// <summary>
/// <c>POST /api/directory/test</c>: connects to a directory, binds, finds a person and the groups, and says step by
/// step how it went: with what is stored, or with what is about to be. Nothing is stored, no secret comes back. Ours.
/// </summary>
internal static class DirectoryTest
{
    /// <summary>How long all steps together may take.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private const int MostGroups = 200;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/directory/test", HandleAsync).ForAdmins(Area.Setting, write: true)
            .WithSummary("Tries a directory: connect, bind, search, find a person, check a password; in 10 seconds.")
            .Reads<DirectoryTestBody>(DirectoryTestBody.Example).Answers<DirectoryTestReply>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, HawserDb db, SettingsStore settings, DirectoryClient client, ConsoleLog log,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DirectoryTestJson.Default.DirectoryTestBody, 1 << 18);
        if (body is null) return error!;
        if (body.Login is { Length: > 256 }) return Problem.Invalid("login has at most 256 characters.", "login");
        if (body.Password is { Length: > 1024 }) return Problem.Invalid("The password is too long.", "password");
        var stored = DirectorySettings.Key.Read(settings);
        var (wanted, complaint, field) = Wanted(body.Settings, stored);
        if (wanted is null) return Problem.Invalid(complaint, field);
        log.Add(db, context, ConsoleOperation.TestDirectory, string.Join(' ', wanted.Urls), ("login", body.Login));
        await db.SaveChangesAsync(cancellationToken);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var clock = new CancellationTokenSource(Deadline, time);
        await using var ended = clock.Token.Register(deadline.Cancel);
        var steps = new List<DirectoryStep>();
        var reply = new DirectoryTestReply { Steps = steps };
        try
        {
            reply = await TryAsync(client, wanted, body, (steps, time), deadline.Token);
        }
        catch (LdapFault e)
        {
            Fail(steps, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Fail(steps, "The directory did not answer within 10 seconds.");
        }

        context.Response.Headers.CacheControl = "no-store";
        return ClientResults.Json(reply, DirectoryTestJson.Default.DirectoryTestReply);
    }

    // What is missing is as it is stored; but a stored password goes to the stored addresses only.
    internal static (DirectorySettings? Wanted, string Complaint, string? Field) Wanted(
        JsonObject? given, JsonObject stored)
    {
        var value = (JsonObject)stored.DeepClone();
        if (given is not null)
        {
            var unmasked = (JsonObject)SettingText.Unmasked(given, stored)!;
            foreach (var (name, member) in unmasked) value[name] = member?.DeepClone();
            var elsewhere = !JsonNode.DeepEquals(value["urls"], stored["urls"]);
            var password = value["bindPassword"]?.ToString() ?? "";
            if (elsewhere && password.Length > 0 && !IsTyped(given, password))
            {
                return (null, "For another address, enter the password of the service account.", "bindPassword");
            }
        }

        if (DirectorySettings.Key.Complaint(value) is { } complaint) return (null, complaint, null);
        return (value.Deserialize(DirectorySettingsJson.Default.DirectorySettings), "", null);
    }

    private static bool IsTyped(JsonObject given, string password) =>
        given.TryGetPropertyValue("bindPassword", out var typed) && typed?.ToString() == password;

    private static async Task<DirectoryTestReply> TryAsync(
        DirectoryClient client, DirectorySettings wanted, DirectoryTestBody body,
        (List<DirectoryStep> Steps, TimeProvider Time) with, CancellationToken cancellationToken)
    {
        var (steps, time) = with;
        var login = body.Login?.Trim() ?? "";
        var reply = new DirectoryTestReply { Steps = steps };
        var direct = wanted.BindPattern.Length > 0 && wanted.BindDn.Length == 0;
        await StepAsync("connect", async () =>
        {
            await using var connection = await client.ConnectAsync(wanted, cancellationToken);
            return string.Join(' ', wanted.Urls);
        });
        if (!direct)
        {
            await StepAsync("bind", async () =>
            {
                await using var connection = await client.OpenAsync(wanted, cancellationToken);
                return wanted.BindDn.Length > 0 ? wanted.BindDn : "anonymous";
            });
        }

        if (!direct && login.Length == 0)
        {
            await StepAsync("search", () => SomebodyAsync(client, wanted, cancellationToken));
        }

        if (login.Length == 0) return reply;
        DirectoryPerson? person = null;
        if (!direct)
        {
            await StepAsync("person", async () =>
            {
                person = await client.FindAsync(wanted, login, cancellationToken)
                    ?? throw new LdapFault($"nobody, or more than one, has the name \"{login}\"; or lacks an id");
                return person.Dn;
            });
        }

        if (!string.IsNullOrEmpty(body.Password))
        {
            await StepAsync("password", async () =>
            {
                person = await client.AuthenticateAsync(wanted, login, body.Password, cancellationToken)
                    ?? throw new LdapFault("the directory does not take this password for this name");
                return person.Dn;
            });
        }

        return person is null ? reply : reply with { Person = Of(person) };

        async Task StepAsync(string name, Func<Task<string>> work)
        {
            var began = time.GetTimestamp();
            steps.Add(new DirectoryStep(name, false, "", 0));
            var detail = await work();
            steps[^1] = new DirectoryStep(name, true, detail, (long)time.GetElapsedTime(began).TotalMilliseconds);
        }
    }

    private static async Task<string> SomebodyAsync(
        DirectoryClient client, DirectorySettings wanted, CancellationToken cancellationToken)
    {
        await foreach (var one in client.ListAsync(wanted, cancellationToken)) return one.Dn;
        throw new LdapFault("the search finds nobody: are baseDn, userFilter and the attributes right?");
    }

    private static void Fail(List<DirectoryStep> steps, string why)
    {
        Debug.Assert(steps.Count > 0, "a step was begun");
        steps[^1] = steps[^1] with { IsFine = false, Detail = why };
    }

    private static DirectoryTestPerson Of(DirectoryPerson found) => new(
        found.Dn, found.Person.LoginName, found.Person.DisplayName, found.Person.Email, found.IsDisabled,
        [.. (found.Person.Groups ?? []).Take(MostGroups)]);
}

/// <summary>What is tried.</summary>
internal sealed record DirectoryTestBody
{
    internal const string Example = """
        {"settings":{"urls":["ldaps://ldap.example.org"],"baseDn":"dc=example,dc=org"},"login":"mara"}
        """;

    /// <summary>Members of the setting directory that are not stored yet; stars keep what is stored.</summary>
    [JsonPropertyName("settings")]
    public JsonObject? Settings { get; init; }

    /// <summary>Somebody to be found; missing: anybody.</summary>
    [JsonPropertyName("login")]
    public string? Login { get; init; }

    /// <summary>His password, to be checked; it is kept nowhere.</summary>
    [JsonPropertyName("password")]
    public string? Password { get; init; }
}

/// <summary>A step and how it went.</summary>
/// <param name="Name">connect, bind, search, person or password.</param>
/// <param name="IsFine">Whether it worked.</param>
/// <param name="Detail">What was found, or why it did not work.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record DirectoryStep(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("ok")] bool IsFine,
    [property: JsonPropertyName("detail")] string Detail,
    [property: JsonPropertyName("ms")] long Milliseconds);

/// <summary>Who was found.</summary>
internal sealed record DirectoryTestPerson(
    [property: JsonPropertyName("dn")] string Dn,
    [property: JsonPropertyName("login")] string Login,
    [property: JsonPropertyName("display_name")] string DisplayName,
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("is_disabled")] bool IsDisabled,
    [property: JsonPropertyName("groups")] IReadOnlyList<string> Groups);

/// <summary>How it went.</summary>
internal sealed record DirectoryTestReply
{
    /// <summary>In their order, up to the first that did not work.</summary>
    [JsonPropertyName("steps")]
    public required IReadOnlyList<DirectoryStep> Steps { get; init; }

    /// <summary>Whether all of them worked.</summary>
    [JsonPropertyName("ok")]
    public bool IsFine => Steps.All(s => s.IsFine);

    [JsonPropertyName("person")]
    public DirectoryTestPerson? Person { get; init; }
}

/// <summary>How it is read and written.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DirectoryTestBody))]
[JsonSerializable(typeof(DirectoryTestReply))]
internal sealed partial class DirectoryTestJson : JsonSerializerContext;
