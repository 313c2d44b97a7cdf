-- The schema after all migrations. Written by `npm run schema` and compared by a test: change the migrations.

create table collisions (
  id text not null,
  person_id text not null,
  provider text not null,
  account_key text not null,
  subject bytea,
  level text not null,
  cause text not null,
  found_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  outcome text,
  constraint collisions_cause_check CHECK ((cause = ANY (ARRAY['second_account'::text, 'linked_elsewhere'::text, 'identities_differ'::text]))),
  constraint collisions_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint collisions_outcome_check CHECK ((outcome = ANY (ARRAY['same'::text, 'different'::text]))),
  constraint collisions_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint collisions_pkey PRIMARY KEY (id),
  constraint collisions_person_id_account_key_key UNIQUE (person_id, account_key)
);

create table connections (
  id text not null,
  reference text not null,
  state text not null,
  at timestamp with time zone not null,
  completed_at timestamp with time zone,
  person text,
  service text not null,
  provider text,
  level text,
  amr text[] not null,
  reused boolean not null,
  session text,
  device text,
  country text,
  origin bytea not null,
  scopes text[] not null,
  refusal text,
  unusual text[] not null,
  alert text not null,
  constraint connections_alert_check CHECK ((alert = ANY (ARRAY['none'::text, 'unusual'::text, 'suspicious'::text]))),
  constraint connections_check CHECK (((state = 'refused'::text) OR ((person IS NOT NULL) AND (provider IS NOT NULL) AND (level IS NOT NULL) AND (session IS NOT NULL)))),
  constraint connections_check1 CHECK (((state = 'refused'::text) = (refusal IS NOT NULL))),
  constraint connections_check2 CHECK (((state = 'completed'::text) = (completed_at IS NOT NULL))),
  constraint connections_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint connections_state_check CHECK ((state = ANY (ARRAY['authorised'::text, 'completed'::text, 'refused'::text]))),
  constraint connections_pkey PRIMARY KEY (id),
  constraint connections_reference_key UNIQUE (reference)
);

create table contacts (
  id text not null,
  person_id text not null,
  address bytea not null,
  address_key text not null,
  level text not null,
  via_link text,
  added_at timestamp with time zone not null,
  verified_at timestamp with time zone,
  removed_at timestamp with time zone,
  code_hash text,
  code_expires_at timestamp with time zone,
  tries integer not null default 0,
  constraint contacts_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint contacts_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint contacts_pkey PRIMARY KEY (id)
);

create table devices (
  id text not null,
  marks jsonb not null,
  last_seen_on date not null,
  constraint devices_pkey PRIMARY KEY (id)
) with (fillfactor=80);

create table facts (
  sequence bigint not null generated always as identity,
  at timestamp(3) with time zone not null,
  name text not null,
  data json not null,
  salt bytea not null,
  constraint facts_salt_check CHECK ((length(salt) = 32)),
  constraint facts_pkey PRIMARY KEY (sequence)
);

create table journal_heads (
  size bigint not null,
  root bytea not null,
  at timestamp(3) with time zone not null,
  signature text not null,
  constraint journal_heads_pkey PRIMARY KEY (size)
);

create table journal_leaves (
  index bigint not null,
  sequence bigint not null,
  until date not null,
  commitment bytea not null,
  constraint journal_leaves_commitment_check CHECK ((length(commitment) = 32)),
  constraint journal_leaves_index_check CHECK ((index >= 0)),
  constraint journal_leaves_until_check CHECK (isfinite(until)),
  constraint journal_leaves_pkey PRIMARY KEY (index),
  constraint journal_leaves_sequence_key UNIQUE (sequence)
);

create table journal_nodes (
  height smallint not null,
  "position" bigint not null,
  hash bytea not null,
  constraint journal_nodes_hash_check CHECK ((length(hash) = 32)),
  constraint journal_nodes_pkey PRIMARY KEY (height, "position")
);

