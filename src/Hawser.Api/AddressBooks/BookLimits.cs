namespace Hawser.Api.AddressBooks;

/// <summary>Limits that hold whatever the settings say; lengths are those of the columns.</summary>
internal static class BookLimits
{
    /// <summary>Devices in one book.</summary>
    public const int Entries = 50_000;

    /// <summary>Devices in the recycle bin of one book; the oldest go first.</summary>
    public const int Binned = 10_000;

    /// <summary>Tags of one book.</summary>
    public const int Tags = 1000;

    /// <summary>Tags of one device.</summary>
    public const int TagsOfEntry = 64;

    /// <summary>Shared books of one owner.</summary>
    public const int BooksOfOwner = 1000;

    /// <summary>The old book in one request, unpacked (reference §18).</summary>
    public const int LegacyBytes = 16 << 20;

    /// <summary>A list of ids in one request.</summary>
    public const int ListBytes = 1 << 20;

    public const int Id = 300;
    public const int Name = 128;
    public const int Tag = 128;
    public const int Text = 255;
    public const int Platform = 32;
    public const int RdpPort = 16;
    public const int Note = 1000;
    public const int Hash = 512;
    public const int Password = 256;
}
