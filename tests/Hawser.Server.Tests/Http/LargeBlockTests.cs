using System.Buffers;
using Hawser.Server.Hosting;
using Hawser.TestRig;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Http;

public class LargeBlockTests
{
    [Fact]
    public void So_many_large_blocks_are_out_and_who_comes_then_gets_small_ones()
    {
        using var pool = new LargeBlockPool(new SmallPool(), maxBlocks: 3, new ManualTime());
        var large = Enumerable.Range(0, 3).Select(_ => pool.Rent(4096)).ToList();
        large.ShouldAllBe(b => b.Memory.Length == LargeBlockPool.BlockSize);
        using (var small = pool.Rent(4096)) small.Memory.Length.ShouldBe(4096);
        using (var odd = pool.Rent(10_000)) odd.Memory.Length.ShouldBe(10_000, "more than a small one has is still given");
        var last = large[2].Memory;
        large[2].Dispose();
        pool.Count.ShouldBe((2, 1));
        using var again = pool.Rent();
        again.Memory.ShouldBe(last, "the one that came back last");
        Should.Throw<ArgumentOutOfRangeException>(() => pool.Rent(LargeBlockPool.BlockSize + 1));
        large[0].Dispose();
        large[1].Dispose();
    }

    [Fact]
    public void What_nobody_needed_for_a_minute_is_let_go()
    {
        var time = new ManualTime();
        using var pool = new LargeBlockPool(new SmallPool(), maxBlocks: 10, time);
        foreach (var block in Enumerable.Range(0, 10).Select(_ => pool.Rent()).ToList()) block.Dispose();
        pool.Count.ShouldBe((0, 10));
        time.Advance(TimeSpan.FromMinutes(2));
        pool.Rent().Dispose();
        pool.Count.ShouldBe((0, 10), "ten were needed since the last look");
        time.Advance(TimeSpan.FromMinutes(2));
        pool.Rent().Dispose();
        pool.Count.ShouldBe((0, 1));
    }

    [Fact]
    public async Task Only_the_listeners_that_are_named_have_them_and_bytes_arrive_whole_in_them()
    {
        var first = FreePorts.Block(2);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.ListenLocalhost(first);
            k.ListenLocalhost(first + 1);
        });
        LargeBlocks.Decorate(
            builder.Services, a => a is System.Net.IPEndPoint { Port: var port } && port == first ? 8 : 0, TimeProvider.System);
        await using var app = builder.Build();
        app.Run(async context =>
        {
            var pool = context.Features.Get<IMemoryPoolFeature>()!.MemoryPool;
            using var copy = new MemoryStream();
            await context.Request.Body.CopyToAsync(copy, context.RequestAborted);
            context.Response.Headers["Pool"] = $"{pool is LargeBlockPool}";
            await context.Response.Body.WriteAsync(copy.ToArray(), context.RequestAborted);
        });
        await app.StartAsync();
        using var http = new HttpClient();
        foreach (var (port, isLarge) in ((int, string)[])[(first, "True"), (first + 1, "False")])
        {
            var bytes = new byte[1_500_000];
            new Random(7).NextBytes(bytes);
            using var response = await http.PostAsync($"http://127.0.0.1:{port}/", new ByteArrayContent(bytes));
            response.Headers.GetValues("Pool").ShouldBe([isLarge]);
            (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
        }

        await app.StopAsync();
    }

    /// <summary>As Kestrel's own.</summary>
    private sealed class SmallPool : MemoryPool<byte>
    {
        public override int MaxBufferSize => 4096;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block();

        protected override void Dispose(bool disposing)
        {
            // Nothing is kept.
        }

        private sealed class Block : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = new byte[4096];

            public void Dispose()
            {
                // Nothing is kept.
            }
        }
    }
}
