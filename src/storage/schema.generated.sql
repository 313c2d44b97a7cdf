-- The schema after all migrations. Written by `npm run schema` and compared by a test: change the migrations.

create sequence partner_draft_edits as integer start 1 increment 1;

create table activations (
  person_id text not null,
  enrolment_id text not null,
  reference text not null,
  secret_hash text not null,
  tries smallint not null default 0,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  browser_hash text,
  open_until timestamp with time zone,
  used_at timestamp with time zone,
  constraint activations_check CHECK (((browser_hash IS NULL) = (open_until IS NULL))),
  constraint activations_enrolment_id_fkey FOREIGN KEY (enrolment_id) REFERENCES enrolments(id),
  constraint activations_pkey PRIMARY KEY (person_id),
  constraint activations_reference_key UNIQUE (reference)
);

create table alert_choices (
  person text not null,
  contact text not null,
  hears text not null,
  constraint alert_choices_hears_check CHECK ((hears = ANY (ARRAY['every'::text, 'unusual'::text, 'serious'::text]))),
  constraint alert_choices_pkey1 PRIMARY KEY (person, contact)
);

create table api_answers (
  client text not null,
  key_hash text not null,
  fingerprint text not null,
  begun_at timestamp with time zone not null,
  answer bytea,
  constraint api_answers_client_fkey FOREIGN KEY (client) REFERENCES api_clients(id),
  constraint api_answers_pkey PRIMARY KEY (client, key_hash)
);

create table api_clients (
  id text not null,
  name text not null,
  scopes text[] not null,
  jwks jsonb not null,
  registered_by jsonb not null,
  operator text,
  registered_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  last_token_at timestamp with time zone,
  removed_at timestamp with time zone,
  party_side text,
  party_object text,
  party_partner text,
  constraint api_clients_party CHECK ((num_nonnulls(party_side, party_object, party_partner) = ANY (ARRAY[0, 3]))),
  constraint api_clients_party_side_check CHECK ((party_side = ANY (ARRAY['service'::text, 'provider'::text]))),
  constraint api_clients_scopes_check CHECK ((cardinality(scopes) > 0)),
  constraint api_clients_pkey PRIMARY KEY (id)
);

create table approvals (
  id text not null,
  kind text not null,
  about text not null,
  parameters jsonb,
  sealed bytea,
  reason text not null,
  state text not null,
  asked_by jsonb not null,
  barred text[] not null,
  asked_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  answer text,
  constraint approvals_check CHECK (((state = 'pending'::text) OR (sealed IS NULL))),
  constraint approvals_check1 CHECK (((state <> 'pending'::text) OR ((parameters IS NULL) <> (sealed IS NULL)))),
  constraint approvals_check2 CHECK (((state = 'pending'::text) = (decided_at IS NULL))),
  constraint approvals_check3 CHECK (((state = ANY (ARRAY['confirmed'::text, 'declined'::text])) = (decided_by IS NOT NULL))),
  constraint approvals_check4 CHECK (((state <> 'confirmed'::text) OR (decided_by <> ALL (barred)))),
  constraint approvals_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'confirmed'::text, 'declined'::text, 'withdrawn'::text, 'expired'::text]))),
  constraint approvals_pkey PRIMARY KEY (id)
);

create table banners (
  id text not null,
  number integer not null,
  kind text not null,
  text jsonb not null,
  services text[],
  since timestamp with time zone not null,
  until timestamp with time zone not null,
  author jsonb not null,
  published_at timestamp with time zone not null,
  changed_by jsonb not null,
  changed_at timestamp with time zone not null,
  withdrawn_at timestamp with time zone,
  constraint banners_check CHECK ((since < until)),
  constraint banners_kind_check CHECK ((kind = ANY (ARRAY['phishing'::text, 'maintenance'::text, 'information'::text]))),
  constraint banners_pkey PRIMARY KEY (id)
);

create table breach_events (
  id bigint not null generated always as identity,
  breach text not null,
  at timestamp with time zone not null,
  by jsonb not null,
  what text not null,
  sealed bytea not null,
  constraint breach_events_breach_fkey FOREIGN KEY (breach) REFERENCES breaches(id) ON DELETE CASCADE,
  constraint breach_events_pkey PRIMARY KEY (id)
);

create table breach_phases (
  id text not null,
  breach text not null,
  authority text not null,
  number integer not null,
  told_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  recorded_by jsonb not null,
  late boolean not null,
  sealed bytea not null,
  constraint breach_phases_breach_fkey FOREIGN KEY (breach) REFERENCES breaches(id) ON DELETE CASCADE,
  constraint breach_phases_pkey PRIMARY KEY (id),
  constraint breach_phases_breach_authority_number_key UNIQUE (breach, authority, number)
);

create table breaches (
  id text not null,
  reference text not null,
  source_case text,
  case_standing text,
  case_sequence bigint,
  state text not null,
  version integer not null,
  authorities text[] not null,
  opened_at timestamp with time zone not null,
  opened_by jsonb not null,
  aware_at timestamp with time zone not null,
  due_at timestamp with time zone,
  reminded integer,
  decision text,
  risk text,
  sealed bytea not null,
  closed_at timestamp with time zone,
  closed_by jsonb,
  closing text,
  constraint breaches_case_standing_check CHECK ((case_standing = ANY (ARRAY['confirmed'::text, 'revised'::text, 'not_confirmed'::text]))),
  constraint breaches_check CHECK (((source_case IS NULL) = (case_standing IS NULL))),
  constraint breaches_check1 CHECK (((decision IS NULL) = (risk IS NULL))),
  constraint breaches_check2 CHECK (((state = 'closed'::text) = ((closed_at IS NOT NULL) AND (closed_by IS NOT NULL) AND (closing IS NOT NULL)))),
  constraint breaches_closing_check CHECK ((closing = ANY (ARRAY['documented'::text, 'finished'::text, 'not_a_breach'::text, 'duplicate'::text]))),
  constraint breaches_decision_check CHECK ((decision = ANY (ARRAY['notify'::text, 'not_needed'::text]))),
  constraint breaches_risk_check CHECK ((risk = ANY (ARRAY['unlikely'::text, 'risk'::text, 'high'::text]))),
  constraint breaches_state_check CHECK ((state = ANY (ARRAY['open'::text, 'assessed'::text, 'notified'::text, 'closed'::text]))),
  constraint breaches_pkey PRIMARY KEY (id),
  constraint breaches_reference_key UNIQUE (reference),
  constraint breaches_source_case_key UNIQUE (source_case)
);

create table case_answers (
  party text not null,
  number integer not null,
  key text not null,
  at timestamp with time zone not null,
  by jsonb not null,
  via text not null,
  finding text,
  measures text[] not null,
  duties text[] not null,
  breach_decision text,
  aware_at timestamp with time zone,
  late boolean not null,
  constraint case_answers_breach_decision_check CHECK ((breach_decision = ANY (ARRAY['notify'::text, 'not_needed'::text, 'undecided'::text]))),
  constraint case_answers_finding_check CHECK ((finding = ANY (ARRAY['confirmed'::text, 'not_confirmed'::text]))),
  constraint case_answers_via_check CHECK ((via = ANY (ARRAY['desk'::text, 'api'::text, 'signal'::text]))),
  constraint case_answers_party_fkey FOREIGN KEY (party) REFERENCES case_parties(id) ON DELETE CASCADE,
  constraint case_answers_pkey PRIMARY KEY (party, number),
  constraint case_answers_party_key_key UNIQUE (party, key)
);

create table case_code_tries (
  network text not null,
  since timestamp with time zone not null,
  tries integer not null,
  constraint case_code_tries_pkey PRIMARY KEY (network)
);

create table case_connections (
  case_id text not null,
  connection text not null,
  in_question boolean not null,
  open boolean not null,
  at timestamp with time zone,
  service text,
  provider text,
  session text,
  device_mark text,
  network_mark text,
  frozen_at timestamp with time zone,
  evidence bytea,
  constraint case_connections_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id) ON DELETE CASCADE,
  constraint case_connections_pkey PRIMARY KEY (case_id, connection)
);

create table case_events (
  case_id text not null,
  number integer not null,
  at timestamp with time zone not null,
  by jsonb not null,
  what text not null,
  party text,
  more jsonb,
  constraint case_events_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id) ON DELETE CASCADE,
  constraint case_events_pkey PRIMARY KEY (case_id, number)
);

create table case_parties (
  id text not null,
  case_id text not null,
  side text not null,
  object text not null,
  partner text not null,
  reference text not null,
  txn text not null,
  subject bytea,
  subject_mark text,
  issuer text not null,
  moments jsonb not null,
  notified_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  version integer not null default 1,
  waiting boolean not null default true,
  next_at timestamp with time zone,
  reminders smallint not null default 0,
  reminded_at timestamp with time zone,
  escalated_at timestamp with time zone,
  finding text,
  answered_at timestamp with time zone,
  waived_at timestamp with time zone,
  done jsonb not null default '{}'::jsonb,
  constraint case_parties_finding_check CHECK ((finding = ANY (ARRAY['confirmed'::text, 'not_confirmed'::text]))),
  constraint case_parties_side_check CHECK ((side = ANY (ARRAY['service'::text, 'provider'::text]))),
  constraint case_parties_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id) ON DELETE CASCADE,
  constraint case_parties_pkey PRIMARY KEY (id),
  constraint case_parties_case_id_side_object_key UNIQUE (case_id, side, object),
  constraint case_parties_reference_key UNIQUE (reference),
  constraint case_parties_txn_key UNIQUE (txn)
);

create table case_reports (
  reference text not null,
  case_id text,
  origin text not null,
  at timestamp with time zone not null,
  by jsonb not null,
  via text,
  kind text,
  side text,
  object text,
  about_mark text,
  key_hash text,
  constraint case_reports_origin_check CHECK ((origin = ANY (ARRAY['person'::text, 'form'::text, 'service'::text, 'provider'::text, 'hub'::text]))),
  constraint case_reports_side_check CHECK ((side = ANY (ARRAY['service'::text, 'provider'::text]))),
  constraint case_reports_via_check CHECK ((via = ANY (ARRAY['desk'::text, 'api'::text, 'signal'::text]))),
  constraint case_reports_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id) ON DELETE CASCADE,
  constraint case_reports_pkey PRIMARY KEY (reference)
);

