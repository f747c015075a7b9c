package state

import (
	"path/filepath"
	"syscall"
	"unsafe"
)

// driveRemote is DRIVE_REMOTE of GetDriveType (fileapi.h).
const driveRemote = 4

// networked tells whether dir lies on a network drive or share.
func networked(dir string) bool {
	root, err := syscall.UTF16PtrFromString(filepath.VolumeName(dir) + `\`)
	if err != nil {
		return false
	}
	getDriveType := syscall.NewLazyDLL("kernel32.dll").NewProc("GetDriveTypeW")
	if getDriveType.Find() != nil {
		return false
	}
	kind, _, _ := getDriveType.Call(uintptr(unsafe.Pointer(root)))
	return kind == driveRemote
}
