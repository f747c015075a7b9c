// Package firstconfig writes a first configuration: its text, with the keys
// that one may want later as comments, and the files that belong to it.
package firstconfig
