using System.CommandLine;
using Annex.Contracts.Upload.V1;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl files</summary>
internal static class FileCommands
{
    private const string Upload = "Upload";

    private static readonly Argument<string> File = Word("file", "Its URL or slot id (annexctl files list shows both)");
    private static readonly Argument<string> User = Word("user", "The uploader's bare JID");
    private static readonly Argument<string> Hash = Word("sha256", "Of the content, in hexadecimal");
    private static readonly Argument<string> Domain = Word("domain", "The uploaders' domain");
    private static readonly Option<string> OfDomain = new("--domain") { Description = "Only this domain's users", HelpName = "domain" };

    public static Command Create()
    {
        var user = new Option<string>("--user") { Description = "Only this person's", HelpName = "jid" };
        var since = GlobalOptions.Time("--since", "Only files from then on");
        var until = GlobalOptions.Time("--until", "Only files before");
        var content = new Option<string>("--sha256") { Description = "Only files with this content", HelpName = "hash" };
        var purpose = new Option<string>("--purpose") { Description = "Only message, profile, ephemeral or permanent ones", HelpName = "purpose" };
        purpose.AcceptOnlyFromAmong("message", "profile", "ephemeral", "permanent");
        return Group("files", "Uploaded files: list, delete, quotas, blocked content",
            List("list", "Files, the newest first", Upload, "There are no files.",
                [user, OfDomain, content, purpose, since, until, GlobalOptions.Limit],
                (session, upload) => Client(upload).ListFiles(new ListFilesRequest
                {
                    Uploader = session.Text(user),
                    Domain = session.Text(OfDomain),
                    Sha256 = session.Text(content),
                    Purpose = session.Text(purpose),
                    Start = session.Time(since),
                    End = session.Time(until),
                    Limit = session.Get(GlobalOptions.Limit),
                }, session.Stream),
                ("Stored", f => Output.Time(f.StoredAt)), ("Uploader", f => f.Uploader), ("Name", f => f.FileName),
                ("Type", f => f.ContentType), ("Size", f => Output.Bytes(f.Size)), ("Expires", f => Output.Time(f.ExpiresAt)), ("URL", f => f.Url)),
            Show("show", "One file", Upload, [File],
                (session, upload) => Client(upload).GetFileAsync(Which(session.Get(File)), session.Call), Fields),
            Do("delete", "Deletes one file", Upload, [File, GlobalOptions.Reason],
                (session, upload) => Client(upload).DeleteFileAsync(Doomed(session.Get(File), session.Text(GlobalOptions.Reason)), session.Call),
                (session, _) => $"{session.Get(File)} is deleted.", session => $"Delete {session.Get(File)}?"),
            DeleteOfUser(), DeleteOfDomain(), Usage(), Users(), Domains(), Export(), Erase(), Block(),
            Do("unblock", "Takes this content again", Upload, [Hash],
                (session, upload) => Client(upload).UnblockContentAsync(new UnblockContentRequest { Sha256 = session.Get(Hash) }, session.Call),
                (session, _) => $"{session.Get(Hash)} is not blocked any more."),
            List("blocked", "Content that is refused", Upload, "Nothing is blocked.", [GlobalOptions.Limit],
                (session, upload) => Client(upload).ListBlockedContent(
                    new ListBlockedContentRequest { Limit = session.Get(GlobalOptions.Limit) }, session.Stream),
                ("SHA-256", b => b.Sha256), ("At", b => Output.Time(b.At)), ("Reason", b => b.Reason)),
            Do("mend", "Gives back what is due, and compares store and database both ways now", Upload, [],
                (session, upload) => Client(upload).MendStoreAsync(new MendStoreRequest(), session.Stream),
                (_, a) => $"{a.Swept} were due, {a.BlobsRemoved} of the store had no file, {a.FilesRemoved} files had no bytes."));
    }

    private static Command DeleteOfUser() => Do("delete-user", "Deletes all files of one person", Upload, [User, GlobalOptions.Reason],
        (session, upload) => Client(upload).DeleteFilesOfUserAsync(
            new DeleteFilesOfUserRequest { Uploader = session.Get(User), Reason = session.Text(GlobalOptions.Reason) }, session.Call),
        (_, answer) => $"{answer.Files} files with {Output.Bytes(answer.Bytes)} are deleted.",
        session => $"Delete all files of {session.Get(User)}?");

    private static Command DeleteOfDomain() => Do("delete-domain", "Deletes all files of all users of a domain", Upload, [Domain, GlobalOptions.Reason],
        (session, upload) => Client(upload).DeleteFilesOfDomainAsync(
            new DeleteFilesOfDomainRequest { Domain = session.Get(Domain), Reason = session.Text(GlobalOptions.Reason) }, session.Stream),
        (_, answer) => $"{answer.Files} files with {Output.Bytes(answer.Bytes)} are deleted.",
        session => $"Delete the files of all users of {session.Get(Domain)}?");

    private static Command Erase() => Do("erase-user", "Forgets all that upload keeps of one person (accounts erase: all services)", Upload, [User],
        (session, upload) => Client(upload).EraseUserAsync(new EraseUserRequest { Uploader = session.Get(User) }, session.Call),
        (_, answer) => $"{answer.Files} files with {Output.Bytes(answer.Bytes)} and the record of them are gone.",
        session => $"Forget all that upload keeps of {session.Get(User)}?");