create table case_texts (
  place text not null,
  case_id text,
  owner text,
  sealed bytea not null,
  constraint case_texts_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id) ON DELETE CASCADE,
  constraint case_texts_pkey PRIMARY KEY (place)
);

create table cases (
  id text not null,
  reference text not null,
  person text,
  state text not null,
  opened_at timestamp with time zone not null,
  opened_by jsonb not null,
  closed_at timestamp with time zone,
  closed_by jsonb,
  close_reason text,
  origin text not null,
  match text not null,
  version integer not null default 1,
  reporter text,
  rule text,
  explanation jsonb,
  checks jsonb,
  stolen text,
  verdict text,
  notified_at timestamp with time zone,
  first_answer_at timestamp with time zone,
  concluded_at timestamp with time zone,
  due_at timestamp with time zone,
  erased boolean not null default false,
  constraint cases_check CHECK (((state = 'closed'::text) = ((closed_at IS NOT NULL) AND (closed_by IS NOT NULL) AND (close_reason IS NOT NULL)))),
  constraint cases_check1 CHECK (((match = 'matched'::text) = (person IS NOT NULL))),
  constraint cases_close_reason_check CHECK ((close_reason = ANY (ARRAY['settled'::text, 'not_a_theft'::text, 'duplicate'::text, 'no_answer'::text, 'no_trace'::text, 'not_matching'::text]))),
  constraint cases_match_check CHECK ((match = ANY (ARRAY['matched'::text, 'not_matching'::text, 'no_trace'::text]))),
  constraint cases_origin_check CHECK ((origin = ANY (ARRAY['person'::text, 'form'::text, 'service'::text, 'provider'::text, 'hub'::text]))),
  constraint cases_state_check CHECK ((state = ANY (ARRAY['received'::text, 'qualified'::text, 'notified'::text, 'concluded'::text, 'closed'::text]))),
  constraint cases_verdict_check CHECK ((verdict = ANY (ARRAY['confirmed'::text, 'not_confirmed'::text]))),
  constraint cases_pkey PRIMARY KEY (id),
  constraint cases_reference_key UNIQUE (reference)
);

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
  differing text[],
  constraint collisions_cause_check CHECK ((cause = ANY (ARRAY['second_account'::text, 'linked_elsewhere'::text, 'identities_differ'::text]))),
  constraint collisions_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint collisions_outcome_check CHECK ((outcome = ANY (ARRAY['same'::text, 'different'::text]))),
  constraint collisions_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint collisions_pkey PRIMARY KEY (id),
  constraint collisions_person_id_account_key_key UNIQUE (person_id, account_key)
);

create table connection_days (
  day date not null,
  service text not null,
  connections integer not null,
  by_session integer not null,
  double_avoided integer not null,
  constraint connection_days_pkey PRIMARY KEY (day, service)
);

create table connection_days_until (
  single boolean not null default true,
  until date not null,
  time_zone text not null,
  constraint connection_days_until_single_check CHECK (single),
  constraint connection_days_until_pkey PRIMARY KEY (single)
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
  link text,
  acr text,
  took integer,
  away integer,
  network text,
  answer text,
  answered_at timestamp with time zone,
  organisation text,
  mandate text,
  constraint connections_acr_check CHECK ((acr = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint connections_alert_check CHECK ((alert = ANY (ARRAY['none'::text, 'unusual'::text, 'suspicious'::text]))),
  constraint connections_answer_check CHECK ((answer = ANY (ARRAY['owned'::text, 'disowned'::text]))),
  constraint connections_check CHECK (((state = 'refused'::text) OR ((person IS NOT NULL) AND (provider IS NOT NULL) AND (level IS NOT NULL) AND (session IS NOT NULL)))),
  constraint connections_check1 CHECK (((state = 'refused'::text) = (refusal IS NOT NULL))),
  constraint connections_check2 CHECK (((state = 'completed'::text) = (completed_at IS NOT NULL))),
  constraint connections_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint connections_mandate_of_organisation CHECK (((mandate IS NULL) OR (organisation IS NOT NULL))),
  constraint connections_state_check CHECK ((state = ANY (ARRAY['authorised'::text, 'completed'::text, 'refused'::text]))),
  constraint connections_pkey PRIMARY KEY (id),
  constraint connections_reference_key UNIQUE (reference)
);

create table contact_checks (
  partner text not null,
  due_at timestamp with time zone not null,
  asked smallint,
  confirmed_at timestamp with time zone,
  confirmed_by text,
  mailbox text,
  constraint contact_checks_pkey PRIMARY KEY (partner)
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

create table detection_attempts (
  provider text not null,
  until timestamp with time zone not null,
  signed_in integer not null,
  refused integer not null,
  constraint detection_attempts_pkey PRIMARY KEY (provider, until)
);

create table detection_looks (
  single boolean not null default true,
  until timestamp with time zone not null,
  constraint detection_looks_single_check CHECK (single),
  constraint detection_looks_pkey PRIMARY KEY (single)
);

create table detection_tunings (
  rule text not null,
  number integer not null,
  mode text not null,
  parameters jsonb not null,
  tuned_at timestamp with time zone not null,
  tuned_by jsonb not null,
  constraint detection_tunings_mode_check CHECK ((mode = ANY (ARRAY['off'::text, 'watch'::text, 'case'::text]))),
  constraint detection_tunings_pkey PRIMARY KEY (rule, number)
);

create table detections (
  id text not null,
  rule text not null,
  found_at timestamp with time zone not null,
  person text,
  provider text,
  connections text[] not null,
  explanation jsonb not null,
  weight integer not null,
  mode text not null,
  case_id text,
  over_at timestamp with time zone,
  verdict text,
  constraint detections_check CHECK (((person IS NULL) OR (provider IS NULL))),
  constraint detections_mode_check CHECK ((mode = ANY (ARRAY['watch'::text, 'case'::text]))),
  constraint detections_verdict_check CHECK ((verdict = ANY (ARRAY['confirmed'::text, 'not_confirmed'::text]))),
  constraint detections_weight_check CHECK (((weight >= 1) AND (weight <= 100))),
  constraint detections_pkey PRIMARY KEY (id)
);

create table device_names (
  person text not null,
  device text not null,
  name bytea not null,
  constraint device_names_device_fkey FOREIGN KEY (device) REFERENCES devices(id) ON DELETE CASCADE,
  constraint device_names_pkey PRIMARY KEY (person, device)
);

create table devices (
  id text not null,
  marks jsonb not null,
  last_seen_on date not null,
  places jsonb not null default '{}'::jsonb,
  constraint devices_pkey PRIMARY KEY (id)
) with (fillfactor=80);

create table eid_approvals (
  id text not null,
  phone_id text not null,
  person_id text not null,
  outcome text not null,
  about bytea not null,
  at timestamp with time zone not null,
  constraint eid_approvals_outcome_check CHECK ((outcome = ANY (ARRAY['approved'::text, 'declined'::text]))),
  constraint eid_approvals_phone_id_fkey FOREIGN KEY (phone_id) REFERENCES eid_phones(id) ON DELETE CASCADE,
  constraint eid_approvals_pkey PRIMARY KEY (id)
);

create table eid_limits (
  key text not null,
  count integer not null,
  until timestamp with time zone not null,
  constraint eid_limits_pkey PRIMARY KEY (key)
);

create table eid_phones (
  id text not null,
  person_id text not null,
  link_id text not null,
  provider text not null,
  platform text not null,
  security_level text not null,
  key jsonb not null,
  thumbprint text not null,
  installation text not null,
  card text not null,
  label bytea not null,
  holder bytea,
  attested jsonb,
  paired_at timestamp with time zone not null,
  renewed_at timestamp with time zone,
  last_used_at timestamp with time zone,
  expires_at timestamp with time zone not null,
  state text not null,
  ended_at timestamp with time zone,
  revoked_for text,
  reminded smallint,
  attestation bytea,
  constraint eid_phones_check CHECK (((ended_at IS NULL) = (state = 'active'::text))),
  constraint eid_phones_check1 CHECK (((revoked_for IS NULL) = (state <> 'revoked'::text))),
  constraint eid_phones_check2 CHECK (((holder IS NULL) = (state <> 'active'::text))),
  constraint eid_phones_check3 CHECK (((attestation IS NULL) OR (state = 'active'::text))),
  constraint eid_phones_platform_check CHECK ((platform = ANY (ARRAY['android'::text, 'ios'::text, 'demo'::text]))),
  constraint eid_phones_security_level_check CHECK ((security_level = ANY (ARRAY['software'::text, 'tee'::text, 'strongbox'::text, 'secure_enclave'::text]))),
  constraint eid_phones_state_check CHECK ((state = ANY (ARRAY['active'::text, 'revoked'::text, 'expired'::text]))),
  constraint eid_phones_pkey PRIMARY KEY (id),
  constraint eid_phones_thumbprint_key UNIQUE (thumbprint)
);

create table enrolments (
  id text not null,
  person_id text not null,
  proof text not null,
  detail text,
  agent jsonb not null,
  evidence bytea,
  level text not null,
  at timestamp with time zone not null,
  checked_on date,
  link text,
  constraint enrolments_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint enrolments_proof_check CHECK ((proof = ANY (ARRAY['provider'::text, 'document'::text, 'health_mailbox'::text, 'invitation'::text]))),
  constraint enrolments_pkey PRIMARY KEY (id)
);

create table facts (
  sequence bigint not null generated always as identity,
  at timestamp(3) with time zone not null,
  name text not null,
  data json not null,
  salt bytea not null,
  constraint facts_salt_check CHECK ((length(salt) = 32)),
  constraint facts_pkey PRIMARY KEY (sequence)
);

create table figure_days (
  side text not null,
  subject text not null,
  day date not null,
  kind text not null,
  value text not null,
  count integer not null,
  constraint figure_days_kind_check CHECK ((kind = ANY (ARRAY['login'::text, 'refusal'::text, 'duration'::text]))),
  constraint figure_days_side_check CHECK ((side = ANY (ARRAY['service'::text, 'provider'::text]))),
  constraint figure_days_pkey PRIMARY KEY (side, subject, day, kind, value)
);

create table figure_days_until (
  single boolean not null default true,
  until timestamp with time zone not null,
  constraint figure_days_until_single_check CHECK (single),
  constraint figure_days_until_pkey PRIMARY KEY (single)
);

create table firm_assignments (
  assignment text not null,
  firm text not null,
  membership text not null,
  principal text,
  portfolio text,
  actions jsonb not null,
  minimum_level text,
  until_at timestamp with time zone,
  given_by text not null,
  given_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  end_reason text,
  constraint firm_assignments_check CHECK (((principal IS NULL) <> (portfolio IS NULL))),
  constraint firm_assignments_check1 CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
  constraint firm_assignments_end_reason_check CHECK ((end_reason = ANY (ARRAY['unassigned'::text, 'replaced'::text, 'term'::text, 'member_left'::text, 'portfolio_removed'::text, 'client_left'::text]))),
  constraint firm_assignments_minimum_level_check CHECK ((minimum_level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint firm_assignments_membership_fkey FOREIGN KEY (membership, firm) REFERENCES firm_members(membership, firm),
  constraint firm_assignments_portfolio_fkey FOREIGN KEY (portfolio, firm) REFERENCES firm_portfolios(portfolio, firm),
  constraint firm_assignments_pkey PRIMARY KEY (assignment)
);

create table firm_imports (
  id text not null,
  firm text not null,
  kind text not null,
  digest text not null,
  checked_by text not null,
  checked_at timestamp with time zone not null,
  file text,
  applied_by text,
  applied_at timestamp with time zone,
  outcome jsonb,
  constraint firm_imports_kind_check CHECK ((kind = ANY (ARRAY['mandates'::text, 'assignments'::text]))),
  constraint firm_imports_firm_fkey FOREIGN KEY (firm) REFERENCES firms(organisation),
  constraint firm_imports_pkey PRIMARY KEY (id)
);

create table firm_invitations (
  id text not null,
  token_hash text not null,
  firm text not null,
  role text not null,
  mail bytea,
  invited_by text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  membership text,
  used_at timestamp with time zone,
  withdrawn_at timestamp with time zone,
  constraint firm_invitations_role_check CHECK ((role = ANY (ARRAY['administrator'::text, 'manager'::text, 'employee'::text]))),
  constraint firm_invitations_firm_fkey FOREIGN KEY (firm) REFERENCES firms(organisation),
  constraint firm_invitations_pkey PRIMARY KEY (id),
  constraint firm_invitations_token_hash_key UNIQUE (token_hash)
);

create table firm_members (
  membership text not null,
  firm text not null,
  person text not null,
  role text not null,
  state text not null,
  level text not null,
  representation text,
  invited_by text,
  accepted_at timestamp with time zone not null,
  active_at timestamp with time zone,
  ended_at timestamp with time zone,
  end_reason text,
  constraint firm_members_check CHECK ((((state = 'ended'::text) = (ended_at IS NOT NULL)) AND ((ended_at IS NULL) = (end_reason IS NULL)))),
  constraint firm_members_end_reason_check CHECK ((end_reason = ANY (ARRAY['left'::text, 'removed'::text, 'not_confirmed'::text, 'erased'::text, 'told_apart'::text]))),
  constraint firm_members_role_check CHECK ((role = ANY (ARRAY['administrator'::text, 'manager'::text, 'employee'::text]))),
  constraint firm_members_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'active'::text, 'ended'::text]))),
  constraint firm_members_firm_fkey FOREIGN KEY (firm) REFERENCES firms(organisation),
  constraint firm_members_pkey PRIMARY KEY (membership),
  constraint firm_members_of_firm UNIQUE (membership, firm)
);

create table firm_portfolio_clients (
  portfolio text not null,
  principal text not null,
  firm text not null,
  added_at timestamp with time zone not null,
  added_by text not null,
  removed_at timestamp with time zone,
  constraint firm_portfolio_clients_portfolio_fkey FOREIGN KEY (portfolio, firm) REFERENCES firm_portfolios(portfolio, firm)
);

create table firm_portfolios (
  portfolio text not null,
  firm text not null,
  name text not null,
  created_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint firm_portfolios_firm_fkey FOREIGN KEY (firm) REFERENCES firms(organisation),
  constraint firm_portfolios_pkey PRIMARY KEY (portfolio),
  constraint firm_portfolios_of_firm UNIQUE (portfolio, firm)
);

create table firms (
  organisation text not null,
  opened_at timestamp with time zone not null,
  constraint firms_pkey PRIMARY KEY (organisation)
);

create table handovers (
  service text not null,
  minute timestamp with time zone not null,
  count integer not null,
  constraint handovers_pkey PRIMARY KEY (service)
) with (fillfactor=50);

create table homologations (
  id text not null,
  entry text not null,
  service text not null,
  author text not null,
  risk_analysis text not null,
  decided_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  recorded_by jsonb not null,
  withdrawn_at timestamp with time zone,
  withdrawn_by jsonb,
  reminded_at timestamp with time zone,
  constraint homologations_check CHECK (((withdrawn_at IS NULL) = (withdrawn_by IS NULL))),
  constraint homologations_pkey PRIMARY KEY (id)
);

create table identifiers (
  digest text not null,
  person_id text not null,
  kind text not null,
  sealed bytea not null,
  added_at timestamp with time zone not null,
  constraint identifiers_kind_check CHECK ((kind = ANY (ARRAY['login_name'::text, 'email'::text, 'phone'::text, 'rpps'::text, 'private'::text]))),
  constraint identifiers_pkey PRIMARY KEY (digest)
);

create table incident_statement_versions (
  statement text not null,
  number integer not null,
  content jsonb not null,
  published_at timestamp with time zone not null,
  published_by jsonb not null,
  constraint incident_statement_versions_statement_fkey FOREIGN KEY (statement) REFERENCES incident_statements(id) ON DELETE CASCADE,
  constraint incident_statement_versions_pkey PRIMARY KEY (statement, number)
);

create table incident_statements (
  id text not null,
  reference text not null,
  breach text,
  version integer not null,
  changed_at timestamp with time zone not null,
  changed_by jsonb not null,
  draft bytea,
  withdrawn_at timestamp with time zone,
  constraint incident_statements_breach_fkey FOREIGN KEY (breach) REFERENCES breaches(id) ON DELETE SET NULL,
  constraint incident_statements_pkey PRIMARY KEY (id),
  constraint incident_statements_reference_key UNIQUE (reference)
);

create table incidents (
  id text not null,
  provider text not null,
  health text not null,
  reasons jsonb not null,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  note jsonb,
  note_author jsonb,
  noted_at timestamp with time zone,
  constraint incidents_health_check CHECK ((health = ANY (ARRAY['degraded'::text, 'down'::text]))),
  constraint incidents_pkey PRIMARY KEY (id)
);

create table job_runs (
  queue text not null,
  at timestamp with time zone not null,
  outcome text not null,
  constraint job_runs_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'failed'::text]))),
  constraint job_runs_pkey PRIMARY KEY (queue)
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

