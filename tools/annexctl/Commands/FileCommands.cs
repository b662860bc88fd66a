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

    public static Command Create()
    {
        var user = new Option<string>("--user") { Description = "Only this person's", HelpName = "jid" };
        var since = GlobalOptions.Time("--since", "Only files from then on");
        var until = GlobalOptions.Time("--until", "Only files before");
        return Group("files", "Uploaded files: list, delete, quotas, blocked content",
            List("list", "Files, the newest first", Upload, "There are no files.", [user, since, until, GlobalOptions.Limit],
                (session, upload) => Client(upload).ListFiles(new ListFilesRequest
                {
                    Uploader = session.Text(user),
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
            Do("delete-user", "Deletes all files of one person", Upload, [User],
                (session, upload) => Client(upload).DeleteFilesOfUserAsync(
                    new DeleteFilesOfUserRequest { Uploader = session.Get(User) }, session.Call),
                (_, answer) => $"{answer.Files} files with {Output.Bytes(answer.Bytes)} are deleted.",
                session => $"Delete all files of {session.Get(User)}?"),
            Usage(), Export(),
            Do("block", "Deletes files with this content and refuses them from now on", Upload, [Hash, GlobalOptions.Reason],
                (session, upload) => Client(upload).BlockContentAsync(
                    new BlockContentRequest { Sha256 = session.Get(Hash), Reason = session.Text(GlobalOptions.Reason) }, session.Call),
                (_, answer) => $"Blocked; {answer.FilesDeleted} files are deleted.", session => $"Block {session.Get(Hash)} and delete files with it?"),
            Do("unblock", "Takes this content again", Upload, [Hash],
                (session, upload) => Client(upload).UnblockContentAsync(new UnblockContentRequest { Sha256 = session.Get(Hash) }, session.Call),
                (session, _) => $"{session.Get(Hash)} is not blocked any more."),
            List("blocked", "Content that is refused", Upload, "Nothing is blocked.", [],
                (session, upload) => Client(upload).ListBlockedContent(new ListBlockedContentRequest(), session.Stream),
                ("SHA-256", b => b.Sha256), ("At", b => Output.Time(b.At)), ("Reason", b => b.Reason)));
    }

    private static Command Usage()
    {
        var user = new Argument<string>("user") { Description = "A bare JID; all together without it", DefaultValueFactory = _ => "" };
        return Show("usage", "What is stored, and the quotas", Upload, [user],
            (session, upload) => Client(upload).GetUsageAsync(new GetUsageRequest { Uploader = session.Get(user) }, session.Call),
            usage => [("Files", $"{usage.Files}"), ("Stored", Output.Bytes(usage.Bytes)), ("Today", Output.Bytes(usage.BytesToday)),
                ("Daily quota", usage.DailyQuota > 0 ? Output.Bytes(usage.DailyQuota) : "none"),
                ("Total quota", usage.TotalQuota > 0 ? Output.Bytes(usage.TotalQuota) : "none")]);
    }

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
