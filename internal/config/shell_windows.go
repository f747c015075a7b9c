package config

import (
	"context"
	"os/exec"
	"syscall"
)

// shell prepares a command line for cmd, which does not know the quoting that
// os/exec gives to arguments: with /s it strips the outer quotes alone.
func shell(ctx context.Context, command string) *exec.Cmd {
	c := exec.CommandContext(ctx, "cmd")
	c.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /s /c "` + command + `"`}
	return c
}
