using Annex.Upload.Life;
using Annex.Upload.Slots;
using Annex.Upload.Storage;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Extensions.Forms;

namespace Annex.Upload.Handlers;

/// <summary>Ad-hoc commands (XEP-0050) for the operators that Admins names.</summary>
public sealed class AdminCommands(
    AdminList admins, FileTable files, UsageTable usage, SlotTable slots, BlockList blockList, Sweeper sweeper, OrphanMender mender,
    Blocking blocking, SlotUrls urls, UploadOptions options, TimeProvider time)
{
    private const string Prefix = UserCommands.Prefix + "admin:";
    private const int PageSize = 50;
    private const int MaxBlocked = 500;

    public void AddTo(CommandTable table)
    {
        bool IsAllowed(CommandRequest request) => admins.Contains(request.From);
        table.Add(new Command(Prefix + "usage", "Storage of all users", IsAllowed, TotalsAsync))
            .Add(new Command(Prefix + "files", "Files of a user", IsAllowed, AskJid("files", "Files of a user", ListAsync)))
            .Add(new Command(Prefix + "user-usage", "Storage of a user", IsAllowed,
                AskJid("user-usage", "Storage of a user", UsageAsync)))
            .Add(new Command(Prefix + "delete", "Delete a file", IsAllowed, AskUrlAsync))
            .Add(new Command(Prefix + "delete-user", "Delete all files of a user", IsAllowed,
                AskJid("delete-user", "Delete all files of a user", DeleteAllAsync)))
            .Add(new Command(Prefix + "block", "Block a content", IsAllowed, AskHash("block", BlockAsync)))
            .Add(new Command(Prefix + "unblock", "Unblock a content", IsAllowed, AskHash("unblock", UnblockAsync)))
            .Add(new Command(Prefix + "blocked", "Blocked contents", IsAllowed, BlockedAsync))
            .Add(new Command(Prefix + "mend", "Compare store and database now", IsAllowed, MendAsync));
    }

    private static CommandStage AskJid(string node, string title, CommandStage next) => (_, _) =>
    {
        var form = new DataForm(FormType.Form, Prefix + node) { Title = title };
        form.Add(Field.JidSingle("jid", null, "The user").Require());
        return Task.FromResult(CommandStep.Ask(form, next));
    };

    private static CommandStage AskHash(string node, CommandStage next) => (_, _) =>
    {
        var form = new DataForm(FormType.Form, Prefix + node) { Title = "A content, by its hash" };
        form.Add(Field.TextSingle("what", null, "SHA-256 in hexadecimal, or the URL of a file with it").Require());
        form.Add(Field.TextSingle("reason", null, "Reason"));
        return Task.FromResult(CommandStep.Ask(form, next));
    };

    private async Task<CommandStep> TotalsAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var form = new DataForm(FormType.Result) { Title = "Storage by domain" };
        form.Reported.Add(new Field("domain", FieldType.TextSingle) { Label = "Domain" });
        form.Reported.Add(new Field("files", FieldType.TextSingle) { Label = "Files and pending uploads" });
        form.Reported.Add(new Field("bytes", FieldType.TextSingle) { Label = "Bytes" });
        foreach (var (domain, total) in (await usage.TotalsAsync(cancellationToken)).OrderByDescending(pair => pair.Value.Bytes))
        {
            form.AddItem(
                new Field("domain", FieldType.TextSingle, domain),
                new Field("files", FieldType.TextSingle, UserCommands.Number(total.Files)),
                new Field("bytes", FieldType.TextSingle, UserCommands.Number(total.Bytes)));
        }
        return CommandStep.Done(form);
    }

    private async Task<CommandStep> ListAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var owner = request.Submitted!.Jid("jid")!.Bare.ToString();
        return await PageAsync(owner, long.MaxValue, cancellationToken);
    }

    private async Task<CommandStep> PageAsync(string owner, long before, CancellationToken cancellationToken)
    {
        var page = await files.ListAsync(owner, before, PageSize + 1, time.GetUtcNow(), cancellationToken);
        if (page.Count == 0) return CommandStep.Done("There are no files.");
        var form = UserCommands.Table(page.Take(PageSize), urls, withOwner: true);
        return page.Count <= PageSize
            ? CommandStep.Done(form)
            : CommandStep.Ask(form, (_, token) => PageAsync(owner, page[PageSize - 1].Id, token), isLast: false);
    }

    private async Task<CommandStep> UsageAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var found = await usage.FindAsync(request.Submitted!.Jid("jid")!.Bare.ToString(), cancellationToken);
        return CommandStep.Done(UserCommands.UsageForm(found, options));
    }

    private Task<CommandStep> AskUrlAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var form = new DataForm(FormType.Form, Prefix + "delete") { Title = "Delete a file" };
        form.Add(Field.TextSingle("url", null, "URL of the file").Require());
        return Task.FromResult(CommandStep.Ask(form, DeleteAsync));
    }

    private async Task<CommandStep> DeleteAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request.Submitted!.Text("url"), cancellationToken) is not { } file)
        {
            return CommandStep.Refused(UploadErrors.FileUnknownToAdmin);
        }
        await sweeper.DeleteAsync([file.Id], DeleteReason.Operator, cancellationToken);
        return CommandStep.Done("The file is deleted.");
    }

    private async Task<CommandStep> DeleteAllAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var owner = request.Submitted!.Jid("jid")!.Bare.ToString();
        var (count, bytes) = await sweeper.DeleteAllAsync(owner, DeleteReason.Operator, cancellationToken);
        return CommandStep.Done($"{count} files with {bytes} bytes are deleted.");
    }

    private async Task<CommandStep> BlockAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (await HashAsync(request, cancellationToken) is not { } sha256) return CommandStep.Refused(UploadErrors.FieldInvalid);
        var count = await blocking.BlockAsync(sha256, request.Submitted!.Text("reason") ?? "", cancellationToken);
        return CommandStep.Done($"The content is blocked; {count} files with it are deleted.");
    }

    private async Task<CommandStep> UnblockAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (await HashAsync(request, cancellationToken) is not { } sha256) return CommandStep.Refused(UploadErrors.FieldInvalid);
        return CommandStep.Done(await blocking.UnblockAsync(sha256, cancellationToken)
            ? "The content may be uploaded again." : "The content was not blocked.");
    }

    private async Task<CommandStep> BlockedAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var form = new DataForm(FormType.Result) { Title = "Blocked contents" };
        form.Reported.Add(new Field("sha256", FieldType.TextSingle) { Label = "SHA-256" });
        form.Reported.Add(new Field("reason", FieldType.TextSingle) { Label = "Reason" });
        form.Reported.Add(new Field("at", FieldType.TextSingle) { Label = "Since" });
        foreach (var blocked in await blockList.ListAsync(MaxBlocked, cancellationToken))
        {
            form.AddItem(
                new Field("sha256", FieldType.TextSingle, Convert.ToHexStringLower(blocked.Sha256)),
                new Field("reason", FieldType.TextSingle, blocked.Reason),
                new Field("at", FieldType.TextSingle, XmppDateTime.Format(blocked.At)));
        }
        return CommandStep.Done(form);
    }

    private async Task<CommandStep> MendAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        await sweeper.SweepAsync(cancellationToken);
        var (orphans, lost) = await mender.MendAsync(cancellationToken);
        return CommandStep.Done($"{orphans} blobs without a file and {lost} files without a blob were removed.");
    }

    private async Task<byte[]?> HashAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var what = request.Submitted!.Text("what")?.Trim();
        if (Sha256Text.TryParse(what, out var sha256)) return sha256;
        return (await FindAsync(what, cancellationToken))?.Sha256;
    }

    private async Task<UploadFile?> FindAsync(string? url, CancellationToken cancellationToken) =>
        urls.TryGetPath(url?.Trim() ?? "", out var path) ? await slots.FindAsync(path, cancellationToken) : null;
}
