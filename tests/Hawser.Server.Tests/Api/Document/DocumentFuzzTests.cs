using System.Text;
using System.Text.Json.Nodes;
using Hawser.Api.Http;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Document;

/// <summary>
/// Every operation of the document, called with requests made from its schemas: valid ones, and valid ones that were
/// broken. A new route falls under it without a line here.
/// </summary>
public sealed class DocumentFuzzTests
{
    private const int Rounds = 14;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_operation_fails_whatever_becomes_of_a_valid_request(int seed)
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var document = JsonNode.Parse(await DocumentWriter.WriteAsync(hawser))!;
        var random = new Random(seed);
        var samples = new SchemaSamples(document, random);
        var wrong = new List<string>();
        var admin = await api.AddUserAsync("root", admin: true);
        foreach (var operation in Operations(document))
        {
            // One that ends its own session must not end the next one's.
            var tokens = new[] { await api.TokenAsync(admin), await api.ApiTokenAsync(admin, AllScopes) };
            var valid = Example(operation, samples);
            for (var round = 0; round < Rounds; round++)
            {
                var body = round == 0 ? valid?.ToJsonString() ?? "" : samples.Broken(valid);
                var path = Address(operation, samples, hostile: round > 1);
                var answer = await SendAsync(api, operation, path, body, tokens[round & 1]);
                if (Complaint(operation, answer) is { } complaint) wrong.Add($"{operation.Method} {path} {Short(body)}: {complaint}");
            }
        }

        wrong.ShouldBeEmpty(hawser.Log.Split('\n').FirstOrDefault(l => l.Contains("Exception", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_a_valid_request_is_answered_has_the_members_that_the_document_promises()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var document = JsonNode.Parse(await DocumentWriter.WriteAsync(hawser))!;
        var samples = new SchemaSamples(document, new Random(3));
        var admin = await api.AddUserAsync("root", admin: true);
        await api.AddDeviceAsync("482913377", admin);
        var seen = 0;
        var wrong = new List<string>();
        foreach (var operation in Operations(document).Where(o => o.Method == "GET"))
        {
            var path = Address(operation, samples, hostile: false).Split('?')[0];
            var answer = await SendAsync(api, operation, path, "", await api.TokenAsync(admin));
            if (answer.Status != 200 || answer.Type?.MediaType != "application/json") continue;
            seen++;
            var schema = operation.Node["responses"]!["200"]!["content"]?["application/json"]?["schema"];
            var complaint = SchemaCheck.Complaint(document, schema, JsonNode.Parse(answer.Text), "answer");
            if (complaint is not null) wrong.Add($"{operation.Method} {operation.Path}: {complaint}");
        }

        wrong.ShouldBeEmpty();
        seen.ShouldBeGreaterThan(8);
    }

    private static string AllScopes => string.Join(' ', Enum.GetValues<Area>().Select(a => $"{a}:rw"));

    private static IEnumerable<Operation> Operations(JsonNode document) =>
        from path in (JsonObject)document["paths"]!
        from method in (JsonObject)path.Value!
        // Never ends while the caller listens.
        where method.Value!["responses"]?["200"]?["content"]?["text/event-stream"] is null
        select new Operation(method.Key.ToUpperInvariant(), path.Key, method.Value!);

    private static JsonNode? Example(Operation operation, SchemaSamples samples)
    {
        if (operation.Node["requestBody"]?["content"] is not JsonObject content) return null;
        var (type, media) = content.First();
        if (type != "application/json") return JsonValue.Create("bytes");
        return media!["example"]?.DeepClone() ?? samples.Valid(media["schema"]);
    }

    private static string Address(Operation operation, SchemaSamples samples, bool hostile)
    {
        var path = operation.Path;
        var query = new StringBuilder();
        foreach (var parameter in operation.Node["parameters"] as JsonArray ?? [])
        {
            var name = (string)parameter!["name"]!;
            var value = hostile ? samples.Parameter() : samples.Valid(parameter["schema"], name)?.ToString() ?? "";
            if ((string)parameter["in"]! == "path")
            {
                path = path.Replace($"{{{name}}}", value.Length == 0 ? "0" : value, StringComparison.Ordinal);
            }
            else
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(hostile ? value : Uri.EscapeDataString(value));
            }
        }

        return path + query;
    }

    private static async Task<Answer> SendAsync(ApiClient api, Operation operation, string path, string body, string token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), new Uri(path, UriKind.Relative));
        if (operation.Node["requestBody"]?["content"] is JsonObject content)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", content.First().Key);
        }

        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var response = await api.Http.SendAsync(request);
        return new Answer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType);
    }

    private static string? Complaint(Operation operation, Answer answer)
    {
        var responses = (JsonObject)operation.Node["responses"]!;
        // A gateway's failure that the document names is an answer: the provider is not there.
        if (answer.Status >= 500) return responses.ContainsKey(answer.Status.ToString()) ? null : answer.ToString();
        var isJson = answer.Type?.MediaType == "application/json";
        // Engine.IO has a shape of its own: code and message.
        var isTold = !string.IsNullOrEmpty(answer.Error)
            || (operation.Path == "/socket.io" && answer.Text.Contains("\"message\":\"", StringComparison.Ordinal));
        return answer.Status >= 400 && isJson && operation.Method != "HEAD" && !isTold ? $"no error text: {answer}" : null;
    }

    private static string Short(string body) => body.Length <= 300 ? body : body[..300] + "…";

    private sealed record Operation(string Method, string Path, JsonNode Node);
}
