namespace Hawser.Recording.Ingest;

/// <summary>
/// How many uploads may be open at a time. A place is taken before anything is made of an upload, so that those who
/// begin in the same moment are never more than there are places for.
/// </summary>
/// <param name="most">How many.</param>
internal sealed class OpenPlaces(int most)
{
    private int _taken;

    /// <summary>How many are taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes a place; it is given back with the result, unless that is to be kept.</summary>
    /// <returns>Null when all are taken.</returns>
    public Place? TryTake()
    {
        int taken;
        do
        {
            taken = Volatile.Read(ref _taken);
            if (taken >= most) return null;
        }
        while (Interlocked.CompareExchange(ref _taken, taken + 1, taken) != taken);
        return new Place(this);
    }

    /// <summary>One that was kept is free again.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _taken);

    /// <summary>A place that was taken.</summary>
    /// <param name="places">Of which.</param>
    internal sealed class Place(OpenPlaces places) : IDisposable
    {
        private bool _isKept;

        /// <summary>It is used now, and given back when that ends.</summary>
        public void Keep() => _isKept = true;

        public void Dispose()
        {
            if (_isKept) return;
            _isKept = true;
            places.GiveBack();
        }
    }
}
