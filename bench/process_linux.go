package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// peakRSS is the peak resident set of a process ("self" or its id) in octets,
// 0 where it has ended.
func peakRSS(pid string) int64 {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	line, _, _ := bytes.Cut(rest, []byte("kB"))
	kib, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	if err != nil {
		return 0 // a process that has ended has no memory
	}
	return kib << 10
}

// bookedRSS is the peak resident set that the kernel booked on a process that
// has ended, in octets. It is at least that of the process which started it,
// as getrusage(2) has it carried over by execve(2).
func bookedRSS(s *os.ProcessState) int64 {
	r, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(r.Maxrss) << 10
}

// ownCPU is what this process has spent.
func ownCPU() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// nobody is an id without rights, also where no user has it.
const nobody = 65534

// becomeNobody has root start a command without root's rights.
func becomeNobody(cmd *exec.Cmd) {
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
}

// giveToNobody has such a command own a folder and all in it.
func giveToNobody(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	})
}

// openFiles gives the files below dir that a process has open.
func openFiles(pid int, dir string) []openFile {
	var found []openFile
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, link := range links {
		if name, err := os.Readlink(link); err != nil || !strings.HasPrefix(name, dir+"/") {
			continue
		}
		info, err := os.Stat(link)
		if err != nil {
			continue // it was closed since
		}
		if s, ok := info.Sys().(*syscall.Stat_t); ok {
			found = append(found, openFile{info.Mode(), uint64(s.Nlink), info.Size()})
		}
	}
	return found
}