create table known_representatives (
  organisation text not null,
  person text not null,
  seen_at timestamp with time zone not null,
  constraint known_representatives_pkey PRIMARY KEY (organisation, person)
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

create table mandate_news (
  mandate text not null,
  kind text not null,
  at timestamp with time zone not null,
  details jsonb not null,
  constraint mandate_news_pkey PRIMARY KEY (mandate, kind)
);

create table mandate_rights (
  mandate text not null,
  service text not null,
  action text not null,
  until_at timestamp with time zone,
  minimum_level text not null,
  constraint mandate_rights_action_check CHECK ((action = ANY (ARRAY['read'::text, 'prepare'::text, 'submit'::text, 'pay'::text, 'manage_mandates'::text]))),
  constraint mandate_rights_minimum_level_check CHECK ((minimum_level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint mandate_rights_mandate_fkey FOREIGN KEY (mandate) REFERENCES mandates(id) ON DELETE CASCADE,
  constraint mandate_rights_pkey PRIMARY KEY (mandate, service, action)
);

create table mandate_signatures (
  mandate text not null,
  number smallint not null,
  side text not null,
  signature text not null,
  person text not null,
  level text not null,
  representation text,
  at timestamp with time zone not null,
  constraint mandate_signatures_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint mandate_signatures_side_check CHECK ((side = ANY (ARRAY['principal'::text, 'mandatary'::text]))),
  constraint mandate_signatures_mandate_fkey FOREIGN KEY (mandate) REFERENCES mandates(id) ON DELETE CASCADE,
  constraint mandate_signatures_pkey PRIMARY KEY (mandate, number),
  constraint mandate_signatures_signature_key UNIQUE (signature)
);

create table mandate_uses (
  id text not null,
  organisation text not null,
  mandate text,
  membership text,
  firm text,
  person text not null,
  service text not null,
  actions text[] not null,
  kind text not null,
  connection text,
  country text,
  refused text,
  unusual text[] not null default '{}'::text[],
  at timestamp with time zone not null,
  constraint mandate_uses_kind_check CHECK ((kind = ANY (ARRAY['login'::text, 'token'::text]))),
  constraint mandate_uses_mandate_fkey FOREIGN KEY (mandate) REFERENCES mandates(id) ON DELETE CASCADE,
  constraint mandate_uses_pkey PRIMARY KEY (id)
);

create table mandates (
  id text not null,
  principal text not null,
  principal_name text not null default ''::text,
  mandatary_organisation text,
  mandatary_person text,
  parent text,
  renews text,
  drawn_up_by text not null,
  drafted_by text not null,
  drafted_at timestamp with time zone not null,
  state text not null,
  suspended_by_principal_at timestamp with time zone,
  suspended_by_operator_at timestamp with time zone,
  to_confirm_at timestamp with time zone,
  ended_at timestamp with time zone,
  ended_for text,
  refused_because text,
  from_at timestamp with time zone not null,
  until_at timestamp with time zone not null,
  delegable boolean not null,
  scope jsonb not null default '{}'::jsonb,
  version integer not null,
  text_version text not null,
  named jsonb,
  representation text,
  representation_role text,
  representation_source text,
  representation_checked_at timestamp with time zone,
  proposed_at timestamp with time zone,
  answer_by timestamp with time zone,
  active_at timestamp with time zone,
  replaced_by text,
  replaced_at timestamp with time zone,
  warned smallint,
  constraint mandates_check CHECK (((mandatary_organisation IS NULL) <> (mandatary_person IS NULL))),
  constraint mandates_check1 CHECK ((from_at < until_at)),
  constraint mandates_check2 CHECK (((replaced_by IS NULL) = (replaced_at IS NULL))),
  constraint mandates_check3 CHECK ((((state = 'ended'::text) = (ended_at IS NOT NULL)) AND ((ended_at IS NULL) = (ended_for IS NULL)))),
  constraint mandates_check4 CHECK (((state = 'suspended'::text) = (COALESCE(suspended_by_principal_at, suspended_by_operator_at, to_confirm_at) IS NOT NULL))),
  constraint mandates_check5 CHECK (((state <> ALL (ARRAY['active'::text, 'suspended'::text])) OR (active_at IS NOT NULL))),
  constraint mandates_check6 CHECK (((state <> 'proposed'::text) OR ((proposed_at IS NOT NULL) AND (answer_by IS NOT NULL)))),
  constraint mandates_delegated_once CHECK (((parent IS NULL) OR (NOT delegable))),
  constraint mandates_drawn_up_by_check CHECK ((drawn_up_by = ANY (ARRAY['principal'::text, 'mandatary'::text]))),
  constraint mandates_ended_for_check CHECK ((ended_for = ANY (ARRAY['refused'::text, 'unanswered'::text, 'withdrawn'::text, 'revoked'::text, 'renounced'::text, 'term'::text, 'authority_lost'::text, 'fraud'::text, 'superseded'::text]))),
  constraint mandates_five_years CHECK (((until_at - from_at) <= '1828 days'::interval)),
  constraint mandates_refused_because_check CHECK ((refused_because = ANY (ARRAY['rights'::text, 'dates'::text, 'not_expected'::text, 'other'::text]))),
  constraint mandates_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'proposed'::text, 'active'::text, 'suspended'::text, 'ended'::text]))),
  constraint mandates_parent_fkey FOREIGN KEY (parent, principal) REFERENCES mandates(id, principal),
  constraint mandates_renews_fkey FOREIGN KEY (renews, principal) REFERENCES mandates(id, principal),
  constraint mandates_replaced_by_fkey FOREIGN KEY (replaced_by, principal) REFERENCES mandates(id, principal),
  constraint mandates_pkey PRIMARY KEY (id),
  constraint mandates_of_principal UNIQUE (id, principal)
);

