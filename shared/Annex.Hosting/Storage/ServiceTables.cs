namespace Annex.Hosting.Storage;

/// <summary>
/// The tables that hosting keeps in each service's schema, made at start and not by the services' migrations: they are the same
/// five times, and no model has them. Later changes are statements added at the end that may run again at every start.
/// </summary>
internal static class ServiceTables
{
    public static string Create(string schema) =>
        $"""
        create table if not exists {schema}.outbox (
            id bigint generated always as identity primary key,
            message_id uuid not null,
            type text not null,
            body text not null,
            trace text,
            at timestamptz not null default now())
            with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
        create table if not exists {schema}.inbox (
            consumer text not null,
            message_id uuid not null,
            at timestamptz not null default now(),
            primary key (consumer, message_id));
        create index if not exists inbox_at on {schema}.inbox using brin (at);
        create table if not exists {schema}.event_errors (
            id bigint generated always as identity primary key,
            consumer text not null,
            message_id uuid not null,
            type text not null,
            body text not null,
            trace text,
            error text not null,
            attempts int not null,
            next_at timestamptz,
            at timestamptz not null default now(),
            unique (consumer, message_id));
        create index if not exists event_errors_next on {schema}.event_errors (next_at) where next_at is not null;
        create table if not exists {schema}.lease (
            name text primary key,
            epoch bigint not null,
            holder text not null,
            expires_at timestamptz not null);
        """;
}
