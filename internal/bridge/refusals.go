package bridge

import (
	"errors"
	"slices"
	"sync"
)

// refusals holds back refusals for a reason not known to be permanent, until
// a success, another reason, or the account's end shows that the messages are
// at fault and not the destination.
type refusals struct {
	mu     sync.Mutex
	reason string
	// row are the refusals in a row for the reason.
	row []*heldRefusal
	// stopped tells that there were too many: those under way then count no
	// more than those before.
	stopped bool
}

// heldRefusal is one refusal of a row. It may be marked already, where its
// account has ended.
type heldRefusal struct {
	account    string
	uid        string
	mark, undo func() error
	marked     bool
}

// hold keeps a refusal for later. It tells when there were too many in a row;
// then none of them stays marked.
func (h *refusals) hold(reason string, r *heldRefusal) (stop bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return true, nil
	}
	if reason != h.reason {
		err = h.mark("")
		h.reason, h.row = reason, nil
	}
	h.row = append(h.row, r)
	if len(h.row) < refusalsUntilStop {
		return false, err
	}
	h.stopped = true
	for _, r := range h.row {
		if r.marked {
			err = errors.Join(err, r.undo())
		}
	}
	return true, err
}

// flush ends the row after a success, and records what was held back.
func (h *refusals) flush() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return nil
	}
	err := h.mark("")
	h.row = nil
	return err
}

// settle records what was held back of an account that has ended. They go on
// to count, with those of other accounts.
func (h *refusals) settle(account string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return nil
	}
	return h.mark(account)
}

// open tells whether a refusal may still be taken back in this process, so
// that its notice waits for the next run.
func (h *refusals) open(account, uid string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.ContainsFunc(h.row, func(r *heldRefusal) bool { return r.account == account && r.uid == uid })
}

// mark records the refusals of an account, or of all.
func (h *refusals) mark(account string) error {
	var errs []error
	for _, r := range h.row {
		if !r.marked && (account == "" || r.account == account) {
			r.marked = true
			errs = append(errs, r.mark())
		}
	}
	return errors.Join(errs...)
}
