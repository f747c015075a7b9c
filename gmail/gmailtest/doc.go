// Package gmailtest is a stand-in for Gmail: an HTTP server in the process
// that speaks as much of the Gmail API and of Google's OAuth as it takes to
// bring mail in, look it up and label it. Tests and the demo use it; it keeps
// the mail in memory and in unlinked temporary files, and forgets it.
//
// It imitates what was measured or is documented, the unpleasant included:
// quota and its answers, folding by Message-ID, a search index that lags,
// mail that lands in Spam, scopes that were not granted, tokens that die.
// SetFault adds what goes wrong on the way.
//
// Where Gmail's behaviour isn't known, the stand-in chooses:
//
//   - The header is read leniently: bare CR, bare LF, NUL, 8-bit octets and
//     lines of any length pass. A leading mbox "From " line is skipped. A byte
//     order mark counts as part of the first field's name, so a From field
//     behind one is missing. Only the first MiB is searched for fields.
//   - A From field is valid if it holds one local-part@domain.
//   - A Date more than a day ahead counts as unreadable.
//   - A message classified as spam loses INBOX and keeps its other labels.
//   - An import folded into a trashed message brings it back, with the labels
//     that this import asked for; one folded into another changes nothing.
//   - A message over the size is 413, on whatever path it came.
//   - Message-IDs compare octet by octet, without angle brackets.
//   - Media that isn't message/* is 400, and the authorisation page insists
//     on state and PKCE; there the stand-in is as strict as the documents.
//   - A request that is refused for quota, concurrency, token or scope costs
//     no units; one refused for its content does. A resumable upload pays once.
//
// A body is read to its end before anything is stored, and one that breaks
// off, or lacks its closing boundary, is refused with nothing stored.
package gmailtest
