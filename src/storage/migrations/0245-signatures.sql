-- Signatures that people made with a key of their own over a text that they were shown. Nothing is ever changed here:
-- a row goes when what it was made for is forgotten, and changes its owner with the account that signed (a review).
create table signatures (
  id text collate "C" primary key,
  person_id text collate "C" not null,
  -- The account by which the person was signed in.
  link_id text collate "C" not null,
  about_kind text not null check (about_kind in ('mandate')),
  about_id text collate "C" not null,
  side text not null check (side in ('principal', 'mandatary')),
  way text not null check (way in ('card', 'app', 'passkey')),
  level text not null check (level in ('eidas1', 'eidas2', 'eidas3')),
  at timestamptz not null,
  -- SHA-256 of the text, base64url.
  hash text collate "C" not null,
  -- The text, the signature, its key, its chain and what was answered about its revocation. Sealed.
  content bytea not null,
  -- The list that told that the card was not revoked, where no responder did: one for all that it serves.
  list_digest bytea
);
create index signatures_person on signatures (person_id);
create index signatures_about on signatures (about_kind, about_id);
create index signatures_list on signatures (list_digest) where list_digest is not null;

-- Lists of revoked certificates, as they came: some are megabytes.
create table signature_lists (
  digest bytea primary key,
  list bytea not null
);