create table means (
  id text not null,
  person_id text not null,
  kind text not null,
  state text not null,
  suspended_by text,
  enrolment_id text not null,
  label bytea not null,
  secret bytea,
  credential_id text,
  public_key bytea,
  counter bigint not null default 0,
  details jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null,
  activated_at timestamp with time zone,
  last_used_at timestamp with time zone,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  reminded smallint,
  via_link text,
  changed_at timestamp with time zone,
  constraint means_check CHECK (((suspended_by IS NULL) = (state <> 'suspended'::text))),
  constraint means_check1 CHECK (((ended_at IS NULL) = (state <> ALL (ARRAY['revoked'::text, 'expired'::text])))),
  constraint means_check2 CHECK (((kind = 'passkey'::text) = ((credential_id IS NOT NULL) AND (public_key IS NOT NULL)))),
  constraint means_check3 CHECK (((kind = ANY (ARRAY['password'::text, 'totp'::text, 'sms_code'::text])) = (secret IS NOT NULL))),
  constraint means_kind_check CHECK ((kind = ANY (ARRAY['password'::text, 'totp'::text, 'recovery_codes'::text, 'passkey'::text, 'sms_code'::text, 'mail_code'::text]))),
  constraint means_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'suspended'::text, 'revoked'::text, 'expired'::text]))),
  constraint means_suspended_by_check CHECK ((suspended_by = ANY (ARRAY['holder'::text, 'manager'::text]))),
  constraint means_enrolment_id_fkey FOREIGN KEY (enrolment_id) REFERENCES enrolments(id),
  constraint means_pkey PRIMARY KEY (id),
  constraint means_credential_id_key UNIQUE (credential_id)
);

create table means_declarations (
  id bigint not null generated always as identity,
  entry text not null,
  class text,
  factors text[] not null,
  certificate text,
  certificate_until timestamp with time zone,
  valid_until timestamp with time zone,
  recorded_at timestamp with time zone not null,
  recorded_by jsonb not null,
  constraint means_declarations_check CHECK (((certificate IS NOT NULL) OR (certificate_until IS NULL))),
  constraint means_declarations_class_check CHECK ((class = ANY (ARRAY['psc'::text, 'card'::text, 'certified'::text, 'homologated'::text, 'transition'::text, 'none'::text]))),
  constraint means_declarations_withdrawn CHECK (((class IS NOT NULL) OR ((cardinality(factors) = 0) AND (certificate IS NULL) AND (certificate_until IS NULL) AND (valid_until IS NULL)))),
  constraint means_declarations_pkey PRIMARY KEY (id)
);

create table message_check_networks (
  network text not null,
  hour timestamp with time zone not null,
  tries integer not null,
  constraint message_check_networks_pkey PRIMARY KEY (network)
);

create table message_checks (
  code_mark text not null,
  address_mark text not null,
  message text,
  checked_at timestamp with time zone not null,
  constraint message_checks_message_fkey FOREIGN KEY (message) REFERENCES messages(id) ON DELETE CASCADE,
  constraint message_checks_pkey PRIMARY KEY (code_mark, address_mark)
);

create table message_deliveries (
  message text not null,
  "position" smallint not null,
  recipient bytea,
  state text not null,
  copy bytea,
  sent_at timestamp with time zone,
  address_mark text,
  constraint message_deliveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text]))),
  constraint message_deliveries_message_fkey FOREIGN KEY (message) REFERENCES messages(id) ON DELETE CASCADE,
  constraint message_deliveries_pkey PRIMARY KEY (message, "position")
);

create table messages (
  id text not null,
  kind text not null,
  about text,
  person text,
  code_mark text,
  state text not null,
  attempts integer not null,
  created_at timestamp with time zone not null,
  channel text not null default 'email'::text,
  provider text,
  details jsonb not null default '{}'::jsonb,
  constraint messages_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
  constraint messages_kind_check CHECK (((kind = ANY (ARRAY['connection.unusual'::text, 'connection.suspicious'::text, 'connection.made'::text])) OR (kind = ANY (ARRAY['means.activated'::text, 'means.suspended'::text, 'means.resumed'::text, 'means.revoked'::text, 'means.renewed'::text, 'means.expires_soon'::text, 'means.expired'::text, 'means.password_set'::text, 'means.recovery_code_used'::text, 'means.locked'::text, 'means.unlocked'::text, 'means.counter_regressed'::text, 'means.activation_given'::text])) OR (kind = ANY (ARRAY['contact.added'::text, 'contact.verified'::text, 'contact.confirmed'::text, 'contact.removed'::text, 'alerts.turned_off'::text, 'alerts.turned_on'::text, 'person.linked'::text, 'person.erased'::text])) OR (kind = ANY (ARRAY['protection.frozen'::text, 'protection.thaw_asked'::text, 'protection.thaw_stopped'::text, 'protection.thawed'::text, 'protection.blocked'::text, 'protection.unblocked'::text])) OR (kind = ANY (ARRAY['case.opened'::text, 'case.qualified'::text, 'case.notified'::text, 'case.concluded'::text, 'case.revised'::text, 'case.closed'::text])) OR (kind = ANY (ARRAY['phone.paired'::text, 'phone.renewed'::text, 'phone.revoked'::text, 'phone.expires_soon'::text, 'phone.expired'::text])) OR (kind = ANY (ARRAY['eid.declined'::text, 'eid.mismatch'::text])) OR (kind = ANY (ARRAY['trip.declared'::text, 'trip.withdrawn'::text, 'device.shared'::text, 'card.shared'::text])) OR (kind = ANY (ARRAY['mandate.proposed'::text, 'mandate.given'::text, 'mandate.accepted'::text, 'mandate.renewed'::text, 'mandate.refused'::text, 'mandate.unanswered'::text, 'mandate.ending'::text, 'mandate.suspended'::text, 'mandate.resumed'::text, 'mandate.to_confirm'::text, 'mandate.confirmed'::text, 'mandate.ended'::text, 'mandate.unusual'::text])) OR (kind = ANY (ARRAY['firm.opened'::text, 'firm.member_waiting'::text, 'firm.member_joined'::text, 'firm.member_left'::text, 'firm.role_changed'::text])) OR (kind = ANY (ARRAY['code.sign_in'::text, 'code.check'::text, 'code.proof'::text, 'code.contact'::text, 'code.reset'::text, 'code.answer'::text, 'code.report'::text])))),
  constraint messages_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text]))),
  constraint messages_pkey PRIMARY KEY (id),
  constraint messages_code_mark_key UNIQUE (code_mark)
);

create table one_time_codes (
  audience text not null,
  code_hash text,
  tries smallint not null default 0,
  expires_at timestamp with time zone not null,
  sent_at timestamp with time zone[] not null,
  constraint one_time_codes_pkey PRIMARY KEY (audience)
);

create unlogged table organisation_claims (
  scheme text not null,
  number text not null,
  organisation text not null,
  constraint organisation_claims_pkey PRIMARY KEY (scheme, number)
);

create table organisation_editions (
  id integer not null generated always as identity,
  state text not null,
  source text not null,
  extracted_at timestamp with time zone not null,
  sha256 text,
  organisations integer not null default 0,
  representations integer not null default 0,
  lines integer not null default 0,
  bad_lines integer not null default 0,
  closed integer not null default 0,
  ended integer not null default 0,
  imported_by text not null,
  begun_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint organisation_editions_check CHECK (((ended_at IS NULL) = (state = 'loading'::text))),
  constraint organisation_editions_state_check CHECK ((state = ANY (ARRAY['loading'::text, 'current'::text, 'past'::text, 'failed'::text]))),
  constraint organisation_editions_pkey PRIMARY KEY (id)
);

create unlogged table organisation_entries (
  line integer not null,
  organisation text not null,
  constraint organisation_entries_pkey PRIMARY KEY (line),
  constraint organisation_entries_organisation_key UNIQUE (organisation)
);

create unlogged table organisation_lines (
  line integer not null,
  organisation text not null,
  numbers jsonb not null,
  subject text not null,
  name text not null,
  name_key text not null,
  kind text,
  state text not null,
  organisation_id text not null,
  representation_id text,
  role text,
  alone boolean,
  until timestamp with time zone,
  look_up text,
  holder text,
  identity bytea,
  content text,
  problem text,
  constraint organisation_lines_pkey PRIMARY KEY (line)
);

