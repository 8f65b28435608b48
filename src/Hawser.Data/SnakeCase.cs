using System.Text;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data;

/// <summary>
/// Names in the database, the same on both engines: <c>last_seen_at</c>, <c>pk_devices</c>, <c>ix_devices_id</c>.
/// </summary>
internal static class SnakeCase
{
    /// <summary>Names every column, key, foreign key and index of the model.</summary>
    internal static void Apply(ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties()) property.SetColumnName(Of(property.Name));
            foreach (var key in entity.GetKeys()) key.SetName(Of(key.GetName() ?? ""));
            foreach (var key in entity.GetForeignKeys()) key.SetConstraintName(Of(key.GetConstraintName() ?? ""));
            foreach (var index in entity.GetIndexes()) index.SetDatabaseName(Of(index.GetDatabaseName() ?? ""));
        }
    }

    /// <summary><c>LastSeenAt</c> becomes <c>last_seen_at</c>; <c>PK_devices</c> becomes <c>pk_devices</c>.</summary>
    internal static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1]) && name[i - 1] != '_';
            if (startsWord) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
