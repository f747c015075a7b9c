package gmail

// CallScopes gives the scopes without which calls fail: those of [Scopes]
// but for the ones that only tell the address at a login.
func CallScopes(verify bool) []string {
	scopes := []string{scopeInsert, scopeLabels}
	if verify {
		scopes = append(scopes, scopeReadonly)
	}
	return scopes
}
