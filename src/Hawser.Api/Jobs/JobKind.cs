using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Jobs;

/// <summary>What is done in a job of one name. Slices add theirs to the services.</summary>
internal abstract class JobKind
{
    /// <summary>Its name in rows and answers, for instance <c>devices.disable</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The name of the kind that takes it back; empty: nothing does.</summary>
    public virtual string UndoneBy => "";

    /// <summary>
    /// Whether only who began it sees it, administrators neither, because it works on what they can't open. What he may
    /// is asked at each item.
    /// </summary>
    public virtual bool IsPersonal => false;

    /// <summary>How many items are one transaction.</summary>
    public virtual int Batch => 1;

    /// <summary>
    /// Reads what the items are before the first is touched, one text an item, in their order; they are the items of
    /// the job that takes this one back.
    /// </summary>
    public virtual Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>
    /// Does one item; it may be done again after a crash. What it adds to the context is saved with its batch.
    /// </summary>
    /// <returns>Why it can't be done; null: it is done.</returns>
    public abstract Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken);

    /// <summary>Whether this node has what the job needs; where it has not, another one does the job.</summary>
    public virtual bool IsHere(JobRequest request) => true;

    /// <summary>Whether somebody who is no administrator may have these items taken back.</summary>
    public virtual Task<bool> MayUndoAsync(
        HawserDb db, CurrentUser user, IReadOnlyList<string> items, CancellationToken cancellationToken) =>
        Task.FromResult(false);

    /// <summary>Whether somebody who is no administrator may have what failed done once more.</summary>
    public virtual Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(false);

    /// <summary>Whether items that failed are kept, encrypted, so that they can be tried again.</summary>
    public virtual bool IsRepeatable(JobRequest request) => true;

    /// <summary>After a batch is stored.</summary>
    public virtual Task StoredAsync(
        JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Where an item of a job is done.</summary>
/// <param name="Services">Of this step.</param>
/// <param name="Db">The context of its transaction.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Tell">Tells how far it is, where one item takes long: done and total.</param>
/// <param name="Job">The job's row: whose it is.</param>
internal sealed record JobStep(
    IServiceProvider Services, HawserDb Db, JobRequest Request, Func<int, int, Task> Tell, Job Job)
{
    /// <summary>
    /// Writes down what is done to one item, so that its own log has it, too; all rows of a job name it. Saved with the
    /// batch.
    /// </summary>
    /// <param name="operation">What is done.</param>
    /// <param name="target">To what.</param>
    /// <param name="details">More, as names and values; never a secret.</param>
    public void Log(ConsoleOperation operation, string target, params (string Name, string? Value)[] details) =>
        Services.GetRequiredService<ConsoleLog>().AddOfJob(Db, Job, operation, target, details);

    /// <summary>What came of it, JSON; for the job's row.</summary>
    public string Result { get; set; } = "";
}
