using System.CommandLine;
using Annex.Ctl.Backup;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl backup</summary>
internal static class BackupCommands
{
    public static Command Create()
    {
        var folder = Word("folder", "Where the copy is: a folder of its own");
        var create = CommandBuilding.Create("create", "Copies the database, the uploaded files and the keys; the services may run", [folder], async session =>
        {
            var place = new BackupFolder(session.Get(folder));
            var manifest = await session.Output.WhileAsync("Copying", say => new BackupWriter(session, place, say).RunAsync());
            if (session.Output.IsJson)
                session.Output.Object(manifest);
            else
            {
                session.Output.Markup(Spectre.Console.Markup.Escape($"Copied into {place.Path}: the database ({Output.Bytes(manifest.DatabaseBytes)}), "
                    + $"{manifest.Files} files ({Output.Bytes(manifest.FileBytes)}), {manifest.Keys.Count} keys."));
                foreach (var note in manifest.Notes)
                    session.Output.Note(note);
            }
        });
        var restore = CommandBuilding.Create("restore", "Puts a copy back: into an empty database and empty folders, with the services stopped",
            [folder, GlobalOptions.Yes], async session =>
            {
                var place = new BackupFolder(session.Get(folder));
                session.Confirm($"Restore {place.Path} into the configured database and folders?");
                var manifest = await session.Output.WhileAsync("Restoring", say => new BackupReader(session, place, say).RunAsync());
                if (session.Output.IsJson)
                    session.Output.Object(manifest);
                else
                    session.Output.Markup(Spectre.Console.Markup.Escape($"Restored what was copied on {manifest.At:u} by release {manifest.Version}. Start the services now."));
            });
        return Group("backup", "Copies everything that Annex keeps, and puts it back", create, restore);
    }
}
