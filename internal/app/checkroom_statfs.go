//go:build linux || darwin || freebsd

package app

import "golang.org/x/sys/unix"

// free is how many octets a file system has left for this user.
func free(dir string) (octets int64, known bool) {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true
}
