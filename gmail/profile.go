package gmail

import (
	"context"
	"errors"
)

var errNoAddress = errors.New("the answer names no address")

// UnitsProfile is what Address costs.
const UnitsProfile = 1

// Address gives the address of the mailbox that the token opens
// (https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile).
// It needs the scope gmail.readonly.
func (c *Client) Address(ctx context.Context) (address string, err error) {
	err = c.call(ctx, "users.getProfile", smallAnswer, func(ctx context.Context) error {
		profile, err := c.service.Users.GetProfile("me").Context(ctx).Do()
		if err != nil {
			return err
		}
		if profile == nil || profile.EmailAddress == "" {
			return errNoAddress
		}
		address = profile.EmailAddress
		return nil
	})
	return address, err
}
