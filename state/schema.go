package state

// applicationID marks our files among SQLite's, "popb" in ASCII
// (https://www.sqlite.org/pragma.html#pragma_application_id).
const applicationID = 0x706f7062

// migrations gives the steps from an empty file to today's schema. A file's
// user_version is the number of steps it has behind it. A step that was
// released is never changed.
//
// STRICT tables would need a sqlite3 of 2021 or later to look into the file,
// and long-lived distributions have older ones.
func migrations() []string {
	return []string{schema1, schema2, schema3, schema4}
}

// schema1: times are microseconds since 1970 in UTC, NULL for never.
const schema1 = `
CREATE TABLE messages (
	account       TEXT    NOT NULL,
	uid           BLOB    NOT NULL CHECK (typeof(uid) = 'blob' AND length(uid) > 0),
	size          INTEGER NOT NULL CHECK (size >= 0),
	status        TEXT    NOT NULL CHECK (status IN ('pending', 'imported', 'adopted', 'refused')),
	digest        TEXT    NOT NULL,
	header_digest TEXT    NOT NULL,
	body_digest   TEXT    NOT NULL,
	message_id    TEXT    NOT NULL,
	first_seen    INTEGER,
	attempted_at  INTEGER,
	imported_at   INTEGER,
	deleted_at    INTEGER,
	last_listed   INTEGER,
	gmail_id      TEXT    NOT NULL,
	attempts      INTEGER NOT NULL CHECK (attempts >= 0),
	reason        TEXT    NOT NULL,
	listed        INTEGER NOT NULL CHECK (listed IN (0, 1)),
	destination   TEXT    NOT NULL,
	dropped       INTEGER NOT NULL CHECK (dropped IN (0, 1)),
	retried       INTEGER NOT NULL CHECK (retried IN (0, 1)),
	breaks        INTEGER NOT NULL CHECK (breaks >= 0),
	PRIMARY KEY (account, uid)
) WITHOUT ROWID;

CREATE INDEX messages_message_id ON messages (destination, message_id) WHERE message_id <> '';
CREATE INDEX messages_gmail_id ON messages (destination, gmail_id) WHERE gmail_id <> '';

CREATE TABLE accounts (
	name          TEXT    NOT NULL PRIMARY KEY,
	mailbox       TEXT    NOT NULL DEFAULT '',
	listed        INTEGER NOT NULL DEFAULT 0,
	octets        INTEGER NOT NULL DEFAULT 0,
	last_run      INTEGER,
	clock_at      INTEGER,
	last_success  INTEGER,
	failures      INTEGER NOT NULL DEFAULT 0,
	failing_since INTEGER,
	error         TEXT    NOT NULL DEFAULT '',
	hint          TEXT    NOT NULL DEFAULT '',
	told          TEXT    NOT NULL DEFAULT '',
	told_at       INTEGER,
	top           TEXT    NOT NULL DEFAULT '',
	blocked       INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE quota (
	destination TEXT NOT NULL PRIMARY KEY,
	last        INTEGER
) WITHOUT ROWID;

CREATE VIEW mail AS SELECT
	account, CAST(uid AS TEXT) AS uid, size, status, listed, reason, attempts,
	strftime('%Y-%m-%dT%H:%M:%SZ', first_seen / 1000000, 'unixepoch') AS first_seen,
	strftime('%Y-%m-%dT%H:%M:%SZ', attempted_at / 1000000, 'unixepoch') AS attempted_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', imported_at / 1000000, 'unixepoch') AS imported_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', deleted_at / 1000000, 'unixepoch') AS deleted_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', last_listed / 1000000, 'unixepoch') AS last_listed,
	destination, gmail_id, message_id, digest
FROM messages;
`

// schema2: notices of refused messages, and since when an account's listings
// contradict themselves.
const schema2 = `
CREATE TABLE notices (
	message_id    TEXT    NOT NULL PRIMARY KEY,
	account       TEXT    NOT NULL,
	uid           BLOB    NOT NULL,
	story         TEXT    NOT NULL,
	content       BLOB,
	created_at    INTEGER,
	attempted_at  INTEGER,
	attempts      INTEGER NOT NULL,
	gmail_id      TEXT    NOT NULL,
	done_at       INTEGER
) WITHOUT ROWID;

CREATE INDEX notices_due ON notices (account) WHERE done_at IS NULL;

ALTER TABLE accounts ADD COLUMN flawed_since INTEGER;
`

// schema3: since when an account's server is sent one command at a time.
const schema3 = `
ALTER TABLE accounts ADD COLUMN one_by_one_since INTEGER;
`

// schema4: what Gmail was found to allow, and which calls were made lately.
const schema4 = `
ALTER TABLE quota ADD COLUMN rate INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quota ADD COLUMN since INTEGER;
ALTER TABLE quota ADD COLUMN calls BLOB;
`