create table keys (
  id text not null,
  purpose text not null,
  alg text not null,
  state text not null,
  sealed bytea not null,
  created_at timestamp with time zone not null,
  active_from timestamp with time zone not null,
  retired_at timestamp with time zone,
  constraint keys_check CHECK (((retired_at IS NOT NULL) = (state = 'retired'::text))),
  constraint keys_purpose_check CHECK ((purpose = ANY (ARRAY['id-token'::text, 'client'::text, 'decryption'::text, 'journal'::text]))),
  constraint keys_state_check CHECK ((state = ANY (ARRAY['next'::text, 'active'::text, 'retired'::text]))),
  constraint keys_pkey PRIMARY KEY (id)
);

create table links (
  id text not null,
  person_id text not null,
  provider text not null,
  account_key text not null,
  subject bytea not null,
  level text not null,
  serves text not null,
  identity_digest text,
  email bytea,
  email_key text,
  linked_at timestamp with time zone not null,
  constraint links_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint links_serves_check CHECK ((serves = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint links_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint links_pkey PRIMARY KEY (id),
  constraint links_account_key_key UNIQUE (account_key)
);

create table message_deliveries (
  message text not null,
  "position" smallint not null,
  recipient bytea not null,
  state text not null,
  copy bytea,
  sent_at timestamp with time zone,
  constraint message_deliveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text]))),
  constraint message_deliveries_message_fkey FOREIGN KEY (message) REFERENCES messages(id) ON DELETE CASCADE,
  constraint message_deliveries_pkey PRIMARY KEY (message, "position")
);

create table messages (
  id text not null,
  kind text not null,
  about text not null,
  person text not null,
  code_mark text not null,
  state text not null,
  attempts integer not null,
  created_at timestamp with time zone not null,
  constraint messages_kind_check CHECK ((kind = ANY (ARRAY['connection.unusual'::text, 'connection.suspicious'::text]))),
  constraint messages_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text]))),
  constraint messages_pkey PRIMARY KEY (id),
  constraint messages_about_kind_key UNIQUE (about, kind),
  constraint messages_code_mark_key UNIQUE (code_mark)
);

create table outbox (
  id bigint not null generated always as identity,
  due timestamp(3) with time zone not null,
  facts bigint[] not null,
  attempts integer not null default 0,
  problem text,
  constraint outbox_pkey PRIMARY KEY (due, id)
);

create table partner_versions (
  id text not null,
  kind text not null,
  subject text not null,
  number integer not null,
  state text not null,
  settings jsonb not null,
  sealed bytea,
  author jsonb not null,
  created_at timestamp with time zone not null,
  published_at timestamp with time zone,
  archived_at timestamp with time zone,
  revision integer not null,
  constraint partner_versions_kind_check CHECK ((kind = ANY (ARRAY['partner'::text, 'service'::text, 'provider'::text]))),
  constraint partner_versions_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'archived'::text]))),
  constraint partner_versions_pkey PRIMARY KEY (id),
  constraint partner_versions_kind_subject_number_key UNIQUE (kind, subject, number)
);

create table partners_revision (
  single boolean not null default true,
  revision integer not null,
  constraint partners_revision_single_check CHECK (single),
  constraint partners_revision_pkey PRIMARY KEY (single)
);

