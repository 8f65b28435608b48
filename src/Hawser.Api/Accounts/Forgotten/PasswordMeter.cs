using System.Security.Cryptography;
using System.Text;
using Hawser.Api.Accounts.SignIn.Browser;

namespace Hawser.Api.Accounts.Forgotten;

/// <summary>
/// Says beside a password that is being chosen how hard it is to guess, as the console does. The only script on these
/// pages, allowed by its hash; without it the page works and says nothing.
/// </summary>
internal static class PasswordMeter
{
    /// <summary>The script.</summary>
    internal const string Script = """
        const field=document.querySelector('[name=password]'),out=document.getElementById('strength');
        const usual=new RegExp('passwor[dt]|p[a@]ssw[o0]rd|qwert[yz]|asdf|12345[0-9]*|1q2w3e|admin|letmein|welcome|'
        +'iloveyou|abc123|changeme|rustdesk|hawser','gi');
        const kinds=t=>[[/[a-z]/,26],[/[A-Z]/,26],[/\d/,10],[/[^a-zA-Z\d]/,33]].reduce((s,[k,n])=>k.test(t)?s+n:s,0);
        const bits=p=>{const r=p.replace(usual,'*');
        return Math.min(r.length,new Set(r).size*2)*Math.log2(Math.max(2,kinds(r)))};
        const word=p=>p===''?'':p.length<field.minLength?'short':p.toLowerCase()===out.dataset.of.toLowerCase()?'name'
        :new Set(p).size<3?'simple':bits(p)<45?'weak':bits(p)<65?'fair':'good';
        field.addEventListener('input',()=>{const w=word(field.value);out.textContent=w===''?'':out.dataset[w]});
        """;

    /// <summary>By what the page's policy allows it.</summary>
    public static string Hash { get; } =
        "'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script))) + "'";

    /// <summary>Where it is said, with all that can be.</summary>
    public static string Html(PasswordWords words, string name) =>
        $"<p id=\"strength\" role=\"status\" data-of=\"{Pages.E(name)}\" data-short=\"{Pages.E(words.Short)}\""
        + $" data-name=\"{Pages.E(words.IsName)}\" data-simple=\"{Pages.E(words.Simple)}\""
        + $" data-weak=\"{Pages.E(words.Weak)}\" data-fair=\"{Pages.E(words.Fair)}\""
        + $" data-good=\"{Pages.E(words.Good)}\"></p>";
}
