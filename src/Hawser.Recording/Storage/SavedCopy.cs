using System.Buffers;

namespace Hawser.Recording.Storage;

/// <summary>Copies a part of a stream.</summary>
internal static class SavedCopy
{
    private const int Block = 64 << 10;

    /// <summary>Copies.</summary>
    /// <param name="source">What is read, from its beginning.</param>
    /// <param name="skip">So many bytes are passed over.</param>
    /// <param name="most">At most so many are copied.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task RunAsync(
        Stream source, long skip, long most, Stream output, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            if (source.CanSeek) source.Position = skip;
            else await PassAsync(source, skip, buffer, cancellationToken);
            while (most > 0)
            {
                var read = await source.ReadAsync(
                    buffer.AsMemory(0, (int)Math.Min(Block, most)), cancellationToken);
                if (read == 0) return;
                await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                most -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task PassAsync(
        Stream source, long skip, byte[] buffer, CancellationToken cancellationToken)
    {
        while (skip > 0)
        {
            var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(Block, skip)), cancellationToken);
            if (read == 0) return;
            skip -= read;
        }
    }
}
