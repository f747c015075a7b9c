package dovecottest

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// mailID is the user and group that own the mail when the tests run as root,
// since Dovecot refuses to read mail as root. 65534 is "nobody" on most
// systems, and need not exist.
const mailID = 65534

// owner is whom the processes of Dovecot run as.
type owner struct {
	root        bool
	uid, gid    int
	user, group string
}

// currentOwner finds out how Dovecot can run for the user of this process:
// as root it brings its own unprivileged users, otherwise all is done by us.
func currentOwner() (owner, error) {
	if os.Geteuid() == 0 {
		return owner{root: true, uid: mailID, gid: mailID}, nil
	}
	o := owner{uid: os.Geteuid(), gid: os.Getegid()}
	u, err := user.LookupId(strconv.Itoa(o.uid))
	if err != nil {
		return o, fmt.Errorf("dovecottest: look up the current user: %w", err)
	}
	g, err := user.LookupGroupId(strconv.Itoa(o.gid))
	if err != nil {
		return o, fmt.Errorf("dovecottest: look up the current group: %w", err)
	}
	o.user, o.group = u.Username, g.Name
	return o, nil
}

// own gives the file to the owner of the mail.
func (o owner) own(path string) error {
	if !o.root {
		return nil
	}
	return os.Chown(path, o.uid, o.gid)
}
