namespace Hawser.TestRig;

/// <summary>Files of the repository that are made by a program and kept, so that a change of theirs is seen.</summary>
public static class Golden
{
    private static readonly bool Updating = Environment.GetEnvironmentVariable("HAWSER_UPDATE_GOLDENS") == "1";

    /// <summary>Compares; with HAWSER_UPDATE_GOLDENS=1 writes instead.</summary>
    /// <param name="relative">The file, from the repository's root.</param>
    /// <param name="text">What it should hold.</param>
    public static void Check(string relative, string text)
    {
        var path = Path.Combine(Repository.Root, relative);
        if (Updating) File.WriteAllText(path, text);
        else if (File.ReadAllText(path) != text)
        {
            throw new InvalidOperationException($"{relative} differs: HAWSER_UPDATE_GOLDENS=1 ./test writes it anew");
        }
    }
}
