//go:build !windows

package config

import (
	"context"
	"os/exec"
)

// shell prepares a command line for sh.
func shell(ctx context.Context, command string) *exec.Cmd {
	return exec.CommandContext(ctx, "sh", "-c", command)
}
