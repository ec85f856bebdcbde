/** The schema of a history, as steps that are each taken once. What exists is never rewritten here: another step follows. */

export const MIGRATIONS: readonly string[] = [
  `
create table rdprobe.scan (
  id integer generated always as identity primary key,
  name text not null unique,
  first_at timestamptz,
  last_at timestamptz,
  rows bigint not null default 0
);
-- Who is probed: address is '' for a name that had none.
create table rdprobe.endpoint (
  id integer generated always as identity primary key,
  host text not null,
  address text not null,
  port integer not null,
  unique (host, address, port)
);
create index on rdprobe.endpoint (address);
create table rdprobe.certificate (
  id integer generated always as identity primary key,
  sha256 bytea not null unique,
  subject text,
  issuer text,
  not_before timestamptz,
  not_after timestamptz,
  self_signed boolean,
  key_type text,
  key_bits integer,
  key_curve text,
  signature text,
  sha1 bytea,
  key_sha256 bytea
);
create index on rdprobe.certificate (not_after);
-- What a probe saw, kept once for all probes that saw the same.
create table rdprobe.state (
  id integer generated always as identity primary key,
  digest bytea not null unique,
  verdict text not null,
  severity text not null,
  nla text not null,
  tls_version text,
  server text,
  facts jsonb not null
);
-- A row a probe, in a partition a month.
create table rdprobe.probe (
  at timestamptz not null,
  endpoint_id integer not null,
  scan_id integer not null,
  state_id integer not null,
  certificate_id integer,
  duration_ms real,
  clock_skew_ms integer,
  connections smallint,
  primary key (endpoint_id, at)
) partition by range (at);
create index on rdprobe.probe using brin (at);
-- What each place was when it was seen last.
create table rdprobe.latest (
  endpoint_id integer primary key,
  at timestamptz not null,
  scan_id integer not null,
  state_id integer not null,
  certificate_id integer,
  -- How often its certificate was seen to be renewed, and how many days before its end that was the last time.
  renewals integer not null default 0,
  lead_days real
) with (fillfactor = 70);
create index on rdprobe.latest (certificate_id);
-- A row a change.
create table rdprobe.change (
  endpoint_id integer not null,
  at timestamptz not null,
  scan_id integer not null,
  kind text not null,
  severity text not null,
  old text,
  new text,
  old_certificate_id integer,
  new_certificate_id integer
);
create index on rdprobe.change (endpoint_id, at);
create index on rdprobe.change (at);
-- What a scan came to, so that a dashboard reads no probe.
create table rdprobe.scan_count (
  scan_id integer not null,
  verdict text not null,
  severity text not null,
  nla text not null,
  tls_version text not null,
  server text not null,
  rows bigint not null,
  primary key (scan_id, verdict, severity, nla, tls_version, server)
);
create table rdprobe.change_count (
  scan_id integer not null,
  kind text not null,
  severity text not null,
  rows bigint not null,
  primary key (scan_id, kind, severity)
);
-- Blocks of a fleet's scan that are stored already.
create table rdprobe.block (
  scan_id integer not null,
  segment text not null,
  block integer not null,
  primary key (scan_id, segment, block)
);
`,
];
