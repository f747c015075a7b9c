//go:build darwin || freebsd

package state

import "syscall"

// mntLocal is MNT_LOCAL of sys/mount.h, the same on both.
const mntLocal = 0x1000

// networked tells whether dir lies on a file system that is not stored
// locally.
func networked(dir string) bool {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return false
	}
	return st.Flags&mntLocal == 0
}
