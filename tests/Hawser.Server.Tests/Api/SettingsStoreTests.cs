using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Hawser.Api.Settings;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api;

public sealed class SettingsStoreTests
{
    [Fact]
    public async Task A_value_that_was_being_read_while_its_row_changed_does_not_outlive_the_row()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var store = api.Services.GetRequiredService<SettingsStore>();
        var reading = new SlowText();
        var options = new JsonSerializerOptions { Converters = { reading }, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        var key = new SettingKey<Box>("test", (JsonTypeInfo<Box>)options.GetTypeInfo(typeof(Box)));
        await store.SetAsync(key, new Box { Text = "old" }, CancellationToken.None);
        await using (var db = api.OpenDb())
        {
            await db.Settings.Where(s => s.Key == "test")
                .ExecuteUpdateAsync(s => s.SetProperty(r => r.Value, "\"new\""));
        }

        // The row in memory is read, and meanwhile the rows are read again.
        reading.Meanwhile = () => store.ReloadAsync(CancellationToken.None).GetAwaiter().GetResult();
        store.Get(key);

        store.Get(key).Text.ShouldBe("new");
    }

    private sealed class Box
    {
        public string Text { get; init; } = "";
    }

    private sealed class SlowText : JsonConverter<Box>
    {
        public Action? Meanwhile { get; set; }

        public override Box Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString()!;
            var meanwhile = Meanwhile;
            Meanwhile = null;
            meanwhile?.Invoke();
            return new Box { Text = text };
        }

        public override void Write(Utf8JsonWriter writer, Box value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
    }
}
