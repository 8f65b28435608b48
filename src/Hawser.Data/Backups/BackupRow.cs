using System.Globalization;
using System.Text.Json;

namespace Hawser.Data.Backups;

/// <summary>A row as one line of JSON: an array of its values in the order of the columns.</summary>
internal static class BackupRow
{
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>Writes a row.</summary>
    internal static void Write(Utf8JsonWriter json, BackupTable table, object?[] row)
    {
        json.WriteStartArray();
        for (var i = 0; i < row.Length; i++) WriteValue(json, table.Columns[i].Kind, row[i]);
        json.WriteEndArray();
    }

    /// <summary>Reads a row that has the archive's columns into the order of ours.</summary>
    /// <param name="line">The line.</param>
    /// <param name="table">Our table.</param>
    /// <param name="places">For each of our columns its place in the line; -1: it is not there.</param>
    /// <param name="now">Stands in for times that are not there.</param>
    internal static object?[] Read(string line, BackupTable table, int[] places, DateTime now)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Read(document.RootElement, table, places, now);
        }
        catch (Exception e) when (e is InvalidOperationException or IndexOutOfRangeException or JsonException)
        {
            throw new FormatException($"a row of {table.Name} can't be read", e);
        }
    }

    private static object?[] Read(JsonElement values, BackupTable table, int[] places, DateTime now)
    {
        var row = new object?[table.Columns.Count];
        for (var i = 0; i < row.Length; i++)
        {
            var column = table.Columns[i];
            row[i] = places[i] < 0 ? Default(column, now) : ReadValue(values[places[i]], column);
            if (row[i] is null && !column.IsNullable)
            {
                throw new FormatException($"the column {column.Name} of {table.Name} has no value");
            }
        }

        return row;
    }

    private static void WriteValue(Utf8JsonWriter json, BackupKind kind, object? value)
    {
        switch (kind)
        {
            case var _ when value is null:
                json.WriteNullValue();
                break;
            case BackupKind.Bytes:
                json.WriteBase64StringValue((byte[])value);
                break;
            case BackupKind.Flag:
                json.WriteBooleanValue((bool)value);
                break;
            case BackupKind.Number:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case BackupKind.Real:
                json.WriteNumberValue(Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case BackupKind.Time:
                json.WriteStringValue(((DateTime)value).ToString("O", CultureInfo.InvariantCulture));
                break;
            case BackupKind.Guid:
                json.WriteStringValue((Guid)value);
                break;
            default:
                json.WriteStringValue((string)value);
                break;
        }
    }

    private static object? ReadValue(JsonElement value, BackupColumn column) => column.Kind switch
    {
        _ when value.ValueKind == JsonValueKind.Null => null,
        BackupKind.Bytes => value.GetBytesFromBase64(),
        BackupKind.Flag => value.GetBoolean(),
        BackupKind.Number => value.GetInt64(),
        BackupKind.Real => value.GetDouble(),
        BackupKind.Time => DateTime.Parse(value.GetString()!, CultureInfo.InvariantCulture, Utc),
        BackupKind.Guid => value.GetGuid(),
        _ => value.GetString(),
    };

    private static object? Default(BackupColumn column, DateTime now) => column.Kind switch
    {
        _ when column.IsNullable => null,
        BackupKind.Bytes => Array.Empty<byte>(),
        BackupKind.Flag => false,
        BackupKind.Number => 0L,
        BackupKind.Real => 0.0,
        BackupKind.Time => now,
        BackupKind.Guid => Guid.Empty,
        _ => "",
    };
}
