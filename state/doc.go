// Package state keeps what is known of every message and account in one
// SQLite file, so that no crash loses or doubles mail.
//
// A method that changes the state returns only once its change is on disk.
// Changes asked for at the same time share a transaction (see DB.Write), so
// that many callers cost one fsync. Several processes may use one file.
package state
