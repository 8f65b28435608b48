using System.Runtime.InteropServices;
using System.Text;

namespace Hawser.Agent.Linux;

/// <summary>Texts as C wants them: a list of pointers with a null at its end.</summary>
internal sealed unsafe class TextList : IDisposable
{
    private readonly nint _block;

    public TextList(string[] texts)
    {
        var bytes = texts.Select(t => Encoding.UTF8.GetBytes(t + '\0')).ToArray();
        var table = (texts.Length + 1) * sizeof(nint);
        _block = (nint)NativeMemory.AllocZeroed((nuint)(table + bytes.Sum(b => b.Length)));
        var at = _block + table;
        for (var i = 0; i < bytes.Length; i++)
        {
            ((nint*)_block)[i] = at;
            Marshal.Copy(bytes[i], 0, at, bytes[i].Length);
            at += bytes[i].Length;
        }
    }

    public byte** Pointer => (byte**)_block;

    public void Dispose() => NativeMemory.Free((void*)_block);
}