create table people (
  id text not null,
  kind text not null,
  created_at timestamp with time zone not null,
  erased_at timestamp with time zone,
  wrapped_key bytea,
  language text,
  highest_level text not null,
  identity bytea,
  identity_level text,
  match_key text,
  homonyms boolean not null default false,
  constraint people_check CHECK (((wrapped_key IS NULL) = (erased_at IS NOT NULL))),
  constraint people_highest_level_check CHECK ((highest_level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint people_identity_level_check CHECK ((identity_level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint people_kind_check CHECK ((kind = ANY (ARRAY['pivot'::text, 'professional'::text]))),
  constraint people_pkey PRIMARY KEY (id)
);

create table provider_states (
  provider text not null,
  state jsonb not null,
  author jsonb not null,
  changed_at timestamp with time zone not null,
  constraint provider_states_pkey PRIMARY KEY (provider)
);

create table schema_migrations (
  number integer not null,
  name text not null,
  sha256 text not null,
  constraint schema_migrations_pkey PRIMARY KEY (number)
);

create table sessions (
  id text not null,
  secret_hash text not null,
  person text not null,
  link text not null,
  provider text not null,
  level text not null,
  serves text not null,
  amr text[] not null,
  auth_time timestamp with time zone not null,
  device text,
  upstream_id_token bytea,
  services jsonb not null,
  started_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  end_reason text,
  constraint sessions_check CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
  constraint sessions_end_reason_check CHECK ((end_reason = ANY (ARRAY['logout'::text, 'replaced'::text, 'revoked'::text, 'expired'::text]))),
  constraint sessions_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint sessions_serves_check CHECK ((serves = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_secret_hash_key UNIQUE (secret_hash)
) with (fillfactor=80);

create unlogged table state (
  id text not null,
  group_id text,
  value bytea not null,
  expires_at timestamp with time zone not null,
  consumed_at timestamp with time zone,
  constraint state_pkey PRIMARY KEY (id)
) with (fillfactor=80, autovacuum_vacuum_scale_factor=0.02);

create table subjects (
  person_id text not null,
  sector text not null,
  subject text not null,
  created_at timestamp with time zone not null,
  constraint subjects_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint subjects_pkey PRIMARY KEY (person_id, sector)
);

CREATE INDEX collisions_open ON collisions USING btree (found_at) WHERE (resolved_at IS NULL);

CREATE INDEX connections_of_person ON connections USING btree (person, id) WHERE (person IS NOT NULL);

CREATE UNIQUE INDEX contacts_address ON contacts USING btree (person_id, address_key) WHERE (removed_at IS NULL);

CREATE INDEX contacts_person ON contacts USING btree (person_id);

CREATE INDEX contacts_removed ON contacts USING btree (removed_at) WHERE (removed_at IS NOT NULL);

CREATE INDEX contacts_unproved ON contacts USING btree (code_expires_at) WHERE (verified_at IS NULL);

CREATE INDEX devices_last_seen ON devices USING btree (last_seen_on);

CREATE INDEX facts_connection ON facts USING btree (((data ->> 'connection'::text)) COLLATE "C", sequence) WHERE (((data ->> 'connection'::text) COLLATE "C") IS NOT NULL);

CREATE INDEX facts_name ON facts USING btree (name, sequence);

CREATE INDEX facts_person ON facts USING btree (((data ->> 'person'::text)) COLLATE "C", sequence) WHERE (((data ->> 'person'::text) COLLATE "C") IS NOT NULL);

CREATE UNIQUE INDEX keys_present ON keys USING btree (purpose, alg, state) WHERE (state <> 'retired'::text);

CREATE INDEX links_person ON links USING btree (person_id, provider);

CREATE INDEX messages_of_person ON messages USING btree (person);

CREATE UNIQUE INDEX partner_versions_published ON partner_versions USING btree (kind, subject) WHERE (state = 'published'::text);

CREATE INDEX partner_versions_revision ON partner_versions USING btree (revision);

CREATE INDEX people_match ON people USING btree (match_key) WHERE (match_key IS NOT NULL);

CREATE INDEX sessions_ended ON sessions USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX sessions_live ON sessions USING btree (started_at) WHERE (ended_at IS NULL);

CREATE INDEX sessions_of_person ON sessions USING btree (person) WHERE (ended_at IS NULL);

CREATE INDEX state_expiry ON state USING btree (expires_at);

CREATE INDEX state_group ON state USING btree (group_id) WHERE (group_id IS NOT NULL);