    private static Command Block()
    {
        var content = Word("content", "Its SHA-256 in hexadecimal, or the URL of a file that has it");
        return Do("block", "Deletes files with this content and refuses them from now on", Upload, [content, GlobalOptions.Reason],
            (session, upload) =>
            {
                var request = new BlockContentRequest { Reason = session.Text(GlobalOptions.Reason) };
                if (IsUrl(session.Get(content)))
                    request.Url = session.Get(content);
                else
                    request.Sha256 = session.Get(content);
                return Client(upload).BlockContentAsync(request, session.Call);
            },
            (_, answer) => $"{answer.Sha256} is blocked; {answer.FilesDeleted} files are deleted.",
            session => $"Block {session.Get(content)} and delete files with this content?");
    }

    private static Command Usage()
    {
        var user = new Argument<string>("user") { Description = "A bare JID; all together without it", DefaultValueFactory = _ => "" };
        return Show("usage", "What is stored, and the quotas", Upload, [user, OfDomain],
            (session, upload) => Client(upload).GetUsageAsync(
                new GetUsageRequest { Uploader = session.Get(user), Domain = session.Text(OfDomain) }, session.Call),
            usage =>
            [
                ("Files", $"{usage.Files}"), ("Files a user may have", usage.MaxFiles > 0 ? $"{usage.MaxFiles}" : ""),
                ("Stored", Output.Bytes(usage.Bytes)), ("Today", Output.Bytes(usage.BytesToday)),
                ("Daily quota", usage.DailyQuota > 0 ? Output.Bytes(usage.DailyQuota) : "none"),
                ("Total quota", usage.TotalQuota > 0 ? Output.Bytes(usage.TotalQuota) : "none"),
                .. usage.Purposes.Select(p => (p.Purpose, OfPurpose(p))),
            ]);
    }

    private static string OfPurpose(PurposeUsage purpose)
    {
        var words = new List<string> { Output.Bytes(purpose.Bytes) + (purpose.Quota > 0 ? $" of {Output.Bytes(purpose.Quota)}" : "") };
        if (purpose.MaxFileSize > 0)
            words.Add($"a file up to {Output.Bytes(purpose.MaxFileSize)}");
        words.Add(purpose.RetentionSeconds > 0 ? $"kept {Output.Number(purpose.RetentionSeconds / 86400.0)} days" : "kept until it is deleted");
        if (!purpose.IsServed)
            words.Add("not served");
        return string.Join(", ", words);
    }

    private static Command Users() => List("users", "Who keeps most", Upload, "Nobody keeps anything.", [OfDomain, GlobalOptions.Limit],
        (session, upload) => Client(upload).ListUserUsage(
            new ListUserUsageRequest { Domain = session.Text(OfDomain), Limit = session.Get(GlobalOptions.Limit) }, session.Stream),
        ("User", u => u.Uploader), ("Files", u => $"{u.Files}"), ("Stored", u => Output.Bytes(u.Bytes)));

    private static Command Domains() => List("domains", "What each domain's users keep", Upload, "No domain keeps anything.", [],
        (session, upload) => Client(upload).ListDomainUsage(new ListDomainUsageRequest(), session.Stream),
        ("Domain", d => d.Domain), ("Files", d => $"{d.Files}"), ("Stored", d => Output.Bytes(d.Bytes)),
        ("Quota", d => d.Quota > 0 ? Output.Bytes(d.Quota) : "none"));

    private static Command Export() => CommandBuilding.Create("export", "All that is known about a person's files, as JSON", [User],
        session => session.AskAsync(Upload, async upload =>
        {
            var answer = await Client(upload).ExportUserAsync(new ExportUserRequest { Uploader = session.Get(User) }, session.Call);
            await session.Parsed.InvocationConfiguration.Output.WriteLineAsync(answer.Json.ToStringUtf8());
            return true;
        }));

    private static UploadAdministration.UploadAdministrationClient Client(Grpc.Core.CallInvoker upload) => new(upload);

    private static bool IsUrl(string file) => file.Contains("://", StringComparison.Ordinal);

    private static GetFileRequest Which(string file) =>
        IsUrl(file) ? new GetFileRequest { Url = file } : new GetFileRequest { SlotId = file };

    private static DeleteFileRequest Doomed(string file, string reason)
    {
        var request = new DeleteFileRequest { Reason = reason };
        if (IsUrl(file))
            request.Url = file;
        else
            request.SlotId = file;
        return request;
    }

    private static (string, string)[] Fields(StoredFile file) =>
    [
        ("Slot", file.SlotId), ("URL", file.Url), ("Uploader", file.Uploader), ("Name", file.FileName), ("Type", file.ContentType),
        ("Size", Output.Bytes(file.Size)), ("SHA-256", file.Sha256), ("Purpose", file.Purpose), ("Stored", Output.Time(file.StoredAt)),
        ("Expires", Output.Time(file.ExpiresAt)),
    ];
}