create unlogged table organisation_losses (
  id text not null,
  what text not null,
  constraint organisation_losses_what_check CHECK ((what = ANY (ARRAY['organisation'::text, 'representation'::text]))),
  constraint organisation_losses_pkey PRIMARY KEY (id)
);

create unlogged table organisation_matches (
  line integer not null,
  organisation_id text not null,
  known boolean not null,
  changed boolean not null,
  constraint organisation_matches_pkey PRIMARY KEY (line),
  constraint organisation_matches_organisation_id_key UNIQUE (organisation_id)
);

create unlogged table organisation_news (
  line integer not null,
  constraint organisation_news_pkey PRIMARY KEY (line)
);

create table organisation_numbers (
  scheme text not null,
  number text not null,
  organisation_id text not null,
  constraint organisation_numbers_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id),
  constraint organisation_numbers_pkey PRIMARY KEY (scheme, number)
);

create table organisations (
  id text not null,
  subject text not null,
  name text not null,
  name_key text not null,
  kind text,
  state text not null,
  source text not null,
  extracted_at timestamp with time zone not null,
  edition integer not null,
  closed_at timestamp with time zone,
  constraint organisations_check CHECK (((closed_at IS NULL) = (state = 'active'::text))),
  constraint organisations_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text]))),
  constraint organisations_edition_fkey FOREIGN KEY (edition) REFERENCES organisation_editions(id),
  constraint organisations_pkey PRIMARY KEY (id)
);

create table outbox (
  id bigint not null generated always as identity,
  due timestamp(3) with time zone not null,
  facts bigint[] not null,
  attempts integer not null default 0,
  problem text,
  constraint outbox_pkey PRIMARY KEY (due, id)
);

create table partner_drafts (
  kind text not null,
  subject text not null,
  partner text not null,
  entry jsonb not null,
  base integer,
  edit integer not null,
  sealed bytea,
  secrets jsonb not null default '[]'::jsonb,
  opened_by jsonb not null,
  opened_at timestamp with time zone not null,
  saved_by jsonb not null,
  saved_at timestamp with time zone not null,
  constraint partner_drafts_kind_check CHECK ((kind = ANY (ARRAY['partner'::text, 'service'::text, 'provider'::text]))),
  constraint partner_drafts_pkey PRIMARY KEY (kind, subject)
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
  cause text not null,
  hand text not null,
  undo_of integer,
  archived_hand text,
  constraint partner_versions_archived_hand_check CHECK ((archived_hand = ANY (ARRAY['operators'::text, 'partner'::text]))),
  constraint partner_versions_cause_check CHECK ((cause = ANY (ARRAY['file'::text, 'draft'::text, 'undo'::text, 'secret'::text, 'grant'::text]))),
  constraint partner_versions_hand_check CHECK ((hand = ANY (ARRAY['operators'::text, 'partner'::text]))),
  constraint partner_versions_kind_check CHECK ((kind = ANY (ARRAY['partner'::text, 'service'::text, 'provider'::text]))),
  constraint partner_versions_state_check CHECK ((state = ANY (ARRAY['published'::text, 'archived'::text]))),
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
  frozen_at timestamp with time zone,
  frozen_by text,
  suspected text[] not null default '{}'::text[],
  thaw_asked_at timestamp with time zone,
  thaws_at timestamp with time zone,
  thaw_provider text,
  blocked jsonb not null default '{}'::jsonb,
  future_blocked_at timestamp with time zone,
  known_providers text[],
  constraint people_check CHECK (((wrapped_key IS NULL) = (erased_at IS NOT NULL))),
  constraint people_frozen CHECK (((frozen_at IS NULL) = (frozen_by IS NULL))),
  constraint people_frozen_by_check CHECK ((frozen_by = ANY (ARRAY['person'::text, 'operators'::text]))),
  constraint people_future CHECK (((future_blocked_at IS NULL) = (known_providers IS NULL))),
  constraint people_highest_level_check CHECK ((highest_level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint people_identity_level_check CHECK ((identity_level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint people_kind_check CHECK ((kind = ANY (ARRAY['pivot'::text, 'professional'::text, 'staff'::text]))),
  constraint people_thaw CHECK ((((thaws_at IS NULL) = (thaw_asked_at IS NULL)) AND ((thaws_at IS NULL) = (thaw_provider IS NULL)) AND ((thaws_at IS NULL) OR (frozen_at IS NOT NULL)))),
  constraint people_pkey PRIMARY KEY (id)
);

create table person_traces (
  person text not null,
  trace text not null,
  constraint person_traces_pkey PRIMARY KEY (person)
);

create table professionals_a (
  national_id text not null,
  lines text not null,
  constraint professionals_a_pkey PRIMARY KEY (national_id)
);

create table professionals_b (
  national_id text not null,
  lines text not null,
  constraint professionals_b_pkey PRIMARY KEY (national_id)
);

create table provider_health (
  provider text not null,
  addresses text not null,
  breaker jsonb not null,
  next_probe_at timestamp with time zone,
  probed_by text,
  probed_until timestamp with time zone,
  constraint provider_health_pkey PRIMARY KEY (provider)
) with (fillfactor=50);

create table provider_state_changes (
  provider text not null,
  number integer not null,
  change text not null,
  suspension jsonb,
  author jsonb not null,
  changed_at timestamp with time zone not null,
  constraint provider_state_changes_change_check CHECK ((change = ANY (ARRAY['suspended'::text, 'amended'::text, 'lifted'::text, 'hidden'::text, 'shown'::text]))),
  constraint provider_state_changes_check CHECK (((suspension IS NULL) = (change = ANY (ARRAY['hidden'::text, 'shown'::text])))),
  constraint provider_state_changes_pkey PRIMARY KEY (provider, number)
);

create table provider_states (
  provider text not null,
  state jsonb not null,
  author jsonb not null,
  changed_at timestamp with time zone not null,
  number integer not null default 1,
  constraint provider_states_pkey PRIMARY KEY (provider)
);

create table recovery_codes (
  means_id text not null,
  code_hash text not null,
  used_at timestamp with time zone,
  constraint recovery_codes_means_id_fkey FOREIGN KEY (means_id) REFERENCES means(id) ON DELETE CASCADE,
  constraint recovery_codes_pkey PRIMARY KEY (means_id, code_hash)
);

create table register_editions (
  id integer not null generated always as identity,
  register text not null,
  state text not null,
  slot text not null,
  source text not null,
  extracted text,
  sha256 text,
  header text not null default ''::text,
  persons integer not null default 0,
  lines integer not null default 0,
  bad_lines integer not null default 0,
  imported_by text not null,
  begun_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint register_editions_check CHECK (((ended_at IS NULL) = (state = 'loading'::text))),
  constraint register_editions_register_check CHECK ((register = 'rpps'::text)),
  constraint register_editions_slot_check CHECK ((slot = ANY (ARRAY['a'::text, 'b'::text]))),
  constraint register_editions_state_check CHECK ((state = ANY (ARRAY['loading'::text, 'current'::text, 'past'::text, 'failed'::text]))),
  constraint register_editions_pkey PRIMARY KEY (id)
);

create table representations (
  id text not null,
  organisation_id text not null,
  by text not null,
  role text not null,
  alone boolean not null,
  look_up text not null,
  holder text not null,
  identity bytea not null,
  edition integer,
  source text not null,
  checked_at timestamp with time zone not null,
  until timestamp with time zone,
  check_by timestamp with time zone,
  document_kind text,
  document_date date,
  document_reference bytea,
  recorded_by text,
  confirmed_by text,
  begun_at timestamp with time zone not null,
  met_at timestamp with time zone,
  stale_at timestamp with time zone,
  ended_at timestamp with time zone,
  ended_for text,
  content text,
  untold boolean not null default false,
  constraint representations_by_check CHECK ((by = ANY (ARRAY['register'::text, 'document'::text]))),
  constraint representations_check CHECK (((by = 'register'::text) = (edition IS NOT NULL))),
  constraint representations_check1 CHECK (((by = 'document'::text) = ((document_kind IS NOT NULL) AND (document_date IS NOT NULL) AND (check_by IS NOT NULL)))),
  constraint representations_check2 CHECK (((ended_at IS NULL) = (ended_for IS NULL))),
  constraint representations_edition_fkey FOREIGN KEY (edition) REFERENCES organisation_editions(id),
  constraint representations_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id),
  constraint representations_pkey PRIMARY KEY (id)
);

create table schema_migrations (
  number integer not null,
  name text not null,
  sha256 text not null,
  constraint schema_migrations_pkey PRIMARY KEY (number)
);

create table service_scopes (
  service text not null,
  scope text not null,
  partner text not null,
  state text not null,
  justification text,
  asked_by jsonb not null,
  asked_at timestamp with time zone not null,
  decided_by jsonb,
  decided_at timestamp with time zone,
  reason text,
  constraint service_scopes_check CHECK (((state = 'asked'::text) = (decided_at IS NULL))),
  constraint service_scopes_check1 CHECK (((decided_at IS NULL) = (decided_by IS NULL))),
  constraint service_scopes_check2 CHECK (((state = 'refused'::text) = (reason IS NOT NULL))),
  constraint service_scopes_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'granted'::text, 'refused'::text]))),
  constraint service_scopes_pkey PRIMARY KEY (service, scope)
);

create table service_secrets (
  service text not null,
  person text not null,
  sealed bytea not null,
  made_at timestamp with time zone not null,
  constraint service_secrets_pkey PRIMARY KEY (service, person)
);

