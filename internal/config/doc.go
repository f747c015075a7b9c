// Package config reads popbridge's configuration: one TOML file, read
// strictly. What is wrong with it is collected and told at once, each fault
// with file, line and key. The package opens no connection and changes no file.
package config
