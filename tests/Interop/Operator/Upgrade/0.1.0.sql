-- Release 0.1.0 as clients left it: a room, messages, a file, the index. Made by pg_dump; keys are replaced, no lease is held.
--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: muc; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA muc;


--
-- Name: push; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA push;


--
-- Name: search; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA search;


--
-- Name: upload; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA upload;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: __EFMigrationsHistory; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc."__EFMigrationsHistory" (
    "MigrationId" character varying(150) NOT NULL,
    "ProductVersion" character varying(32) NOT NULL
);


--
-- Name: affiliations; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.affiliations (
    room text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    affiliation smallint NOT NULL,
    nick text,
    reason text,
    changed_by text,
    changed_at timestamp with time zone NOT NULL
);


--
-- Name: archives; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.archives (
    id bigint NOT NULL,
    room text COLLATE pg_catalog."C",
    removed_at timestamp with time zone
);


--
-- Name: archives_id_seq; Type: SEQUENCE; Schema: muc; Owner: -
--

ALTER TABLE muc.archives ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muc.archives_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: event_errors; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.event_errors (
    id bigint NOT NULL,
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    trace text,
    error text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: event_errors_id_seq; Type: SEQUENCE; Schema: muc; Owner: -
--

ALTER TABLE muc.event_errors ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muc.event_errors_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: inbox; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.inbox (
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: lease; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.lease (
    name text NOT NULL,
    epoch bigint NOT NULL,
    holder text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: messages; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.messages (
    archive bigint NOT NULL,
    number bigint NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    sender text NOT NULL,
    author text COLLATE pg_catalog."C",
    occupant_id bytea NOT NULL,
    raw_id bytea NOT NULL,
    tail bytea NOT NULL,
    is_history boolean NOT NULL
);


--
-- Name: occupants; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.occupants (
    room text NOT NULL COLLATE pg_catalog."C",
    session text NOT NULL COLLATE pg_catalog."C",
    nick text NOT NULL,
    role smallint NOT NULL,
    presence bytea
);


--
-- Name: outbox; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.outbox (
    id bigint NOT NULL,
    message_id uuid NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    trace text,
    at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');


--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: muc; Owner: -
--

ALTER TABLE muc.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muc.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: rooms; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.rooms (
    room text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    is_public boolean NOT NULL,
    configuration jsonb NOT NULL,
    creator text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    subject jsonb,
    version bigint NOT NULL
);


--
-- Name: settings; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.settings (
    name text NOT NULL,
    value bytea NOT NULL
);


--
-- Name: tombstones; Type: TABLE; Schema: muc; Owner: -
--

CREATE TABLE muc.tombstones (
    room text NOT NULL COLLATE pg_catalog."C",
    destroyed_by text NOT NULL,
    alternate text,
    reason text,
    at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL
);


--
-- Name: __EFMigrationsHistory; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push."__EFMigrationsHistory" (
    "MigrationId" character varying(150) NOT NULL,
    "ProductVersion" character varying(32) NOT NULL
);


--
-- Name: bans; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push.bans (
    subject text NOT NULL,
    until timestamp with time zone
);


--
-- Name: endpoints; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push.endpoints (
    id bigint NOT NULL,
    token_hash bytea NOT NULL,
    token bytea NOT NULL,
    owner text NOT NULL,
    client text NOT NULL,
    application text NOT NULL,
    instance text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: endpoints_id_seq; Type: SEQUENCE; Schema: push; Owner: -
--

ALTER TABLE push.endpoints ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME push.endpoints_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: event_errors; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push.event_errors (
    id bigint NOT NULL,
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    trace text,
    error text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: event_errors_id_seq; Type: SEQUENCE; Schema: push; Owner: -
--

ALTER TABLE push.event_errors ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME push.event_errors_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: inbox; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push.inbox (
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: lease; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push.lease (
    name text NOT NULL,
    epoch bigint NOT NULL,
    holder text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: messages; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push.messages (
    id bigint NOT NULL,
    endpoint_id bigint NOT NULL,
    body bytea NOT NULL,
    topic text,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: messages_id_seq; Type: SEQUENCE; Schema: push; Owner: -
--

ALTER TABLE push.messages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME push.messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: notified; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push.notified (
    id text NOT NULL,
    at timestamp with time zone NOT NULL
);


--
-- Name: outbox; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push.outbox (
    id bigint NOT NULL,
    message_id uuid NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    trace text,
    at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');


--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: push; Owner: -
--

ALTER TABLE push.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME push.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: queue; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push.queue (
    key text NOT NULL,
    registration_id bigint,
    target bytea,
    provider text NOT NULL,
    app text,
    payload bytea NOT NULL,
    urgency smallint NOT NULL,
    is_call boolean NOT NULL,
    is_pending boolean NOT NULL,
    version bigint NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    claimed_until timestamp with time zone,
    sent_at timestamp with time zone
);


--
-- Name: registrations; Type: TABLE; Schema: push; Owner: -
--

CREATE TABLE push.registrations (
    id bigint NOT NULL,
    node text NOT NULL,
    secret_hash bytea NOT NULL,
    owner text NOT NULL,
    device_key bytea NOT NULL,
    device text NOT NULL,
    provider text NOT NULL,
    app text,
    target bytea NOT NULL,
    room text,
    rooms smallint NOT NULL,
    wants_sender boolean NOT NULL,
    wants_body boolean NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    last_delivered_at timestamp with time zone,
    last_outcome text,
    failures integer NOT NULL,
    gone_at timestamp with time zone
);


--
-- Name: registrations_id_seq; Type: SEQUENCE; Schema: push; Owner: -
--

ALTER TABLE push.registrations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME push.registrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: __EFMigrationsHistory; Type: TABLE; Schema: search; Owner: -
--

CREATE TABLE search."__EFMigrationsHistory" (
    "MigrationId" character varying(150) NOT NULL,
    "ProductVersion" character varying(32) NOT NULL
);


--
-- Name: avatars; Type: TABLE; Schema: search; Owner: -
--

CREATE TABLE search.avatars (
    jid text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL,
    image bytea,
    fetched_at timestamp with time zone NOT NULL
);


--
-- Name: bans; Type: TABLE; Schema: search; Owner: -
--

CREATE TABLE search.bans (
    subject text NOT NULL,
    until timestamp with time zone
);


--
-- Name: delistings; Type: TABLE; Schema: search; Owner: -
--

CREATE TABLE search.delistings (
    subject text NOT NULL,
    by text NOT NULL,
    reason text,
    at timestamp with time zone NOT NULL
);


--
-- Name: domains; Type: TABLE; Schema: search; Owner: -
--

CREATE TABLE search.domains (
    domain text NOT NULL,
    kind text NOT NULL,
    origin text NOT NULL,
    software text,
    abuse_contacts text[] NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone,
    next_visit timestamp with time zone NOT NULL,
    failures integer NOT NULL,
    last_error text
);


--
-- Name: event_errors; Type: TABLE; Schema: search; Owner: -
--

CREATE TABLE search.event_errors (
    id bigint NOT NULL,
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    trace text,
    error text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: event_errors_id_seq; Type: SEQUENCE; Schema: search; Owner: -
--

ALTER TABLE search.event_errors ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME search.event_errors_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: inbox; Type: TABLE; Schema: search; Owner: -
--

CREATE TABLE search.inbox (
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: lease; Type: TABLE; Schema: search; Owner: -
--

CREATE TABLE search.lease (
    name text NOT NULL,
    epoch bigint NOT NULL,
    holder text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: outbox; Type: TABLE; Schema: search; Owner: -
--

CREATE TABLE search.outbox (
    id bigint NOT NULL,
    message_id uuid NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    trace text,
    at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');


--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: search; Owner: -
--

ALTER TABLE search.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME search.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: rooms; Type: TABLE; Schema: search; Owner: -
--

CREATE TABLE search.rooms (
    jid text NOT NULL COLLATE pg_catalog."C",
    domain text NOT NULL,
    is_ours boolean NOT NULL,
    version bigint NOT NULL,
    occupancy_version bigint NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    language text,
    primary_language text,
    tags text[] NOT NULL,
    occupants integer NOT NULL,
    is_open boolean NOT NULL,
    is_non_anonymous boolean NOT NULL,
    is_moderated boolean NOT NULL,
    is_nsfw boolean NOT NULL,
    flags text[] NOT NULL,
    avatar_hash text,
    web_chat_url text,
    logs_url text,
    is_present boolean NOT NULL,
    is_listed boolean NOT NULL,
    activity real NOT NULL,
    activity_at timestamp with time zone NOT NULL,
    popularity integer NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    name_key text NOT NULL,
    local_key text NOT NULL,
    words tsvector NOT NULL,
    changed_by xid8 DEFAULT pg_current_xact_id() NOT NULL
);


--
-- Name: __EFMigrationsHistory; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload."__EFMigrationsHistory" (
    "MigrationId" character varying(150) NOT NULL,
    "ProductVersion" character varying(32) NOT NULL
);


--
-- Name: bans; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload.bans (
    subject text NOT NULL,
    until timestamp with time zone
);


--
-- Name: blocked_hashes; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload.blocked_hashes (
    sha256 bytea NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL
);


--
-- Name: doomed_blobs; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload.doomed_blobs (
    blob text NOT NULL,
    since timestamp with time zone NOT NULL
);


--
-- Name: event_errors; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload.event_errors (
    id bigint NOT NULL,
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    trace text,
    error text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: event_errors_id_seq; Type: SEQUENCE; Schema: upload; Owner: -
--

ALTER TABLE upload.event_errors ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME upload.event_errors_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: files; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload.files (
    id bigint NOT NULL,
    path text NOT NULL,
    owner text NOT NULL,
    name text NOT NULL,
    content_type text NOT NULL,
    is_type_bound boolean NOT NULL,
    size bigint NOT NULL,
    purpose smallint NOT NULL,
    state smallint NOT NULL,
    is_staged boolean NOT NULL,
    created timestamp with time zone NOT NULL,
    lease timestamp with time zone NOT NULL,
    expires timestamp with time zone,
    stored timestamp with time zone,
    blob text,
    sha256 bytea
);


--
-- Name: files_id_seq; Type: SEQUENCE; Schema: upload; Owner: -
--

ALTER TABLE upload.files ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME upload.files_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: inbox; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload.inbox (
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: lease; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload.lease (
    name text NOT NULL,
    epoch bigint NOT NULL,
    holder text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: outbox; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload.outbox (
    id bigint NOT NULL,
    message_id uuid NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    trace text,
    at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');


--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: upload; Owner: -
--

ALTER TABLE upload.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME upload.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: secrets; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload.secrets (
    name text NOT NULL,
    value bytea NOT NULL
);


--
-- Name: usage; Type: TABLE; Schema: upload; Owner: -
--

CREATE TABLE upload.usage (
    owner text NOT NULL,
    domain text NOT NULL,
    message_bytes bigint NOT NULL,
    profile_bytes bigint NOT NULL,
    ephemeral_bytes bigint NOT NULL,
    permanent_bytes bigint NOT NULL,
    files integer NOT NULL
);


--
-- Data for Name: __EFMigrationsHistory; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc."__EFMigrationsHistory" ("MigrationId", "ProductVersion") FROM stdin;
20261121015736_Initial	10.0.14
\.


--
-- Data for Name: affiliations; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.affiliations (room, subject, affiliation, nick, reason, changed_by, changed_at) FROM stdin;
tea@muc.annex.test	ann@annex.test	4	ann	\N	\N	2026-11-28 18:16:40.040829+00
tea@muc.annex.test	bea@annex.test	2	bea	\N	\N	2026-11-28 18:16:42.479014+00
\.


--
-- Data for Name: archives; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.archives (id, room, removed_at) FROM stdin;
2	tea@muc.annex.test	\N
\.


--
-- Data for Name: event_errors; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.event_errors (id, consumer, message_id, type, body, trace, error, attempts, next_at, at) FROM stdin;
\.


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.inbox (consumer, message_id, at) FROM stdin;
\.


--
-- Data for Name: lease; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.lease (name, epoch, holder, expires_at) FROM stdin;
muc.annex.test	1		2026-11-28 18:18:50.217578+00
\.


--
-- Data for Name: messages; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.messages (archive, number, id, at, sender, author, occupant_id, raw_id, tail, is_history) FROM stdin;
2	1	01a2235f-aa4b-754d-b644-5d874db853a8	2026-11-28 18:16:41.803669+00	tea@muc.annex.test/ann	ann@annex.test	\\x7638724b624874766b56425a317049317a7578487a47496b333259334c5349684e5830633742314268366b3d	\\x64353937373733392d303738632d346465352d613233382d636631346363353738663337	\\x20786d6c3a6c616e673d27656e273e3c626f64793e48656c6c6f206265612c2074656120617420666f75723f3c2f626f64793e3c61637469766520786d6c6e733d27687474703a2f2f6a61626265722e6f72672f70726f746f636f6c2f63686174737461746573272f3e3c6f726967696e2d696420786d6c6e733d2775726e3a786d70703a7369643a30272069643d2764353937373733392d303738632d346465352d613233382d636631346363353738663337272f3e3c6f63637570616e742d696420786d6c6e733d2775726e3a786d70703a6f63637570616e742d69643a30272069643d277638724b624874766b56425a317049317a7578487a47496b333259334c5349684e5830633742314268366b3d272f3e3c7374616e7a612d696420786d6c6e733d2775726e3a786d70703a7369643a30272062793d27746561406d75632e616e6e65782e74657374272069643d2730316132323335662d616134622d373534642d623634342d356438373464623835336138272f3e3c2f6d6573736167653e	t
2	2	01a2235f-afd2-764a-b1d9-906980dceea4	2026-11-28 18:16:43.218772+00	tea@muc.annex.test/bea	bea@annex.test	\\x74394161724f4c774d344c683969464f724832466943776b7a533269304c2f3165366a346c3073696157733d	\\x38303663383230322d326337382d343163632d623132342d366233353230363034333963	\\x20786d6c3a6c616e673d27656e273e3c626f64793e5769746820706c6561737572652e205468652067617264656e20746f6461793a3c2f626f64793e3c61637469766520786d6c6e733d27687474703a2f2f6a61626265722e6f72672f70726f746f636f6c2f63686174737461746573272f3e3c6f726967696e2d696420786d6c6e733d2775726e3a786d70703a7369643a30272069643d2738303663383230322d326337382d343163632d623132342d366233353230363034333963272f3e3c6f63637570616e742d696420786d6c6e733d2775726e3a786d70703a6f63637570616e742d69643a30272069643d2774394161724f4c774d344c683969464f724832466943776b7a533269304c2f3165366a346c3073696157733d272f3e3c7374616e7a612d696420786d6c6e733d2775726e3a786d70703a7369643a30272062793d27746561406d75632e616e6e65782e74657374272069643d2730316132323335662d616664322d373634612d623164392d393036393830646365656134272f3e3c2f6d6573736167653e	t
2	3	01a2235f-b5df-721f-b479-9f7418017236	2026-11-28 18:16:44.767613+00	tea@muc.annex.test/bea	bea@annex.test	\\x74394161724f4c774d344c683969464f724832466943776b7a533269304c2f3165366a346c3073696157733d	\\x31623533646630352d313636312d343135382d623266622d363437623634633131653433	\\x20786d6c3a6c616e673d27656e273e3c626f64793e687474703a2f2f3132372e302e302e313a31373431322f30535f30524b49414952594b574a6a4f4d2d71676a3041742f67617264656e2e706e673c2f626f64793e3c61637469766520786d6c6e733d27687474703a2f2f6a61626265722e6f72672f70726f746f636f6c2f63686174737461746573272f3e3c7820786d6c6e733d276a61626265723a783a6f6f62273e3c75726c3e687474703a2f2f3132372e302e302e313a31373431322f30535f30524b49414952594b574a6a4f4d2d71676a3041742f67617264656e2e706e673c2f75726c3e3c2f783e3c6f726967696e2d696420786d6c6e733d2775726e3a786d70703a7369643a30272069643d2731623533646630352d313636312d343135382d623266622d363437623634633131653433272f3e3c6f63637570616e742d696420786d6c6e733d2775726e3a786d70703a6f63637570616e742d69643a30272069643d2774394161724f4c774d344c683969464f724832466943776b7a533269304c2f3165366a346c3073696157733d272f3e3c7374616e7a612d696420786d6c6e733d2775726e3a786d70703a7369643a30272062793d27746561406d75632e616e6e65782e74657374272069643d2730316132323335662d623564662d373231662d623437392d396637343138303137323336272f3e3c2f6d6573736167653e	t
\.


--
-- Data for Name: occupants; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.occupants (room, session, nick, role, presence) FROM stdin;
tea@muc.annex.test	ann@annex.test/converse.js-46598083	ann	3	\\x20786d6c3a6c616e673d27656e273e3c63207665723d276155386774707478693466504a4238495069626437744a62544c453d2720786d6c6e733d27687474703a2f2f6a61626265722e6f72672f70726f746f636f6c2f636170732720686173683d277368612d3127206e6f64653d2768747470733a2f2f636f6e76657273656a732e6f7267272f3e3c7820786d6c6e733d2776636172642d74656d703a783a757064617465273e3c70686f746f2f3e3c2f783e
tea@muc.annex.test	bea@annex.test/converse.js-62433471	bea	2	\\x20786d6c3a6c616e673d27656e273e3c63207665723d276155386774707478693466504a4238495069626437744a62544c453d2720786d6c6e733d27687474703a2f2f6a61626265722e6f72672f70726f746f636f6c2f636170732720686173683d277368612d3127206e6f64653d2768747470733a2f2f636f6e76657273656a732e6f7267272f3e3c7820786d6c6e733d2776636172642d74656d703a783a757064617465273e3c70686f746f2f3e3c2f783e
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.outbox (id, message_id, type, body, trace, at) FROM stdin;
\.


--
-- Data for Name: rooms; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.rooms (room, name, is_public, configuration, creator, created_at, subject, version) FROM stdin;
tea@muc.annex.test	Tea room	t	{"Name": "Tea room", "PubSub": "", "Secret": "", "Contacts": [], "IsLogged": false, "IsPublic": true, "Language": "", "MaxUsers": 0, "MayInvite": false, "IsArchived": true, "Description": "Where everybody of ./run meets", "HasPassword": false, "IsModerated": false, "MayRegister": true, "IsPersistent": true, "HistoryLength": 20, "IsMembersOnly": false, "IsNonAnonymous": false, "MayChangeSubject": false, "MemberListReaders": "AllRoles", "PresenceBroadcast": "AllRoles", "AllowVoiceRequests": true, "AreMembersByDefault": false, "AllowPrivateMessages": "Anyone", "IsOccupantListPublic": false}	ann@annex.test	2026-11-28 18:16:38.501336+00	\N	1795889799201067
\.


--
-- Data for Name: settings; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.settings (name, value) FROM stdin;
occupant-id-secret	\\x1111111111111111111111111111111111111111111111111111111111111111
\.


--
-- Data for Name: tombstones; Type: TABLE DATA; Schema: muc; Owner: -
--

COPY muc.tombstones (room, destroyed_by, alternate, reason, at, until) FROM stdin;
\.


--
-- Data for Name: __EFMigrationsHistory; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push."__EFMigrationsHistory" ("MigrationId", "ProductVersion") FROM stdin;
20261121022207_Initial	10.0.14
\.


--
-- Data for Name: bans; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push.bans (subject, until) FROM stdin;
\.


--
-- Data for Name: endpoints; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push.endpoints (id, token_hash, token, owner, client, application, instance, expires_at) FROM stdin;
\.


--
-- Data for Name: event_errors; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push.event_errors (id, consumer, message_id, type, body, trace, error, attempts, next_at, at) FROM stdin;
\.


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push.inbox (consumer, message_id, at) FROM stdin;
\.


--
-- Data for Name: lease; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push.lease (name, epoch, holder, expires_at) FROM stdin;
\.


--
-- Data for Name: messages; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push.messages (id, endpoint_id, body, topic, expires_at) FROM stdin;
\.


--
-- Data for Name: notified; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push.notified (id, at) FROM stdin;
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push.outbox (id, message_id, type, body, trace, at) FROM stdin;
\.


--
-- Data for Name: queue; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push.queue (key, registration_id, target, provider, app, payload, urgency, is_call, is_pending, version, attempts, due_at, expires_at, claimed_until, sent_at) FROM stdin;
\.


--
-- Data for Name: registrations; Type: TABLE DATA; Schema: push; Owner: -
--

COPY push.registrations (id, node, secret_hash, owner, device_key, device, provider, app, target, room, rooms, wants_sender, wants_body, registered_at, last_delivered_at, last_outcome, failures, gone_at) FROM stdin;
\.


--
-- Data for Name: __EFMigrationsHistory; Type: TABLE DATA; Schema: search; Owner: -
--

COPY search."__EFMigrationsHistory" ("MigrationId", "ProductVersion") FROM stdin;
20261121015756_Initial	10.0.14
20261121024239_BansAndChanges	10.0.14
\.


--
-- Data for Name: avatars; Type: TABLE DATA; Schema: search; Owner: -
--

COPY search.avatars (jid, hash, image, fetched_at) FROM stdin;
\.


--
-- Data for Name: bans; Type: TABLE DATA; Schema: search; Owner: -
--

COPY search.bans (subject, until) FROM stdin;
\.


--
-- Data for Name: delistings; Type: TABLE DATA; Schema: search; Owner: -
--

COPY search.delistings (subject, by, reason, at) FROM stdin;
\.


--
-- Data for Name: domains; Type: TABLE DATA; Schema: search; Owner: -
--

COPY search.domains (domain, kind, origin, software, abuse_contacts, first_seen, last_seen, next_visit, failures, last_error) FROM stdin;
\.


--
-- Data for Name: event_errors; Type: TABLE DATA; Schema: search; Owner: -
--

COPY search.event_errors (id, consumer, message_id, type, body, trace, error, attempts, next_at, at) FROM stdin;
\.


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: search; Owner: -
--

COPY search.inbox (consumer, message_id, at) FROM stdin;
RoomCreatedConsumer	01a22355-7939-787e-b5ac-2ebe3d98b368	2026-11-28 18:05:34.301183+00
RoomOccupancyChangedConsumer	01a22355-7ef9-7c1a-8199-487a4702b700	2026-11-28 18:05:35.373703+00
RoomDestroyedConsumer	01a2235f-506f-7781-81f1-f5f083cbdf75	2026-11-28 18:16:18.825486+00
RoomCreatedConsumer	01a2235f-9eaa-7e9e-992f-834797070e79	2026-11-28 18:16:38.840151+00
RoomChangedConsumer	01a2235f-a028-7ef9-b3af-2430250feacf	2026-11-28 18:16:39.269569+00
RoomOccupancyChangedConsumer	01a2235f-a0b7-7253-bdc5-9727a41f4d7b	2026-11-28 18:16:39.398633+00
RoomOccupancyChangedConsumer	01a2235f-a880-74f2-825a-b0ad9b367647	2026-11-28 18:16:41.363393+00
\.


--
-- Data for Name: lease; Type: TABLE DATA; Schema: search; Owner: -
--

COPY search.lease (name, epoch, holder, expires_at) FROM stdin;
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: search; Owner: -
--

COPY search.outbox (id, message_id, type, body, trace, at) FROM stdin;
\.


--
-- Data for Name: rooms; Type: TABLE DATA; Schema: search; Owner: -
--

COPY search.rooms (jid, domain, is_ours, version, occupancy_version, name, description, language, primary_language, tags, occupants, is_open, is_non_anonymous, is_moderated, is_nsfw, flags, avatar_hash, web_chat_url, logs_url, is_present, is_listed, activity, activity_at, popularity, first_seen, last_seen, changed_at, name_key, local_key, words, changed_by) FROM stdin;
tea@muc.annex.test	muc.annex.test	t	1795889799201067	1795889801344880	Tea room	Where everybody of ./run meets	\N	\N	{}	2	t	f	f	f	{}	\N	\N	\N	t	t	0.00011817479	2026-11-28 18:16:41.364012+00	0	2026-11-28 18:16:39.321831+00	2026-11-28 18:16:41.364012+00	2026-11-28 18:16:39.321831+00	tea room	tea	'annex':7B 'everybodi':18C 'everybody':11C 'meet':21C 'meets':14C 'muc':6B 'of':12C 'room':2A,16A 'run':13C,20C 'tea':1A,4B,15A 'test':8B 'where':10C	1148
\.


--
-- Data for Name: __EFMigrationsHistory; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload."__EFMigrationsHistory" ("MigrationId", "ProductVersion") FROM stdin;
20261121014629_Initial	10.0.14
\.


--
-- Data for Name: bans; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload.bans (subject, until) FROM stdin;
\.


--
-- Data for Name: blocked_hashes; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload.blocked_hashes (sha256, reason, at) FROM stdin;
\.


--
-- Data for Name: doomed_blobs; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload.doomed_blobs (blob, since) FROM stdin;
\.


--
-- Data for Name: event_errors; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload.event_errors (id, consumer, message_id, type, body, trace, error, attempts, next_at, at) FROM stdin;
\.


--
-- Data for Name: files; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload.files (id, path, owner, name, content_type, is_type_bound, size, purpose, state, is_staged, created, lease, expires, stored, blob, sha256) FROM stdin;
1	D0mWEC_xfnTSZjyVI6F3GcTt/garden.png	bea@annex.test	garden.png	image/png	t	16769	0	1	f	2026-11-28 18:05:36.172851+00	2026-11-28 18:10:46.172851+00	2026-12-28 18:05:36.449741+00	2026-11-28 18:05:36.449741+00	840dea92fd661bf785b793e871bdba45	\\x25017a268ee285ca3b34ffd1d67f6285f0fd6f01b83640e4d4a8c6609bcb3869
2	RzIW-6O-DdBQOEOL9X7mO85a/garden.png	bea@annex.test	garden.png	image/png	t	16769	0	1	f	2026-11-28 18:14:20.737228+00	2026-11-28 18:19:30.737228+00	2026-12-28 18:14:20.919239+00	2026-11-28 18:14:20.919239+00	db197782e6fa1076475002cb67455fb8	\\x25017a268ee285ca3b34ffd1d67f6285f0fd6f01b83640e4d4a8c6609bcb3869
3	0S_0RKIAIRYKWJjOM-qgj0At/garden.png	bea@annex.test	garden.png	image/png	t	16769	0	1	f	2026-11-28 18:16:44.715295+00	2026-11-28 18:21:54.715295+00	2026-12-28 18:16:44.739722+00	2026-11-28 18:16:44.739722+00	cf936a303dc368d35e9e9225c057db4e	\\x25017a268ee285ca3b34ffd1d67f6285f0fd6f01b83640e4d4a8c6609bcb3869
\.


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload.inbox (consumer, message_id, at) FROM stdin;
\.


--
-- Data for Name: lease; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload.lease (name, epoch, holder, expires_at) FROM stdin;
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload.outbox (id, message_id, type, body, trace, at) FROM stdin;
\.


--
-- Data for Name: secrets; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload.secrets (name, value) FROM stdin;
slot-token	\\x2222222222222222222222222222222222222222222222222222222222222222
\.


--
-- Data for Name: usage; Type: TABLE DATA; Schema: upload; Owner: -
--

COPY upload.usage (owner, domain, message_bytes, profile_bytes, ephemeral_bytes, permanent_bytes, files) FROM stdin;
bea@annex.test	annex.test	50307	0	0	0	3
\.


--
-- Name: archives_id_seq; Type: SEQUENCE SET; Schema: muc; Owner: -
--

SELECT pg_catalog.setval('muc.archives_id_seq', 2, true);


--
-- Name: event_errors_id_seq; Type: SEQUENCE SET; Schema: muc; Owner: -
--

SELECT pg_catalog.setval('muc.event_errors_id_seq', 1, false);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: muc; Owner: -
--

SELECT pg_catalog.setval('muc.outbox_id_seq', 7, true);


--
-- Name: endpoints_id_seq; Type: SEQUENCE SET; Schema: push; Owner: -
--

SELECT pg_catalog.setval('push.endpoints_id_seq', 1, false);


--
-- Name: event_errors_id_seq; Type: SEQUENCE SET; Schema: push; Owner: -
--

SELECT pg_catalog.setval('push.event_errors_id_seq', 1, false);


--
-- Name: messages_id_seq; Type: SEQUENCE SET; Schema: push; Owner: -
--

SELECT pg_catalog.setval('push.messages_id_seq', 1, false);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: push; Owner: -
--

SELECT pg_catalog.setval('push.outbox_id_seq', 1, false);


--
-- Name: registrations_id_seq; Type: SEQUENCE SET; Schema: push; Owner: -
--

SELECT pg_catalog.setval('push.registrations_id_seq', 1, false);


--
-- Name: event_errors_id_seq; Type: SEQUENCE SET; Schema: search; Owner: -
--

SELECT pg_catalog.setval('search.event_errors_id_seq', 1, false);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: search; Owner: -
--

SELECT pg_catalog.setval('search.outbox_id_seq', 1, false);


--
-- Name: event_errors_id_seq; Type: SEQUENCE SET; Schema: upload; Owner: -
--

SELECT pg_catalog.setval('upload.event_errors_id_seq', 1, false);


--
-- Name: files_id_seq; Type: SEQUENCE SET; Schema: upload; Owner: -
--

SELECT pg_catalog.setval('upload.files_id_seq', 3, true);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: upload; Owner: -
--

SELECT pg_catalog.setval('upload.outbox_id_seq', 3, true);


--
-- Name: __EFMigrationsHistory PK___EFMigrationsHistory; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc."__EFMigrationsHistory"
    ADD CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId");


--
-- Name: affiliations PK_affiliations; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.affiliations
    ADD CONSTRAINT "PK_affiliations" PRIMARY KEY (room, subject);


--
-- Name: archives PK_archives; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.archives
    ADD CONSTRAINT "PK_archives" PRIMARY KEY (id);


--
-- Name: messages PK_messages; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.messages
    ADD CONSTRAINT "PK_messages" PRIMARY KEY (archive, number);


--
-- Name: occupants PK_occupants; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.occupants
    ADD CONSTRAINT "PK_occupants" PRIMARY KEY (room, session);


--
-- Name: rooms PK_rooms; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.rooms
    ADD CONSTRAINT "PK_rooms" PRIMARY KEY (room);


--
-- Name: settings PK_settings; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.settings
    ADD CONSTRAINT "PK_settings" PRIMARY KEY (name);


--
-- Name: tombstones PK_tombstones; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.tombstones
    ADD CONSTRAINT "PK_tombstones" PRIMARY KEY (room);


--
-- Name: event_errors event_errors_consumer_message_id_key; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.event_errors
    ADD CONSTRAINT event_errors_consumer_message_id_key UNIQUE (consumer, message_id);


--
-- Name: event_errors event_errors_pkey; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.event_errors
    ADD CONSTRAINT event_errors_pkey PRIMARY KEY (id);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, message_id);


--
-- Name: lease lease_pkey; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (name);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: muc; Owner: -
--

ALTER TABLE ONLY muc.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: __EFMigrationsHistory PK___EFMigrationsHistory; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push."__EFMigrationsHistory"
    ADD CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId");


--
-- Name: bans PK_bans; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.bans
    ADD CONSTRAINT "PK_bans" PRIMARY KEY (subject);


--
-- Name: endpoints PK_endpoints; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.endpoints
    ADD CONSTRAINT "PK_endpoints" PRIMARY KEY (id);


--
-- Name: messages PK_messages; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.messages
    ADD CONSTRAINT "PK_messages" PRIMARY KEY (id);


--
-- Name: notified PK_notified; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.notified
    ADD CONSTRAINT "PK_notified" PRIMARY KEY (id);


--
-- Name: queue PK_queue; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.queue
    ADD CONSTRAINT "PK_queue" PRIMARY KEY (key);


--
-- Name: registrations PK_registrations; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.registrations
    ADD CONSTRAINT "PK_registrations" PRIMARY KEY (id);


--
-- Name: event_errors event_errors_consumer_message_id_key; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.event_errors
    ADD CONSTRAINT event_errors_consumer_message_id_key UNIQUE (consumer, message_id);


--
-- Name: event_errors event_errors_pkey; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.event_errors
    ADD CONSTRAINT event_errors_pkey PRIMARY KEY (id);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, message_id);


--
-- Name: lease lease_pkey; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (name);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: __EFMigrationsHistory PK___EFMigrationsHistory; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search."__EFMigrationsHistory"
    ADD CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId");


--
-- Name: avatars PK_avatars; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search.avatars
    ADD CONSTRAINT "PK_avatars" PRIMARY KEY (jid);


--
-- Name: bans PK_bans; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search.bans
    ADD CONSTRAINT "PK_bans" PRIMARY KEY (subject);


--
-- Name: delistings PK_delistings; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search.delistings
    ADD CONSTRAINT "PK_delistings" PRIMARY KEY (subject);


--
-- Name: domains PK_domains; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search.domains
    ADD CONSTRAINT "PK_domains" PRIMARY KEY (domain);


--
-- Name: rooms PK_rooms; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search.rooms
    ADD CONSTRAINT "PK_rooms" PRIMARY KEY (jid);


--
-- Name: event_errors event_errors_consumer_message_id_key; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search.event_errors
    ADD CONSTRAINT event_errors_consumer_message_id_key UNIQUE (consumer, message_id);


--
-- Name: event_errors event_errors_pkey; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search.event_errors
    ADD CONSTRAINT event_errors_pkey PRIMARY KEY (id);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, message_id);


--
-- Name: lease lease_pkey; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (name);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: search; Owner: -
--

ALTER TABLE ONLY search.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: __EFMigrationsHistory PK___EFMigrationsHistory; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload."__EFMigrationsHistory"
    ADD CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId");


--
-- Name: bans PK_bans; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.bans
    ADD CONSTRAINT "PK_bans" PRIMARY KEY (subject);


--
-- Name: blocked_hashes PK_blocked_hashes; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.blocked_hashes
    ADD CONSTRAINT "PK_blocked_hashes" PRIMARY KEY (sha256);


--
-- Name: doomed_blobs PK_doomed_blobs; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.doomed_blobs
    ADD CONSTRAINT "PK_doomed_blobs" PRIMARY KEY (blob);


--
-- Name: files PK_files; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.files
    ADD CONSTRAINT "PK_files" PRIMARY KEY (id);


--
-- Name: secrets PK_secrets; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.secrets
    ADD CONSTRAINT "PK_secrets" PRIMARY KEY (name);


--
-- Name: usage PK_usage; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.usage
    ADD CONSTRAINT "PK_usage" PRIMARY KEY (owner);


--
-- Name: event_errors event_errors_consumer_message_id_key; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.event_errors
    ADD CONSTRAINT event_errors_consumer_message_id_key UNIQUE (consumer, message_id);


--
-- Name: event_errors event_errors_pkey; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.event_errors
    ADD CONSTRAINT event_errors_pkey PRIMARY KEY (id);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, message_id);


--
-- Name: lease lease_pkey; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (name);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: upload; Owner: -
--

ALTER TABLE ONLY upload.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: IX_affiliations_subject; Type: INDEX; Schema: muc; Owner: -
--

CREATE INDEX "IX_affiliations_subject" ON muc.affiliations USING btree (subject);


--
-- Name: IX_archives_room; Type: INDEX; Schema: muc; Owner: -
--

CREATE UNIQUE INDEX "IX_archives_room" ON muc.archives USING btree (room);


--
-- Name: IX_messages_archive_at; Type: INDEX; Schema: muc; Owner: -
--

CREATE INDEX "IX_messages_archive_at" ON muc.messages USING btree (archive, at);


--
-- Name: IX_messages_archive_id; Type: INDEX; Schema: muc; Owner: -
--

CREATE UNIQUE INDEX "IX_messages_archive_id" ON muc.messages USING btree (archive, id);


--
-- Name: IX_rooms_creator; Type: INDEX; Schema: muc; Owner: -
--

CREATE INDEX "IX_rooms_creator" ON muc.rooms USING btree (creator);


--
-- Name: event_errors_next; Type: INDEX; Schema: muc; Owner: -
--

CREATE INDEX event_errors_next ON muc.event_errors USING btree (next_at) WHERE (next_at IS NOT NULL);


--
-- Name: inbox_at; Type: INDEX; Schema: muc; Owner: -
--

CREATE INDEX inbox_at ON muc.inbox USING brin (at);


--
-- Name: rooms_public; Type: INDEX; Schema: muc; Owner: -
--

CREATE INDEX rooms_public ON muc.rooms USING btree (room) WHERE is_public;


--
-- Name: IX_endpoints_owner_application_instance; Type: INDEX; Schema: push; Owner: -
--

CREATE UNIQUE INDEX "IX_endpoints_owner_application_instance" ON push.endpoints USING btree (owner, application, instance);


--
-- Name: IX_endpoints_token_hash; Type: INDEX; Schema: push; Owner: -
--

CREATE UNIQUE INDEX "IX_endpoints_token_hash" ON push.endpoints USING btree (token_hash);


--
-- Name: IX_messages_endpoint_id; Type: INDEX; Schema: push; Owner: -
--

CREATE INDEX "IX_messages_endpoint_id" ON push.messages USING btree (endpoint_id);


--
-- Name: IX_messages_expires_at; Type: INDEX; Schema: push; Owner: -
--

CREATE INDEX "IX_messages_expires_at" ON push.messages USING btree (expires_at);


--
-- Name: IX_queue_due_at; Type: INDEX; Schema: push; Owner: -
--

CREATE INDEX "IX_queue_due_at" ON push.queue USING btree (due_at) WHERE is_pending;


--
-- Name: IX_queue_registration_id; Type: INDEX; Schema: push; Owner: -
--

CREATE INDEX "IX_queue_registration_id" ON push.queue USING btree (registration_id);


--
-- Name: IX_registrations_device_key; Type: INDEX; Schema: push; Owner: -
--

CREATE UNIQUE INDEX "IX_registrations_device_key" ON push.registrations USING btree (device_key);


--
-- Name: IX_registrations_node; Type: INDEX; Schema: push; Owner: -
--

CREATE UNIQUE INDEX "IX_registrations_node" ON push.registrations USING btree (node);


--
-- Name: IX_registrations_owner; Type: INDEX; Schema: push; Owner: -
--

CREATE INDEX "IX_registrations_owner" ON push.registrations USING btree (owner);


--
-- Name: event_errors_next; Type: INDEX; Schema: push; Owner: -
--

CREATE INDEX event_errors_next ON push.event_errors USING btree (next_at) WHERE (next_at IS NOT NULL);


--
-- Name: inbox_at; Type: INDEX; Schema: push; Owner: -
--

CREATE INDEX inbox_at ON push.inbox USING brin (at);


--
-- Name: domains_by_next_visit; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX domains_by_next_visit ON search.domains USING btree (next_visit);


--
-- Name: event_errors_next; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX event_errors_next ON search.event_errors USING btree (next_at) WHERE (next_at IS NOT NULL);


--
-- Name: inbox_at; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX inbox_at ON search.inbox USING brin (at);


--
-- Name: rooms_by_address; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX rooms_by_address ON search.rooms USING btree (jid) WHERE is_listed;


--
-- Name: rooms_by_change; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX rooms_by_change ON search.rooms USING btree (changed_by);


--
-- Name: rooms_by_domain; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX rooms_by_domain ON search.rooms USING btree (domain);


--
-- Name: rooms_by_first_seen; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX rooms_by_first_seen ON search.rooms USING btree (first_seen) WHERE is_listed;


--
-- Name: rooms_by_local; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX rooms_by_local ON search.rooms USING btree (local_key) WHERE is_listed;


--
-- Name: rooms_by_name; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX rooms_by_name ON search.rooms USING btree (name_key) WHERE is_listed;


--
-- Name: rooms_by_occupants; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX rooms_by_occupants ON search.rooms USING btree (occupants DESC, jid) WHERE is_listed;


--
-- Name: rooms_by_popularity; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX rooms_by_popularity ON search.rooms USING btree (popularity DESC, jid) WHERE is_listed;


--
-- Name: rooms_words; Type: INDEX; Schema: search; Owner: -
--

CREATE INDEX rooms_words ON search.rooms USING gin (words) WHERE is_listed;


--
-- Name: IX_files_blob; Type: INDEX; Schema: upload; Owner: -
--

CREATE UNIQUE INDEX "IX_files_blob" ON upload.files USING btree (blob) WHERE (blob IS NOT NULL);


--
-- Name: IX_files_expires; Type: INDEX; Schema: upload; Owner: -
--

CREATE INDEX "IX_files_expires" ON upload.files USING btree (expires) WHERE (expires IS NOT NULL);


--
-- Name: IX_files_lease; Type: INDEX; Schema: upload; Owner: -
--

CREATE INDEX "IX_files_lease" ON upload.files USING btree (lease) WHERE (state = 0);


--
-- Name: IX_files_owner_id; Type: INDEX; Schema: upload; Owner: -
--

CREATE INDEX "IX_files_owner_id" ON upload.files USING btree (owner, id);


--
-- Name: IX_files_path; Type: INDEX; Schema: upload; Owner: -
--

CREATE UNIQUE INDEX "IX_files_path" ON upload.files USING btree (path);


--
-- Name: IX_files_sha256; Type: INDEX; Schema: upload; Owner: -
--

CREATE INDEX "IX_files_sha256" ON upload.files USING btree (sha256) WHERE (sha256 IS NOT NULL);


--
-- Name: event_errors_next; Type: INDEX; Schema: upload; Owner: -
--

CREATE INDEX event_errors_next ON upload.event_errors USING btree (next_at) WHERE (next_at IS NOT NULL);


--
-- Name: inbox_at; Type: INDEX; Schema: upload; Owner: -
--

CREATE INDEX inbox_at ON upload.inbox USING brin (at);


--
-- Name: messages FK_messages_endpoints_endpoint_id; Type: FK CONSTRAINT; Schema: push; Owner: -
--

ALTER TABLE ONLY push.messages
    ADD CONSTRAINT "FK_messages_endpoints_endpoint_id" FOREIGN KEY (endpoint_id) REFERENCES push.endpoints(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


