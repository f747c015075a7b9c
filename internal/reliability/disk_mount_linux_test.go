package reliability_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// volume is a small file system. Only the goroutine that mounted it and the
// processes that it starts see it, and with them it goes.
type volume struct {
	t    *testing.T
	path string
}

// mountVolume mounts a file system in memory of so many pages. It takes
// root's rights, which a container may not have: where they must be there,
// POPBRIDGE_REQUIRE_MOUNT says so. As a user: unshare -rm go test.
func mountVolume(t *testing.T, pages int) *volume {
	t.Helper()
	v := &volume{t: t, path: t.TempDir()}
	runtime.LockOSThread() // for good: the thread is not like the others now
	err := syscall.Unshare(syscall.CLONE_NEWNS)
	if err == nil {
		err = syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	}
	if err == nil {
		err = syscall.Mount("tmpfs", v.path, "tmpfs", 0, fmt.Sprintf("size=%d,mode=700", pages*os.Getpagesize()))
	}
	if err != nil && os.Getenv("POPBRIDGE_REQUIRE_MOUNT") == "" {
		t.Skip("mount a small volume: ", err)
	}
	if err != nil {
		t.Fatal("mount a small volume: ", err)
	}
	t.Cleanup(func() { v.check(syscall.Unmount(v.path, 0)) }) // by this goroutine
	return v
}

func (v *volume) check(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

// fill takes all but so many pages of the volume.
func (v *volume) fill(but int) (free func()) {
	v.t.Helper()
	var st syscall.Statfs_t
	v.check(syscall.Statfs(v.path, &st))
	name := filepath.Join(v.path, "filler")
	if taken := int(st.Bavail) - but; taken > 0 {
		v.check(os.WriteFile(name, make([]byte, taken*int(st.Bsize)), 0o600))
	}
	return func() { v.check(os.Remove(name)) }
}

// protect makes the volume read-only, or writable again.
func (v *volume) protect(readOnly bool) {
	v.t.Helper()
	flags := uintptr(syscall.MS_REMOUNT)
	if readOnly {
		flags |= syscall.MS_RDONLY
	}
	err := syscall.Mount("tmpfs", v.path, "tmpfs", flags, "")
	// A process that another test is just starting may have inherited a file
	// that is open for writing here, until it becomes its program.
	for deadline := time.Now().Add(10 * time.Second); err == syscall.EBUSY && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		err = syscall.Mount("tmpfs", v.path, "tmpfs", flags, "")
	}
	v.check(err)
}

// TestVolumeFullAtEachPage is TestDiskFullAtEachWrite with a disk that is
// really full: the shared memory and the file itself meet it, too. Every run
// needs more pages than are free.
func TestVolumeFullAtEachPage(t *testing.T) {
	t.Parallel()
	v := mountVolume(t, 256)
	step := 7
	if os.Getenv("POPBRIDGE_EACH_WRITE") != "" {
		step = 1
	}
	for pages := 0; pages < 57; pages += step {
		w := busyRun(t, diskOptions{state: filepath.Join(v.path, "state", "state.db")})
		free := v.fill(pages)
		w.expectDiskFault("run")
		// A person looks into it.
		w.expect(0, "status")
		w.expect(0, "run", "--dry-run")
		free()
		w.recoverBusy()
		if t.Failed() {
			t.Fatalf("with %d pages free", pages)
		}
		v.check(os.RemoveAll(filepath.Dir(w.state)))
	}
}

func TestVolumeReadOnly(t *testing.T) {
	t.Parallel()
	v := mountVolume(t, 256)
	w := busyRun(t, diskOptions{state: filepath.Join(v.path, "state", "state.db")})
	held := len(w.gmail.Messages(gmailAddress))
	v.protect(true)
	for _, args := range [][]string{{"run"}, {"adopt", "shop"}, {"retry", "office"}, {"state", "move", "shop", "other"}} {
		if o := w.expect(73, args...); !strings.Contains(o.stderr, w.state+" cannot be ") || !strings.Contains(o.stderr, "hint: ") {
			t.Errorf("popbridge %q: %s", args, o)
		}
	}
	if got := len(w.gmail.Messages(gmailAddress)); got != held || len(w.pop.Mailbox("shop").UIDs()) != 7 {
		t.Errorf("Gmail had %d messages and has %d; the provider has %q", held, got, w.pop.Mailbox("shop").UIDs())
	}
	for _, args := range [][]string{{"status"}, {"state", "export"}, {"run", "--dry-run"}} {
		w.expect(0, args...)
	}
	v.protect(false)
	w.recoverBusy()
}

// TestVolumeFullForARefreshedToken: what can't be kept leaves the old token
// whole, and with it the next run goes on.
func TestVolumeFullForARefreshedToken(t *testing.T) {
	t.Parallel()
	v := mountVolume(t, 16)
	w := newDiskWorld(t, diskOptions{})
	w.account("shop")
	w.post("shop", "one")
	w.token = filepath.Join(v.path, "token.json")
	w.configure()
	old := string(w.gmail.ExpiredTokenJSON(gmailAddress, gmailtest.ScopeInsert, gmailtest.ScopeLabels))
	v.check(os.WriteFile(w.token, []byte(old), 0o600))
	free := v.fill(0)
	w.expectSilence()
	kept, err := os.ReadFile(w.token)
	if err != nil || string(kept) != old {
		t.Errorf("the token is %q, %v", kept, err)
	}
	free()
	w.post("shop", "two")
	w.expectSilence()
	if kept, err = os.ReadFile(w.token); err != nil || string(kept) == old {
		t.Errorf("the token is %q, %v", kept, err)
	}
	entries, err := os.ReadDir(v.path)
	if len(entries) != 1 || err != nil {
		t.Errorf("beside the token lies %v, %v", entries, err)
	}
	w.checkOnce()
}

// TestVolumeWithoutRoomForALock: an account that can't be locked is not
// worked on; the others are.
func TestVolumeWithoutRoomForALock(t *testing.T) {
	t.Parallel()
	v := mountVolume(t, 256)
	w := newDiskWorld(t, diskOptions{state: filepath.Join(v.path, "state.db")})
	w.account("shop")
	w.expectSilence()
	w.account("office")
	w.post("shop", "one")
	w.post("office", "two")
	// An empty file takes no page but a node; SQLite needs two of them.
	v.check(syscall.Mount("tmpfs", v.path, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("nr_inodes=%d", v.nodes()+2)))
	if o := w.expect(73, "run"); !strings.Contains(o.stderr, "popbridge: office: lock account office: ") || !strings.Contains(o.stderr, "hint: ") {
		t.Errorf("it said %s", o)
	}
	if w.copies(w.sent["shop"]["one"]) != 1 || w.copies(w.sent["office"]["two"]) != 0 {
		t.Error("it worked on the wrong account")
	}
	v.check(syscall.Mount("tmpfs", v.path, "tmpfs", syscall.MS_REMOUNT, "nr_inodes=100"))
	w.recover()
}

// nodes counts the files and folders on the volume.
func (v *volume) nodes() int {
	var st syscall.Statfs_t
	v.check(syscall.Statfs(v.path, &st))
	return int(st.Files - st.Ffree)
}
