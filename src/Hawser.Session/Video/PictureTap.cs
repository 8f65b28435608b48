namespace Hawser.Session.Video;

/// <summary>A picture as all who look at a display get it.</summary>
/// <param name="Display">The display.</param>
/// <param name="Shape">How it is packed, and its size.</param>
/// <param name="Packed">The bytes; nobody changes them any more.</param>
/// <param name="Milliseconds">Since the display's stream began.</param>
public readonly record struct TappedPicture(int Display, EncoderShape Shape, EncodedPicture Packed, long Milliseconds);

/// <summary>
/// Takes along the pictures of sessions while there are any: for recording them at the host. The first of a display
/// stands alone, and one in 240 (§7.5); none is packed in a codec that recordings have no container for. The calls
/// must not block.
/// </summary>
public sealed record PictureTap
{
    /// <summary>The most pictures from one that stands alone to the next.</summary>
    public const int KeyInterval = 240;

    /// <summary>Whether pictures are wanted now.</summary>
    public required Func<bool> IsOn { get; init; }

    /// <summary>A picture was packed.</summary>
    public required Action<TappedPicture> Taken { get; init; }

    /// <summary>No more of a display come for now.</summary>
    public required Action<int> Ended { get; init; }
}
