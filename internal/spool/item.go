package spool

import (
	"bytes"
	"errors"
	"fmt"
	"os"
)

// Item is one message in the spool: written once from front to back by one
// goroutine, then read.
type Item struct {
	spool    *Spool
	reserved int64
	size     int64
	memory   []byte
	// booked is the memory that is set aside for it.
	booked int64
	// needsFile tells that it counts among the spool's files.
	needsFile bool
	file      *os.File
	released  bool
}

// Write appends to the message. Its errors are those of the disk.
func (i *Item) Write(p []byte) (int, error) {
	if over := i.size + int64(len(p)) - i.reserved; over > 0 {
		i.spool.grow(over)
		i.reserved += over
	}
	if i.file == nil && !i.fits(len(p)) {
		if err := i.spill(); err != nil {
			return 0, err
		}
	}
	if i.file == nil {
		i.memory = append(i.memory, p...)
		i.size += int64(len(p))
		return len(p), nil
	}
	n, err := i.file.Write(p)
	i.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("write to the spool: %w", err)
	}
	return n, nil
}

// fits tells whether more octets may stay in memory, and books what goes
// beyond the size that was announced.
func (i *Item) fits(more int) bool {
	need := int64(len(i.memory) + more)
	if i.needsFile || need > inMemory {
		return false
	}
	if need > i.booked {
		want := min(max(need, 2*i.booked), inMemory)
		if !i.spool.takeMemory(want - i.booked) {
			return false
		}
		i.booked = want
	}
	if need > int64(cap(i.memory)) {
		i.memory = append(make([]byte, 0, i.booked), i.memory...)
	}
	return true
}

// spill moves what is in memory to a file that nobody else can open.
func (i *Item) spill() error {
	f, err := create(i.spool.dir)
	if err != nil {
		return fmt.Errorf("make a spool file: %w", err)
	}
	if _, err := f.Write(i.memory); err != nil {
		return errors.Join(fmt.Errorf("write to the spool: %w", err), discard(f))
	}
	i.file, i.memory = f, nil
	files := 0
	if !i.needsFile {
		i.needsFile = true
		files = -1
	}
	i.spool.release(0, i.booked, files)
	i.booked = 0
	return nil
}

// ReadAt reads the message; it is safe for several readers at once.
func (i *Item) ReadAt(p []byte, off int64) (int, error) {
	if i.file != nil {
		return i.file.ReadAt(p, off)
	}
	return bytes.NewReader(i.memory).ReadAt(p, off)
}

// Size gives the octets written so far.
func (i *Item) Size() int64 { return i.size }

// Release gives the message's room back. It may be called more than once.
func (i *Item) Release() error {
	if i.released {
		return nil
	}
	i.released = true
	var err error
	if i.file != nil {
		err = discard(i.file)
	}
	files := 0
	if i.needsFile {
		files = 1
	}
	i.spool.release(i.reserved, i.booked, files)
	i.memory = nil
	return err
}
