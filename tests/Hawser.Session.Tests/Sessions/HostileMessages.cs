using Google.Protobuf;
using Google.Protobuf.Reflection;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Tests.Sessions;

/// <summary>Every message that there is, each with values that nobody means: made from the descriptors, so none is forgotten.</summary>
internal sealed class HostileMessages(int seed)
{
    private const int Deepest = 5;
    private static readonly byte[] Bomb = Zstd.Compress(new byte[8 << 20]);
    private static readonly string[] Texts =
    [
        "", "\0", "../../../etc/shadow", "/dev/zero", "/proc/self/mem", new('a', 70_000), "\u001b]0;x\u0007\u001b[2J", "🙂", "-1",
        "C:\\evil", "a/./b", "..", "\ufeff\u202e",
    ];

    private readonly Random _random = new(seed);
    private int _next;

    /// <summary>The next message: all kinds in turn, what is in them by chance.</summary>
    public Message Next()
    {
        var kinds = Message.Descriptor.Oneofs[0].Fields;
        var message = new Message();
        var kind = kinds[_next++ % kinds.Count];
        Set(message, kind, 0);
        return message;
    }

    private void Fill(IMessage message, int depth)
    {
        var inOneof = new HashSet<FieldDescriptor>();
        foreach (var oneof in message.Descriptor.Oneofs)
        {
            inOneof.UnionWith(oneof.Fields);
            if (_random.Next(8) != 0) Set(message, oneof.Fields[_random.Next(oneof.Fields.Count)], depth);
        }

        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (!inOneof.Contains(field) && _random.Next(4) != 0) Set(message, field, depth);
        }
    }

    private void Set(IMessage message, FieldDescriptor field, int depth)
    {
        if (!field.IsRepeated)
        {
            field.Accessor.SetValue(message, Value(field, depth));
            return;
        }

        var list = (System.Collections.IList)field.Accessor.GetValue(message);
        for (var n = _random.Next(4); n > 0; n--) list.Add(Value(field, depth));
    }

    private object Value(FieldDescriptor field, int depth)
    {
        switch (field.FieldType)
        {
            case FieldType.Message:
                var inner = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                if (depth < Deepest) Fill(inner, depth + 1);
                return inner;
            case FieldType.String: return Texts[_random.Next(Texts.Length)];
            case FieldType.Bytes: return Bytes();
            case FieldType.Bool: return _random.Next(2) == 0;
            case FieldType.Enum: return Enum.ToObject(field.EnumType.ClrType, _random.Next(-2, 40));
            case FieldType.Double: return double.NaN;
            case FieldType.Float: return float.PositiveInfinity;
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64: return Number();
            case FieldType.UInt64 or FieldType.Fixed64: return (ulong)Number();
            case FieldType.UInt32 or FieldType.Fixed32: return (uint)Number();
            default: return (int)Number();
        }
    }

    private long Number() => _random.Next(7) switch
    {
        0 => 0,
        1 => -1,
        2 => int.MaxValue,
        3 => int.MinValue,
        4 => long.MaxValue,
        5 => long.MinValue,
        _ => _random.Next(1, 5),
    };

    private ByteString Bytes() => _random.Next(4) switch
    {
        0 => ByteString.Empty,
        1 => ByteString.CopyFrom(Bomb),
        2 => ByteString.CopyFrom(new byte[32]),
        _ => Noise(_random.Next(1, 300)),
    };

    private ByteString Noise(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
