using Hawser.Recording.Library;

namespace Hawser.Recording.Rights;

/// <summary>Who came to the recorder, and what its recordings are kept under.</summary>
/// <param name="Caller">For the library.</param>
/// <param name="Name">For the audit; empty: nobody in particular.</param>
internal sealed record Visitor(RecordCaller Caller, string Name)
{
    /// <summary>Nobody in particular.</summary>
    public static Visitor Anonymous { get; } = new(RecordCaller.Anonymous, "");

    /// <summary>The row of its token; null: it came without.</summary>
    public Guid? Token { get; init; }

    /// <summary>It came with a link that somebody of this name gave away.</summary>
    public bool ByLink { get; init; }

    /// <summary>It has to say once more who it is before what can't be undone.</summary>
    public bool NeedsProof { get; init; }

    /// <summary>It came without credentials, where none are asked for.</summary>
    public bool IsAnonymous => Token is null;

    /// <summary>What a user may do here.</summary>
    public static Visitor Of(RecorderUser user)
    {
        var rights = RecordRights.None;
        if (user.MayRecord) rights |= RecordRights.Record | RecordRights.Manage;
        if (user.MayView) rights |= RecordRights.View;
        if (user.SeesAll) rights |= RecordRights.Everybodys;
        var caller = RecordCaller.OfAccount(user.Guid, rights) with { Devices = user.Devices };
        return new Visitor(caller, user.Name) { Token = user.TokenGuid, NeedsProof = user.NeedsProof };
    }
}

/// <summary>How somebody was let in.</summary>
internal enum Admission
{
    /// <summary>With a token, or where none is needed.</summary>
    Admitted,

    /// <summary>No credentials, and they are needed.</summary>
    NoCredentials,

    /// <summary>Credentials that are void.</summary>
    BadCredentials,
}