create table service_warnings (
  service text not null,
  code text not null,
  since timestamp with time zone not null,
  constraint service_warnings_pkey PRIMARY KEY (service, code)
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
  second_factor_at timestamp with time zone,
  closed jsonb,
  confined boolean not null default false,
  acting text[],
  constraint sessions_check CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
  constraint sessions_end_reason_check CHECK ((end_reason = ANY (ARRAY['logout'::text, 'replaced'::text, 'revoked'::text, 'expired'::text, 'withdrawn'::text]))),
  constraint sessions_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint sessions_serves_check CHECK ((serves = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_secret_hash_key UNIQUE (secret_hash)
) with (fillfactor=80);

create table sharing_sightings (
  kind text not null,
  thing text not null,
  seen_with text not null,
  person text not null,
  last_seen_at timestamp with time zone not null,
  told_at timestamp with time zone,
  constraint sharing_sightings_kind_check CHECK ((kind = ANY (ARRAY['device'::text, 'phone'::text, 'card'::text]))),
  constraint sharing_sightings_pkey PRIMARY KEY (kind, thing, seen_with)
);

create table sign_in_failures (
  key text not null,
  failures timestamp with time zone[] not null default '{}'::timestamp with time zone[],
  consecutive integer not null default 0,
  last_at timestamp with time zone not null,
  constraint sign_in_failures_pkey PRIMARY KEY (key)
);

create table signal_received (
  source text not null,
  jti text not null,
  digest text not null,
  at timestamp with time zone not null,
  outcome text,
  constraint signal_received_source_fkey FOREIGN KEY (source) REFERENCES signal_sources(id) ON DELETE CASCADE,
  constraint signal_received_pkey PRIMARY KEY (source, jti)
);

create table signal_sets (
  id text not null,
  stream text not null,
  place bigint not null,
  turn integer not null,
  kind text not null,
  party text,
  at timestamp with time zone not null,
  initiator text not null,
  queued_at timestamp with time zone not null,
  detail jsonb not null,
  echo bytea,
  state text not null,
  settled_at timestamp with time zone,
  error text,
  mandate text,
  constraint signal_sets_check CHECK (((state = 'waiting'::text) = (settled_at IS NULL))),
  constraint signal_sets_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'refused'::text, 'expired'::text, 'dropped'::text]))),
  constraint signal_sets_stream_fkey FOREIGN KEY (stream) REFERENCES signal_streams(id) ON DELETE CASCADE,
  constraint signal_sets_pkey PRIMARY KEY (id)
);

create table signal_sources (
  id text not null,
  client text not null,
  side text not null,
  object text not null,
  partner text not null,
  issuer text not null,
  audience text not null,
  jwks jsonb,
  jwks_uri text,
  method text not null,
  secret text,
  endpoint text,
  authorization_header bytea,
  created_at timestamp with time zone not null,
  accepted integer not null default 0,
  replayed integer not null default 0,
  refused integer not null default 0,
  accepted_at timestamp with time zone,
  refused_at timestamp with time zone,
  refusal text,
  polled_at timestamp with time zone,
  failing_since timestamp with time zone,
  tries integer not null default 0,
  last_error text,
  next_poll_at timestamp with time zone,
  constraint signal_sources_check CHECK (((jwks IS NULL) <> (jwks_uri IS NULL))),
  constraint signal_sources_check1 CHECK (((method = 'push'::text) = (secret IS NOT NULL))),
  constraint signal_sources_check2 CHECK (((method = 'poll'::text) = (endpoint IS NOT NULL))),
  constraint signal_sources_method_check CHECK ((method = ANY (ARRAY['push'::text, 'poll'::text]))),
  constraint signal_sources_side_check CHECK ((side = ANY (ARRAY['service'::text, 'provider'::text]))),
  constraint signal_sources_pkey PRIMARY KEY (id)
);

create table signal_streams (
  id text not null,
  client text not null,
  side text not null,
  object text not null,
  partner text not null,
  method text not null,
  endpoint text,
  authorization_header bytea,
  events text[],
  description text,
  status text not null,
  reason text,
  created_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  verification_asked_at timestamp with time zone,
  delivered_at timestamp with time zone,
  failing_since timestamp with time zone,
  tries integer not null default 0,
  last_error text,
  next_try_at timestamp with time zone,
  sender text,
  sender_until timestamp with time zone,
  constraint signal_streams_check CHECK (((method = 'push'::text) = (endpoint IS NOT NULL))),
  constraint signal_streams_method_check CHECK ((method = ANY (ARRAY['push'::text, 'poll'::text]))),
  constraint signal_streams_side_check CHECK ((side = ANY (ARRAY['service'::text, 'provider'::text]))),
  constraint signal_streams_status_check CHECK ((status = ANY (ARRAY['enabled'::text, 'paused'::text, 'disabled'::text]))),
  constraint signal_streams_pkey PRIMARY KEY (id),
  constraint signal_streams_client_key UNIQUE (client)
);

create table signal_unwanted (
  stream text not null,
  subject text not null,
  constraint signal_unwanted_stream_fkey FOREIGN KEY (stream) REFERENCES signal_streams(id) ON DELETE CASCADE,
  constraint signal_unwanted_pkey PRIMARY KEY (stream, subject)
);

create table signature_lists (
  digest bytea not null,
  list bytea not null,
  constraint signature_lists_pkey PRIMARY KEY (digest)
);

create table signatures (
  id text not null,
  person_id text not null,
  link_id text not null,
  about_kind text not null,
  about_id text not null,
  side text not null,
  way text not null,
  level text not null,
  at timestamp with time zone not null,
  hash text not null,
  content bytea not null,
  list_digest bytea,
  constraint signatures_about_kind_check CHECK ((about_kind = 'mandate'::text)),
  constraint signatures_level_check CHECK ((level = ANY (ARRAY['eidas1'::text, 'eidas2'::text, 'eidas3'::text]))),
  constraint signatures_side_check CHECK ((side = ANY (ARRAY['principal'::text, 'mandatary'::text]))),
  constraint signatures_way_check CHECK ((way = ANY (ARRAY['card'::text, 'app'::text, 'passkey'::text]))),
  constraint signatures_pkey PRIMARY KEY (id)
);

create table staff_accounts (
  id text not null,
  kind text not null,
  person text not null,
  partner text,
  state text not null,
  name bytea not null,
  mail bytea,
  language text,
  roles text[] not null,
  enrolment text not null,
  invited_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  erased_at timestamp with time zone,
  last_sign_in_at timestamp with time zone,
  constraint staff_accounts_check CHECK (((kind = 'partner'::text) = (partner IS NOT NULL))),
  constraint staff_accounts_kind_check CHECK ((kind = ANY (ARRAY['operator'::text, 'partner'::text]))),
  constraint staff_accounts_language_check CHECK ((language = ANY (ARRAY['fr'::text, 'en'::text, 'ar'::text]))),
  constraint staff_accounts_roles_check CHECK ((cardinality(roles) > 0)),
  constraint staff_accounts_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'active'::text, 'suspended'::text, 'removed'::text]))),
  constraint staff_accounts_pkey PRIMARY KEY (id),
  constraint staff_accounts_person_key UNIQUE (person)
);

create table staff_invitations (
  token_hash text not null,
  account text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint staff_invitations_account_fkey FOREIGN KEY (account) REFERENCES staff_accounts(id),
  constraint staff_invitations_pkey PRIMARY KEY (token_hash)
);

create table staff_sessions (
  id text not null,
  secret_hash text not null,
  account text not null,
  means text not null,
  previous_sign_in_at timestamp with time zone,
  started_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  end_reason text,
  constraint staff_sessions_check CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
  constraint staff_sessions_end_reason_check CHECK ((end_reason = ANY (ARRAY['signed_out'::text, 'replaced'::text, 'suspended'::text, 'removed'::text, 'revoked'::text, 'expired'::text, 'roles_changed'::text]))),
  constraint staff_sessions_account_fkey FOREIGN KEY (account) REFERENCES staff_accounts(id),
  constraint staff_sessions_pkey PRIMARY KEY (id),
  constraint staff_sessions_secret_hash_key UNIQUE (secret_hash)
);

create table stand_ins (
  provider text not null,
  stands_in_for text not null,
  since timestamp with time zone not null,
  offered_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_by text,
  uses integer not null default 0,
  constraint stand_ins_check CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint stand_ins_pkey PRIMARY KEY (provider, since)
);

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

create table support_answers (
  id text not null,
  request text not null,
  sealed bytea not null,
  answered_by jsonb not null,
  answered_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  failed_at timestamp with time zone,
  constraint support_answers_check CHECK (((sent_at IS NULL) OR (failed_at IS NULL))),
  constraint support_answers_request_fkey FOREIGN KEY (request) REFERENCES support_requests(id) ON DELETE CASCADE,
  constraint support_answers_pkey PRIMARY KEY (id)
);

create table support_requests (
  id text not null,
  number text not null,
  state text not null,
  audience text not null,
  situation text not null,
  language text not null,
  sealed bytea not null,
  content text not null,
  reference text,
  network text,
  received_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  version integer not null,
  read_by jsonb,
  read_at timestamp with time zone,
  closed_by jsonb,
  close_reason text,
  constraint support_requests_check CHECK (((state = 'closed'::text) = (closed_by IS NOT NULL))),
  constraint support_requests_check1 CHECK (((state = 'closed'::text) = (close_reason IS NOT NULL))),
  constraint support_requests_check2 CHECK (((read_by IS NULL) = (read_at IS NULL))),
  constraint support_requests_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text]))),
  constraint support_requests_pkey PRIMARY KEY (id),
  constraint support_requests_number_key UNIQUE (number)
);

create table trips (
  id text not null,
  person text not null,
  sealed bytea not null,
  until_day date not null,
  declared_at timestamp with time zone not null,
  effective_at timestamp with time zone not null,
  withdrawn_at timestamp with time zone,
  constraint trips_pkey PRIMARY KEY (id)
);

CREATE INDEX activations_browser ON activations USING btree (browser_hash);

CREATE INDEX activations_expiry ON activations USING btree (expires_at);

CREATE INDEX alert_choices_every ON alert_choices USING btree (person) WHERE (hears = 'every'::text);

CREATE INDEX api_answers_begun ON api_answers USING btree (begun_at);

CREATE INDEX api_clients_partner ON api_clients USING btree (party_partner) WHERE ((removed_at IS NULL) AND (party_partner IS NOT NULL));

CREATE INDEX approvals_decided ON approvals USING btree (decided_at DESC, id) WHERE (state <> 'pending'::text);

CREATE UNIQUE INDEX approvals_waiting ON approvals USING btree (kind, about) WHERE (state = 'pending'::text);

CREATE INDEX banners_end ON banners USING btree (until);

CREATE INDEX breach_events_of_breach ON breach_events USING btree (breach, id);

CREATE INDEX breaches_closed ON breaches USING btree (closed_at DESC, id DESC) WHERE (state = 'closed'::text);

