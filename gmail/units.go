package gmail

// Quota units that a call costs
// (https://developers.google.com/workspace/gmail/api/reference/quota).
const (
	UnitsImport       = 25
	UnitsInsert       = 25
	UnitsGet          = 20
	UnitsList         = 5
	UnitsLabelsList   = 1
	UnitsLabelsCreate = 5
)

// MaxMessage is the size in octets of the largest message that
// messages.import and messages.insert take (the API's discovery document).
const MaxMessage = 157286400
