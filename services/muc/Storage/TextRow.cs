using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>Table muc.texts: the words of archived messages, for XEP-0431. Written behind, by TextIndexer, so that storing a message
/// costs what it did without; never of what is end-to-end encrypted.</summary>
internal sealed class TextRow
{
    public long Archive { get; set; }

    public long Number { get; set; }

    /// <summary>The words, and one lexeme that names the archive: one index serves all rooms.</summary>
    public required NpgsqlTsVector Words { get; set; }
}
