package state

import "syscall"

// networked tells whether dir lies on a file system that other machines may
// use at the same time, or that passes locks and shared memory on to someone
// else.
func networked(dir string) bool {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return false
	}
	// The field is signed on some architectures and 32 bits wide on others.
	return networkMagic(uint32(st.Type))
}

// networkMagic knows the numbers of statfs(2) and linux/magic.h.
func networkMagic(magic uint32) bool {
	switch magic {
	case 0x6969, // NFS
		0x517b, 0xff534d42, 0xfe534d42, // SMB, CIFS, SMB2
		0x01021997,             // 9p
		0x65735546,             // FUSE: sshfs, virtiofs, NTFS-3G and many more
		0x5346414f, 0x6b414653, // AFS
		0x00c36400, // Ceph
		0x73757245, // Coda
		0x564c,     // NCP
		0x01161970, // GFS2
		0x7461636f, // OCFS2
		0x0bd00bd0, // Lustre
		0x786f4256, // VirtualBox shared folders
		0x7c7c6673: // Parallels shared folders
		return true
	}
	return false
}
