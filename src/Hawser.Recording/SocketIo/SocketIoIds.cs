using System.Buffers.Text;
using System.Security.Cryptography;

namespace Hawser.Recording.SocketIo;

/// <summary>Ids of connections and clients: 20 URL-safe characters from 15 random bytes.</summary>
internal static class SocketIoIds
{
    public static string Next()
    {
        Span<byte> bytes = stackalloc byte[15];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
