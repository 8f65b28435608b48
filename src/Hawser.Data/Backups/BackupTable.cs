using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Hawser.Data.Backups;

/// <summary>How a value is written in a backup, the same for every engine.</summary>
internal enum BackupKind
{
    /// <summary>A JSON string.</summary>
    Text,

    /// <summary>A JSON string.</summary>
    Guid,

    /// <summary>A JSON string in base64.</summary>
    Bytes,

    /// <summary>A JSON string, ISO 8601 in UTC.</summary>
    Time,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>A JSON number without fraction.</summary>
    Number,

    /// <summary>A JSON number.</summary>
    Real,
}

/// <summary>A column.</summary>
/// <param name="Name">Its name in the database.</param>
/// <param name="Kind">How its values are written.</param>
/// <param name="Type">What the engine's driver takes: without null, and a number for an enumeration.</param>
/// <param name="IsNullable">Whether it may be null.</param>
internal sealed record BackupColumn(string Name, BackupKind Kind, Type Type, bool IsNullable);

/// <summary>A table.</summary>
/// <param name="Name">Its name in the database.</param>
/// <param name="Columns">All of its columns.</param>
internal sealed record BackupTable(string Name, IReadOnlyList<BackupColumn> Columns)
{
    /// <summary>The columns' names, quoted, with commas.</summary>
    internal string ColumnList => string.Join(", ", Columns.Select(c => $"\"{c.Name}\""));

    /// <summary>Every table of the model, each after those that it refers to.</summary>
    internal static IReadOnlyList<BackupTable> Of(HawserDb db)
    {
        var tables = new List<BackupTable>();
        var seen = new HashSet<IEntityType>();
        foreach (var type in db.Model.GetEntityTypes().OrderBy(t => t.GetTableName(), StringComparer.Ordinal))
        {
            Visit(type);
        }

        return tables;

        void Visit(IEntityType type)
        {
            if (!seen.Add(type)) return;
            foreach (var key in type.GetForeignKeys()) Visit(key.PrincipalEntityType);
            tables.Add(new BackupTable(type.GetTableName()!, [.. type.GetProperties().Select(Column)]));
        }
    }

    private static BackupColumn Column(IProperty property)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (type.IsEnum) type = Enum.GetUnderlyingType(type);
        return new BackupColumn(property.GetColumnName(), KindOf(type), type, property.IsNullable);
    }

    private static BackupKind KindOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => BackupKind.Text,
        TypeCode.DateTime => BackupKind.Time,
        TypeCode.Boolean => BackupKind.Flag,
        TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 => BackupKind.Number,
        TypeCode.Single or TypeCode.Double => BackupKind.Real,
        _ when type == typeof(Guid) => BackupKind.Guid,
        _ when type == typeof(byte[]) => BackupKind.Bytes,
        _ => throw new NotSupportedException($"a backup does not know how to write a {type.Name}"),
    };
}
