using System.Globalization;
using Annex.Upload.Life;
using Annex.Upload.Slots;
using Annex.Upload.Storage;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Extensions.Forms;

namespace Annex.Upload.Handlers;

/// <summary>Ad-hoc commands (XEP-0050) for whoever may upload: see, count, delete and take along what is theirs.</summary>
public sealed class UserCommands(
    Admission admission, FileTable files, UsageTable usage, SlotTable slots, Sweeper sweeper, FileExport export, SlotUrls urls,
    UploadOptions options, TimeProvider time)
{
    public const string Prefix = "urn:annex:upload:";
    private const int PageSize = 50;

    public void AddTo(CommandTable table)
    {
        bool IsAllowed(CommandRequest request) => admission.IsAllowed(request.From);
        table.Add(new Command(Prefix + "files", "My files", IsAllowed,
                (request, token) => ListAsync(request, long.MaxValue, token)))
            .Add(new Command(Prefix + "usage", "My storage", IsAllowed, UsageAsync))
            .Add(new Command(Prefix + "delete", "Delete one of my files", IsAllowed, AskUrlAsync))
            .Add(new Command(Prefix + "delete-all", "Delete all my files", IsAllowed, AskAllAsync))
            .Add(new Command(Prefix + "export", "Export all about my files", IsAllowed, ExportAsync));
    }

    /// <summary>A table of files, with a hidden field where there are more.</summary>
    internal static DataForm Table(IEnumerable<UploadFile> page, SlotUrls urls, bool withOwner)
    {
        var form = new DataForm(FormType.Result) { Title = "Files" };
        if (withOwner) form.Reported.Add(new Field("uploader", FieldType.JidSingle) { Label = "Uploader" });
        form.Reported.Add(new Field("name", FieldType.TextSingle) { Label = "Name" });
        form.Reported.Add(new Field("size", FieldType.TextSingle) { Label = "Bytes" });
        form.Reported.Add(new Field("purpose", FieldType.TextSingle) { Label = "Purpose" });
        form.Reported.Add(new Field("stored", FieldType.TextSingle) { Label = "Stored" });
        form.Reported.Add(new Field("expires", FieldType.TextSingle) { Label = "Expires" });
        form.Reported.Add(new Field("url", FieldType.TextSingle) { Label = "URL" });
        foreach (var file in page)
        {
            var row = new List<Field>();
            if (withOwner) row.Add(new Field("uploader", FieldType.JidSingle, file.Owner));
            row.Add(new Field("name", FieldType.TextSingle, file.Name));
            row.Add(new Field("size", FieldType.TextSingle, Number(file.Size)));
            row.Add(new Field("purpose", FieldType.TextSingle, UploadNamespaces.Name(file.Purpose)));
            row.Add(new Field("stored", FieldType.TextSingle, XmppDateTime.Format(file.Stored!.Value)));
            row.Add(new Field("expires", FieldType.TextSingle, file.Expires is { } end ? XmppDateTime.Format(end) : "never"));
            row.Add(new Field("url", FieldType.TextSingle, urls.Get(file.Path).AbsoluteUri));
            form.AddItem(row);
        }
        return form;
    }

    internal static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal static DataForm UsageForm(UserUsage? usage, UploadOptions options)
    {
        var form = new DataForm(FormType.Result) { Title = "Storage" };
        form.Add(Field.TextSingle("files", Number(usage?.Files ?? 0), "Files and pending uploads"));
        foreach (var (purpose, bytes) in new[]
            {
                (Purpose.Message, usage?.MessageBytes), (Purpose.Profile, usage?.ProfileBytes),
                (Purpose.Ephemeral, usage?.EphemeralBytes), (Purpose.Permanent, usage?.PermanentBytes),
            })
        {
            var name = UploadNamespaces.Name(purpose);
            if (!options.Policy(purpose).Enabled && bytes is null or 0) continue;
            form.Add(Field.TextSingle($"{name}-bytes", Number(bytes ?? 0), $"Bytes for {name}"));
            if (options.Policy(purpose).Quota > 0)
            {
                form.Add(Field.TextSingle($"{name}-quota", Number(options.Policy(purpose).Quota), $"Bytes allowed for {name}"));
            }
        }
        if (options.UserQuota > 0) form.Add(Field.TextSingle("quota", Number(options.UserQuota), "Bytes allowed in all"));
        return form;
    }

    private async Task<CommandStep> ListAsync(CommandRequest request, long before, CancellationToken cancellationToken)
    {
        var page = await files.ListAsync(Owner(request), before, PageSize + 1, time.GetUtcNow(), cancellationToken);
        if (page.Count == 0) return CommandStep.Done("There are no files of yours.");
        var form = Table(page.Take(PageSize), urls, withOwner: false);
        if (page.Count <= PageSize) return CommandStep.Done(form);
        // The client asks for the next page by going on; the form in front of it is the page.
        return CommandStep.Ask(form, (next, token) => ListAsync(next, page[PageSize - 1].Id, token), isLast: false,
            new CommandNote("There are more; go on to see them."));
    }

    private async Task<CommandStep> UsageAsync(CommandRequest request, CancellationToken cancellationToken) =>
        CommandStep.Done(UsageForm(await usage.FindAsync(Owner(request), cancellationToken), options));

    private Task<CommandStep> AskUrlAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var form = new DataForm(FormType.Form, Prefix + "delete") { Title = "Delete one of my files" };
        form.Add(Field.TextSingle("url", null, "URL of the file").Require());
        return Task.FromResult(CommandStep.Ask(form, DeleteAsync));
    }

    private async Task<CommandStep> DeleteAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        // Somebody else's file and none at all look the same.
        if (!urls.TryGetPath(request.Submitted?.Text("url")?.Trim() ?? "", out var path)
            || await slots.FindAsync(path, cancellationToken) is not { } file || file.Owner != Owner(request))
        {
            return CommandStep.Refused(UploadErrors.FileUnknown);
        }
        await sweeper.DeleteAsync([file.Id], DeleteReason.Uploader, cancellationToken);
        return CommandStep.Done("The file is deleted.");
    }

    private Task<CommandStep> AskAllAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var form = new DataForm(FormType.Form, Prefix + "delete-all") { Title = "Delete all my files" };
        form.Add(Field.Bool("sure", false, "Yes, delete every file that I have uploaded").Require());
        return Task.FromResult(CommandStep.Ask(form, DeleteAllAsync));
    }

    private async Task<CommandStep> DeleteAllAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Submitted?.Boolean("sure") is not true) return CommandStep.Done("Nothing was deleted.");
        var (count, bytes) = await sweeper.DeleteAllAsync(Owner(request), DeleteReason.Uploader, cancellationToken);
        return CommandStep.Done($"{count} files with {bytes} bytes are deleted.");
    }

    private async Task<CommandStep> ExportAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var url = await export.CreateAsync(Owner(request), cancellationToken);
        var form = new DataForm(FormType.Result) { Title = "Export" };
        form.Add(Field.TextSingle("url", url.AbsoluteUri, "To be fetched within a day"));
        return CommandStep.Done(form);
    }

    private static string Owner(CommandRequest request) => request.From.Bare.ToString();
}