CREATE INDEX breaches_due ON breaches USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX breaches_open ON breaches USING btree (COALESCE(due_at, 'infinity'::timestamp with time zone), id) WHERE (state <> 'closed'::text);

CREATE INDEX case_code_tries_by_time ON case_code_tries USING btree (since);

CREATE INDEX case_connections_by_device ON case_connections USING btree (device_mark, case_id) WHERE (device_mark IS NOT NULL);

CREATE INDEX case_connections_by_network ON case_connections USING btree (network_mark, case_id) WHERE (network_mark IS NOT NULL);

CREATE INDEX case_connections_by_provider ON case_connections USING btree (provider, at) WHERE in_question;

CREATE UNIQUE INDEX case_connections_open ON case_connections USING btree (connection) WHERE (open AND in_question);

CREATE INDEX case_parties_answered ON case_parties USING btree (partner, answered_at DESC, id DESC) WHERE (answered_at IS NOT NULL);

CREATE INDEX case_parties_next ON case_parties USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX case_parties_of_partner ON case_parties USING btree (partner, id);

CREATE INDEX case_parties_of_subject ON case_parties USING btree (subject_mark) WHERE (subject_mark IS NOT NULL);

CREATE INDEX case_parties_waiting ON case_parties USING btree (partner, due_at, id) WHERE waiting;

CREATE INDEX case_reports_about ON case_reports USING btree (about_mark) WHERE (about_mark IS NOT NULL);

CREATE INDEX case_reports_of_case ON case_reports USING btree (case_id);

CREATE INDEX case_reports_of_object ON case_reports USING btree (side, object, at DESC, reference) WHERE (object IS NOT NULL);

CREATE INDEX case_reports_unseen ON case_reports USING btree (at) WHERE (case_id IS NULL);

CREATE INDEX case_texts_of_case ON case_texts USING btree (case_id);

CREATE INDEX case_texts_of_owner ON case_texts USING btree (owner) WHERE (owner IS NOT NULL);

CREATE INDEX cases_closed ON cases USING btree (closed_at DESC, id DESC) WHERE (state = 'closed'::text);

CREATE INDEX cases_of_person ON cases USING btree (person, id);

CREATE INDEX cases_of_reporter ON cases USING btree (reporter, id) WHERE (reporter IS NOT NULL);

CREATE INDEX cases_of_rule ON cases USING btree (rule, id) WHERE (rule IS NOT NULL);

CREATE INDEX cases_queue ON cases USING btree (COALESCE(due_at, 'infinity'::timestamp with time zone), id) WHERE (state <> 'closed'::text);

CREATE INDEX collisions_open ON collisions USING btree (found_at) WHERE (resolved_at IS NULL);

CREATE INDEX connections_acting ON connections USING btree (person, service, id) INCLUDE (organisation) WHERE (organisation IS NOT NULL);

CREATE INDEX connections_of_person ON connections USING btree (person, id) INCLUDE (service, provider, refusal, unusual) WHERE (person IS NOT NULL);

CREATE INDEX connections_on_shared_device ON connections USING btree (device, id) WHERE ('shared_device'::text = ANY (unusual));

CREATE INDEX connections_unanswered ON connections USING btree (person, id) WHERE ((alert <> 'none'::text) AND (answer IS NULL));

CREATE UNIQUE INDEX contacts_address ON contacts USING btree (person_id, address_key) WHERE (removed_at IS NULL);

CREATE INDEX contacts_person ON contacts USING btree (person_id);

CREATE INDEX contacts_removed ON contacts USING btree (removed_at) WHERE (removed_at IS NOT NULL);

CREATE INDEX contacts_unproved ON contacts USING btree (code_expires_at) WHERE (verified_at IS NULL);

CREATE INDEX detection_attempts_by_time ON detection_attempts USING btree (until);

CREATE INDEX detections_by_time ON detections USING btree (found_at, id);

CREATE INDEX detections_of_case ON detections USING btree (case_id) WHERE (case_id IS NOT NULL);

CREATE INDEX detections_of_person ON detections USING btree (person, found_at) WHERE (person IS NOT NULL);

CREATE INDEX detections_of_provider ON detections USING btree (provider, found_at) WHERE (provider IS NOT NULL);

CREATE INDEX detections_of_rule ON detections USING btree (rule, id);

CREATE INDEX detections_waiting ON detections USING btree (id) WHERE ((mode = 'case'::text) AND (case_id IS NULL) AND (person IS NOT NULL));

CREATE INDEX device_names_of_device ON device_names USING btree (device);

CREATE INDEX devices_last_seen ON devices USING btree (last_seen_on);

CREATE INDEX eid_approvals_at ON eid_approvals USING btree (at);

CREATE INDEX eid_approvals_phone ON eid_approvals USING btree (phone_id, at DESC);

CREATE INDEX eid_limits_until ON eid_limits USING btree (until);

CREATE INDEX eid_phones_ended ON eid_phones USING btree (ended_at) WHERE (state <> 'active'::text);

CREATE INDEX eid_phones_expiry ON eid_phones USING btree (expires_at) WHERE (state = 'active'::text);

CREATE INDEX eid_phones_installation ON eid_phones USING btree (installation) WHERE (state = 'active'::text);

CREATE INDEX eid_phones_person ON eid_phones USING btree (person_id, paired_at);

CREATE INDEX enrolments_person ON enrolments USING btree (person_id, at);

