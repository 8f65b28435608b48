using Google.Protobuf;
using Hawser.Protocol.Messages;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Rendezvous.Registering;

/// <summary>The datagrams that answer RegisterPk, encoded once.</summary>
internal static class KeyAnswers
{
    private static readonly byte[][] Encoded = [.. Enumerable.Range(0, (int)Result.NotDeployed + 1).Select(Encode)];

    public static ReadOnlySpan<byte> For(Result result) => Encoded[(int)result];

    private static byte[] Encode(int result) =>
        new RendezvousMessage { RegisterPkResponse = new RegisterPkResponse { Result = (Result)result } }.ToByteArray();
}
