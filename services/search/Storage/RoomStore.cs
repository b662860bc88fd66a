using Annex.Search.Index;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Search.Storage;

/// <summary>Writes rooms into the index, each statement in the caller's transaction. What arrives late changes nothing: of a
/// room's events the one with the greatest version counts.</summary>
public sealed class RoomStore(TimeProvider time)
{
    /// <summary>Delisting takes it alone, indexing shares it: so a room that is delisted while it is being indexed stays out.</summary>
    internal const long DelistingLock = 0x616e6e65785f64; // "annex_d"

    /// <summary>After these days without any sign of a room, what reminds of it is forgotten.</summary>
    public const int TombstoneDays = 30;

    /// <summary>True where a room or its domain is delisted; wants @jid and @domain.</summary>
    internal const string IsDelisted = """
        exists (select from search.delistings d where d.subject = @jid or d.subject = @domain
                or @domain like '%.' || replace(replace(replace(d.subject, '\', '\\'), '%', '\%'), '_', '\_'))
        """;

    // Looked for when a room is put in: those that came before the limit get it when they are seen again.
    private static readonly string FlagsText = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
        @flags || case when @name_key <> '' and {Suspicion.DuplicateNamesFrom} <= (select count(*) from
            (select from search.rooms o where o.is_listed and o.name_key = @name_key and o.domain = @domain and o.jid <> @jid
                limit {Suspicion.DuplicateNamesFrom}) others) then array['{Suspicion.DuplicateName}'] else '{"{}"}'::text[] end
        """);

    private static readonly string UpsertText = $"""
        insert into search.rooms as r (jid, domain, is_ours, version, occupancy_version, name, description, language,
            primary_language, tags, occupants, is_open, is_non_anonymous, is_moderated, is_nsfw, flags, avatar_hash,
            web_chat_url, logs_url, is_present, is_listed, activity, activity_at, popularity,
            first_seen, last_seen, changed_at, name_key, local_key, words)
        values (@jid, @domain, @is_ours, @version, @version, @name, @description, @language,
            @primary_language, @tags, @occupants, @is_open, @is_non_anonymous, @is_moderated, @is_nsfw, {FlagsText}, @avatar_hash,
            @web_chat_url, @logs_url, true, not {IsDelisted}, @occupants, @now, @popularity,
            @now, @now, @now, @name_key, @local_key,
            @words::tsvector || setweight(to_tsvector(@stemmer::regconfig, @name_words), 'A')
                || setweight(to_tsvector(@stemmer::regconfig, @tag_words), 'D')
                || setweight(to_tsvector(@stemmer::regconfig, @description_words), 'C'))
        on conflict (jid) do update set
            domain = excluded.domain, is_ours = excluded.is_ours, version = excluded.version,
            occupancy_version = greatest(r.occupancy_version, excluded.occupancy_version),
            name = excluded.name, description = excluded.description, language = excluded.language,
            primary_language = excluded.primary_language, tags = excluded.tags,
            occupants = case when excluded.occupancy_version >= r.occupancy_version or not excluded.is_ours
                then excluded.occupants else r.occupants end,
            is_open = excluded.is_open, is_non_anonymous = excluded.is_non_anonymous, is_moderated = excluded.is_moderated,
            is_nsfw = excluded.is_nsfw, flags = excluded.flags, avatar_hash = excluded.avatar_hash,
            web_chat_url = excluded.web_chat_url, logs_url = excluded.logs_url, is_present = true,
            is_listed = excluded.is_listed,
            {Smoothed},
            first_seen = case when r.is_present then r.first_seen else excluded.first_seen end,
            last_seen = excluded.last_seen,
            changed_at = case when (r.name, r.description, r.tags, r.is_open, r.is_listed)
                is distinct from (excluded.name, excluded.description, excluded.tags, excluded.is_open, excluded.is_listed)
                then excluded.changed_at else r.changed_at end,
            name_key = excluded.name_key, local_key = excluded.local_key, words = excluded.words
        where case when excluded.is_ours then not r.is_ours or r.version < excluded.version
                   else not r.is_ours or not r.is_present end
        """;

    // Index/Activity.cs and Index/Relevance.cs say the same in C#; the tests compare. Evaluated on the row as it was.
    private const string Smoothed = """
            activity = r.activity + (r.occupants - r.activity)
                * (1 - exp(-greatest(0, extract(epoch from @now - r.activity_at)) / @time_constant)),
            activity_at = @now, changed_by = pg_current_xact_id(),
            popularity = round(1000 * ln(1 + greatest(0, r.activity + (r.occupants - r.activity)
                * (1 - exp(-greatest(0, extract(epoch from @now - r.activity_at)) / @time_constant)))))::int
        """;

    private const string OccupancyText = $"""
        update search.rooms r set occupants = @occupants, occupancy_version = @version, last_seen = @now, {Smoothed}
        where jid = @jid and is_ours and is_present and occupancy_version < @version
        """;

    // Of a room that is gone nothing is kept but its address and version.
    private const string Hidden = """
        name = '', description = '', language = null, primary_language = null, tags = '{}', occupants = 0, flags = '{}',
        avatar_hash = null, web_chat_url = null, logs_url = null, is_present = false, is_listed = false, activity = 0,
        activity_at = @now, popularity = 0, last_seen = @now, changed_at = @now, name_key = '', local_key = '', words = '',
        changed_by = pg_current_xact_id()
        """;

    private const string RemoveText = $$"""
        insert into search.rooms as r (jid, domain, is_ours, version, occupancy_version, name, description, tags, occupants,
            is_open, is_non_anonymous, is_moderated, is_nsfw, flags, is_present, is_listed, activity, activity_at,
            popularity, first_seen, last_seen, changed_at, name_key, local_key, words)
        values (@jid, @domain, true, @version, @version, '', '', '{}', 0, false, false, false, false, '{}', false, false,
            0, @now, 0, @now, @now, @now, '', '', '')
        on conflict (jid) do update set
            is_ours = true, version = excluded.version, {{Hidden}}
        where not r.is_ours or r.version < excluded.version
        """;

    /// <summary>Puts a room in (a candidate), or what is known of it right. A room of ours is not touched by what the crawler thinks of it.</summary>
    /// <param name="version">Of the event; null for what was crawled.</param>
    /// <returns>False where the index knows better.</returns>
    public async Task<bool> PutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, RoomFacts room, long? version, CancellationToken cancellationToken)
    {
        await LockAsync(connection, transaction, isExclusive: false, cancellationToken);
        await using var command = new NpgsqlCommand(UpsertText, connection, transaction);
        var parameters = command.Parameters;
        parameters.AddWithValue("jid", room.Jid);
        parameters.AddWithValue("domain", room.Domain);
        parameters.AddWithValue("is_ours", version is not null);
        parameters.AddWithValue("version", version ?? 0L);
        parameters.AddWithValue("name", room.Name);
        parameters.AddWithValue("description", room.Description);
        parameters.Add(new("language", NpgsqlDbType.Text) { Value = (object?)room.Language ?? DBNull.Value });
        parameters.Add(new("primary_language", NpgsqlDbType.Text)
        {
            Value = (object?)Languages.PrimaryOf(room.Language) ?? DBNull.Value,
        });
        parameters.AddWithValue("tags", room.Tags.ToArray());
        parameters.AddWithValue("occupants", room.Occupants);
        parameters.AddWithValue("is_open", room.IsOpen);
        parameters.AddWithValue("is_non_anonymous", room.IsNonAnonymous);
        parameters.AddWithValue("is_moderated", room.IsModerated);
        parameters.AddWithValue("is_nsfw", room.IsNsfw);
        parameters.AddWithValue("flags", room.Flags.ToArray());
        parameters.Add(new("avatar_hash", NpgsqlDbType.Text) { Value = (object?)room.AvatarHash ?? DBNull.Value });
        parameters.Add(new("web_chat_url", NpgsqlDbType.Text) { Value = (object?)room.WebChatUrl ?? DBNull.Value });
        parameters.Add(new("logs_url", NpgsqlDbType.Text) { Value = (object?)room.LogsUrl ?? DBNull.Value });
        parameters.AddWithValue("popularity", Relevance.Popularity(room.Occupants));
        parameters.AddWithValue("name_key", Tokenizer.Key(room.Name));
        parameters.AddWithValue("local_key", Tokenizer.Key(room.Local));
        parameters.AddWithValue("words", SearchVector.Of(room));
        parameters.AddWithValue("stemmer", Languages.StemmerOf(room.Language));
        parameters.AddWithValue("name_words", SearchVector.Plain(room.Name));
        parameters.AddWithValue("tag_words", SearchVector.Plain(string.Join(' ', room.Tags)));
        parameters.AddWithValue("description_words", SearchVector.Plain(room.Description));
        AddTime(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    public async Task<bool> SetOccupantsAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string jid, int occupants, long version,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(OccupancyText, connection, transaction);
        command.Parameters.AddWithValue("jid", jid);
        command.Parameters.AddWithValue("occupants", Math.Clamp(occupants, 0, RoomFacts.MostOccupants));
        command.Parameters.AddWithValue("version", version);
        AddTime(command.Parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>A room of ours is gone. Its address and version stay for a while, since older events may still come.</summary>
    public async Task<bool> RemoveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string jid, long version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(RemoveText, connection, transaction);
        command.Parameters.AddWithValue("jid", jid);
        command.Parameters.AddWithValue("domain", jid[(jid.IndexOf('@', StringComparison.Ordinal) + 1)..]);
        command.Parameters.AddWithValue("version", version);
        command.Parameters.AddWithValue("now", time.GetUtcNow().UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>A room of ours is not there any more, and no event said so: gone, if the index still has this version.</summary>
    public async Task<bool> ForgetAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string jid, long version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"update search.rooms set {Hidden} where jid = @jid and is_ours and version = @version", connection, transaction);
        command.Parameters.AddWithValue("jid", jid);
        command.Parameters.AddWithValue("version", version);
        command.Parameters.AddWithValue("now", time.GetUtcNow().UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Rooms that the crawler found, and that are not to be found any more.</summary>
    internal static async Task HideAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string condition, object value, DateTime now,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"update search.rooms set {Hidden} where not is_ours and is_present and {condition}", connection, transaction);
        command.Parameters.AddWithValue("value", value);
        command.Parameters.AddWithValue("now", now);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal static async Task LockAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, bool isExclusive, CancellationToken cancellationToken)
    {
        var function = isExclusive ? "pg_advisory_xact_lock" : "pg_advisory_xact_lock_shared";
        await using var command = new NpgsqlCommand($"select {function}({DelistingLock})", connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private void AddTime(NpgsqlParameterCollection parameters)
    {
        parameters.AddWithValue("now", time.GetUtcNow().UtcDateTime);
        parameters.AddWithValue("time_constant", Activity.TimeConstant.TotalSeconds);
    }
}