CREATE INDEX facts_actor ON facts USING btree (((data #>> '{actor,id}'::text[])) COLLATE "C", sequence) WHERE (((data #>> '{actor,id}'::text[]) COLLATE "C") IS NOT NULL);

CREATE INDEX facts_connection ON facts USING btree (((data ->> 'connection'::text)) COLLATE "C", sequence) WHERE (((data ->> 'connection'::text) COLLATE "C") IS NOT NULL);

CREATE INDEX facts_mandate ON facts USING btree (((data ->> 'mandate'::text)) COLLATE "C", sequence) WHERE (((data ->> 'mandate'::text) COLLATE "C") IS NOT NULL);

CREATE INDEX facts_name ON facts USING btree (name, sequence);

CREATE INDEX facts_operator ON facts USING btree (((data ->> 'operator'::text)) COLLATE "C", sequence) WHERE (((data ->> 'operator'::text) COLLATE "C") IS NOT NULL);

CREATE INDEX facts_person ON facts USING btree (((data ->> 'person'::text)) COLLATE "C", sequence) WHERE (((data ->> 'person'::text) COLLATE "C") IS NOT NULL);

CREATE INDEX figure_days_by_day ON figure_days USING btree (day);

CREATE UNIQUE INDEX firm_assignments_client ON firm_assignments USING btree (membership, principal) WHERE ((ended_at IS NULL) AND (principal IS NOT NULL));

CREATE INDEX firm_assignments_ended ON firm_assignments USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX firm_assignments_of_client ON firm_assignments USING btree (firm, principal) WHERE (ended_at IS NULL);

CREATE INDEX firm_assignments_of_portfolio ON firm_assignments USING btree (portfolio) WHERE ((ended_at IS NULL) AND (portfolio IS NOT NULL));

CREATE INDEX firm_assignments_over ON firm_assignments USING btree (until_at) WHERE ((ended_at IS NULL) AND (until_at IS NOT NULL));

CREATE UNIQUE INDEX firm_assignments_portfolio ON firm_assignments USING btree (membership, portfolio) WHERE ((ended_at IS NULL) AND (portfolio IS NOT NULL));

CREATE INDEX firm_imports_kept ON firm_imports USING btree (checked_at);

CREATE INDEX firm_imports_of ON firm_imports USING btree (firm, checked_at);

CREATE UNIQUE INDEX firm_imports_once ON firm_imports USING btree (firm, kind, digest) WHERE (applied_at IS NOT NULL);

CREATE INDEX firm_invitations_of ON firm_invitations USING btree (firm, created_at);

CREATE INDEX firm_invitations_over ON firm_invitations USING btree (expires_at);

CREATE INDEX firm_members_ended ON firm_members USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE UNIQUE INDEX firm_members_once ON firm_members USING btree (firm, person) WHERE (state <> 'ended'::text);

CREATE INDEX firm_members_person ON firm_members USING btree (person) INCLUDE (membership, firm, role) WHERE (state = 'active'::text);

CREATE INDEX firm_portfolio_clients_of ON firm_portfolio_clients USING btree (firm, principal) WHERE (removed_at IS NULL);

CREATE UNIQUE INDEX firm_portfolio_clients_once ON firm_portfolio_clients USING btree (portfolio, principal) WHERE (removed_at IS NULL);

CREATE INDEX firm_portfolio_clients_removed ON firm_portfolio_clients USING btree (removed_at) WHERE (removed_at IS NOT NULL);

CREATE UNIQUE INDEX firm_portfolios_name ON firm_portfolios USING btree (firm, lower(name)) WHERE (removed_at IS NULL);

CREATE INDEX homologations_of ON homologations USING btree (service, entry);

CREATE INDEX identifiers_person ON identifiers USING btree (person_id);

CREATE INDEX incident_statements_changed ON incident_statements USING btree (changed_at DESC, id DESC);

CREATE INDEX incident_statements_of_breach ON incident_statements USING btree (breach) WHERE (breach IS NOT NULL);

CREATE INDEX incidents_closed ON incidents USING btree (closed_at);

CREATE UNIQUE INDEX incidents_open ON incidents USING btree (provider) WHERE (closed_at IS NULL);

CREATE UNIQUE INDEX keys_present ON keys USING btree (purpose, alg, state) WHERE (state <> 'retired'::text);

CREATE INDEX known_representatives_person ON known_representatives USING btree (person);

CREATE INDEX known_representatives_seen ON known_representatives USING btree (seen_at);

CREATE INDEX links_person ON links USING btree (person_id, provider);

CREATE INDEX mandate_news_at ON mandate_news USING btree (at);

CREATE UNIQUE INDEX mandate_signatures_mandatary ON mandate_signatures USING btree (mandate) WHERE (side = 'mandatary'::text);

CREATE INDEX mandate_signatures_person ON mandate_signatures USING btree (person);

CREATE INDEX mandate_uses_mandate ON mandate_uses USING btree (mandate, id) WHERE (mandate IS NOT NULL);

CREATE INDEX mandate_uses_organisation ON mandate_uses USING btree (organisation, id);

CREATE INDEX mandate_uses_person ON mandate_uses USING btree (person, id);

CREATE INDEX mandate_uses_refused ON mandate_uses USING btree (at) WHERE (refused IS NOT NULL);

CREATE INDEX mandate_uses_representative ON mandate_uses USING btree (at) WHERE (mandate IS NULL);

CREATE INDEX mandate_uses_unusual ON mandate_uses USING btree (organisation, id) WHERE (unusual <> '{}'::text[]);

CREATE INDEX mandates_answer ON mandates USING btree (answer_by) WHERE (state = 'proposed'::text);

CREATE INDEX mandates_draft ON mandates USING btree (drafted_at) WHERE (state = 'draft'::text);

CREATE INDEX mandates_drafted_by ON mandates USING btree (drafted_by) WHERE (state = ANY (ARRAY['draft'::text, 'proposed'::text]));

CREATE INDEX mandates_ended ON mandates USING btree (ended_at) WHERE (state = 'ended'::text);

CREATE INDEX mandates_firm ON mandates USING btree (mandatary_organisation, principal) WHERE (mandatary_organisation IS NOT NULL);

CREATE INDEX mandates_parent ON mandates USING btree (parent) WHERE (parent IS NOT NULL);

CREATE INDEX mandates_person ON mandates USING btree (mandatary_person, principal) WHERE (mandatary_person IS NOT NULL);

CREATE INDEX mandates_principal ON mandates USING btree (principal, id);

CREATE INDEX mandates_renews ON mandates USING btree (renews) WHERE (renews IS NOT NULL);

CREATE INDEX mandates_replaced_by ON mandates USING btree (replaced_by) WHERE (replaced_by IS NOT NULL);

CREATE INDEX mandates_representation ON mandates USING btree (representation) WHERE (state = ANY (ARRAY['active'::text, 'suspended'::text]));

CREATE INDEX mandates_to_confirm ON mandates USING btree (to_confirm_at) WHERE (to_confirm_at IS NOT NULL);

CREATE INDEX mandates_until ON mandates USING btree (LEAST(until_at, replaced_at)) WHERE (state = ANY (ARRAY['active'::text, 'suspended'::text]));

CREATE INDEX means_declarations_newest ON means_declarations USING btree (entry, id DESC);

CREATE INDEX means_expiry ON means USING btree (expires_at) WHERE (state <> ALL (ARRAY['revoked'::text, 'expired'::text]));

CREATE INDEX means_person ON means USING btree (person_id, created_at);

CREATE UNIQUE INDEX means_single ON means USING btree (person_id, kind) WHERE ((kind = ANY (ARRAY['password'::text, 'recovery_codes'::text])) AND (state <> ALL (ARRAY['revoked'::text, 'expired'::text])));

CREATE INDEX message_checks_by_time ON message_checks USING btree (checked_at);

CREATE INDEX message_checks_of_message ON message_checks USING btree (message) WHERE (message IS NOT NULL);

CREATE INDEX messages_of_case ON messages USING btree (about) WHERE (kind ~~ 'case.%'::text);

CREATE UNIQUE INDEX messages_of_connection ON messages USING btree (about, kind) WHERE (kind ~~ 'connection.%'::text);

CREATE INDEX messages_of_person ON messages USING btree (person, id) WHERE (person IS NOT NULL);

CREATE INDEX one_time_codes_expiry ON one_time_codes USING btree (expires_at);

CREATE UNIQUE INDEX organisation_editions_current ON organisation_editions USING btree (state) WHERE (state = 'current'::text);

CREATE UNIQUE INDEX organisation_editions_loading ON organisation_editions USING btree (state) WHERE (state = 'loading'::text);

CREATE INDEX organisation_lines_organisation ON organisation_lines USING btree (organisation, look_up);

CREATE INDEX organisation_lines_problem ON organisation_lines USING btree (line) WHERE (problem IS NOT NULL);

CREATE INDEX organisation_matches_changed ON organisation_matches USING btree (line) WHERE changed;

CREATE INDEX organisation_numbers_organisation ON organisation_numbers USING btree (organisation_id);

CREATE INDEX organisations_edition ON organisations USING btree (edition);

CREATE INDEX organisations_name ON organisations USING btree (name_key, id);

CREATE INDEX organisations_subject ON organisations USING btree (subject);

CREATE INDEX organisations_words ON organisations USING gin (to_tsvector('simple'::regconfig, name_key));

CREATE INDEX partner_drafts_of ON partner_drafts USING btree (partner);

CREATE UNIQUE INDEX partner_versions_published ON partner_versions USING btree (kind, subject) WHERE (state = 'published'::text);

CREATE INDEX partner_versions_revision ON partner_versions USING btree (revision);

CREATE INDEX partner_versions_sector ON partner_versions USING btree (((settings ->> 'sector'::text)), published_at DESC) WHERE (kind = 'service'::text);

CREATE INDEX people_match ON people USING btree (match_key) WHERE (match_key IS NOT NULL);

CREATE INDEX person_traces_trace ON person_traces USING btree (trace);

CREATE UNIQUE INDEX register_editions_current ON register_editions USING btree (register) WHERE (state = 'current'::text);

CREATE UNIQUE INDEX register_editions_loading ON register_editions USING btree (register) WHERE (state = 'loading'::text);

CREATE INDEX representations_check_by ON representations USING btree (check_by) WHERE ((ended_at IS NULL) AND (check_by IS NOT NULL));

CREATE INDEX representations_edition ON representations USING btree (edition) WHERE (edition IS NOT NULL);

CREATE INDEX representations_ended ON representations USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE UNIQUE INDEX representations_holder ON representations USING btree (organisation_id, holder, by) WHERE (ended_at IS NULL);

CREATE INDEX representations_look_up ON representations USING btree (look_up) WHERE (ended_at IS NULL);

CREATE INDEX representations_met ON representations USING btree (id) WHERE ((ended_at IS NULL) AND (met_at IS NOT NULL) AND (by = 'register'::text));

CREATE INDEX representations_stale ON representations USING btree (id) WHERE ((ended_at IS NULL) AND (stale_at IS NOT NULL));

CREATE INDEX representations_until ON representations USING btree (until) WHERE ((ended_at IS NULL) AND (until IS NOT NULL));

CREATE INDEX representations_untold ON representations USING btree (id) WHERE untold;

CREATE INDEX service_scopes_asked ON service_scopes USING btree (asked_at) WHERE (state = 'asked'::text);

CREATE INDEX service_scopes_of ON service_scopes USING btree (partner);

CREATE INDEX service_secrets_of_person ON service_secrets USING btree (person);

CREATE INDEX sessions_acting ON sessions USING gin (acting) WHERE ((ended_at IS NULL) AND (acting IS NOT NULL));

CREATE INDEX sessions_ended ON sessions USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX sessions_live ON sessions USING btree (started_at) WHERE (ended_at IS NULL);

CREATE INDEX sessions_of_person ON sessions USING btree (person) WHERE (ended_at IS NULL);

CREATE INDEX sharing_sightings_of_person ON sharing_sightings USING btree (person);

CREATE INDEX sharing_sightings_seen ON sharing_sightings USING btree (last_seen_at);

CREATE INDEX sign_in_failures_last ON sign_in_failures USING btree (last_at);

CREATE INDEX signal_received_by_time ON signal_received USING btree (at);

CREATE UNIQUE INDEX signal_sets_mandate ON signal_sets USING btree (stream, place, mandate, kind) WHERE (mandate IS NOT NULL);

CREATE UNIQUE INDEX signal_sets_once ON signal_sets USING btree (stream, place, party, kind) WHERE (party IS NOT NULL);

CREATE INDEX signal_sets_settled ON signal_sets USING btree (settled_at) WHERE (state <> 'waiting'::text);

CREATE INDEX signal_sets_told ON signal_sets USING btree (party, stream, place, turn) WHERE (party IS NOT NULL);

CREATE INDEX signal_sets_troubled ON signal_sets USING btree (stream, settled_at) WHERE (state = ANY (ARRAY['refused'::text, 'expired'::text, 'dropped'::text]));

CREATE INDEX signal_sets_waiting ON signal_sets USING btree (stream, place, turn) WHERE (state = 'waiting'::text);

CREATE INDEX signal_sources_of ON signal_sources USING btree (side, object);

CREATE INDEX signal_streams_of ON signal_streams USING btree (side, object);

CREATE INDEX signatures_about ON signatures USING btree (about_kind, about_id);

CREATE INDEX signatures_list ON signatures USING btree (list_digest) WHERE (list_digest IS NOT NULL);

CREATE INDEX signatures_person ON signatures USING btree (person_id);

CREATE INDEX staff_accounts_of ON staff_accounts USING btree (partner) WHERE (partner IS NOT NULL);

CREATE INDEX staff_invitations_of ON staff_invitations USING btree (account);

CREATE INDEX staff_sessions_ended ON staff_sessions USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX staff_sessions_live ON staff_sessions USING btree (account) WHERE (ended_at IS NULL);

CREATE INDEX stand_ins_ended ON stand_ins USING btree (ended_at);

CREATE UNIQUE INDEX stand_ins_open ON stand_ins USING btree (provider) WHERE (ended_at IS NULL);

CREATE INDEX state_expiry ON state USING btree (expires_at);

CREATE INDEX state_group ON state USING btree (group_id) WHERE (group_id IS NOT NULL);

CREATE INDEX subjects_known_as ON subjects USING btree (subject, sector);

CREATE INDEX support_answers_request ON support_answers USING btree (request, answered_at);

CREATE INDEX support_requests_changed ON support_requests USING btree (changed_at);

CREATE INDEX support_requests_closed ON support_requests USING btree (changed_at DESC, id DESC) WHERE (state = 'closed'::text);

CREATE INDEX support_requests_content ON support_requests USING btree (content);

CREATE INDEX support_requests_network ON support_requests USING btree (network, received_at) WHERE (network IS NOT NULL);

CREATE INDEX support_requests_open ON support_requests USING btree (received_at, id) WHERE (state = 'open'::text);

CREATE INDEX support_requests_reference ON support_requests USING btree (reference) WHERE (reference IS NOT NULL);

CREATE INDEX trips_of_person ON trips USING btree (person, until_day);

CREATE INDEX trips_over ON trips USING btree (until_day);
