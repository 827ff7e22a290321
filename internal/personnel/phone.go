package personnel

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Indonesia is the country code (kode negara) that holds unless the agency's
// configuration names another.
const Indonesia = 62

// sharedForm is what a number that Telegram hands over looks like.
var sharedForm = regexp.MustCompile(`^\+?[0-9]{8,15}$`)

// SharedPhone writes the number of a contact that Telegram vouches for as
// E.164 ("+6281234567890"). Telegram's numbers are international, with or
// without a plus, so nothing in them is ever read in the national form: 852...
// is Hong Kong and not 0852... It is "" for anything that is no valid number of
// the country with this code.
func SharedPhone(raw string, country int) string {
	if !sharedForm.MatchString(raw) {
		return ""
	}
	given := "+" + strings.TrimPrefix(raw, "+")
	n, err := phonenumbers.Parse(given, phonenumbers.UNKNOWN_REGION)
	if err != nil || int(n.GetCountryCode()) != country || !phonenumbers.IsValidNumber(n) || phonenumbers.Format(n, phonenumbers.E164) != given {
		return "" // also what the library would mend: a 0 behind the country
	}
	return given
}

// RegisterPhone writes a number as the register holds it (0812-..., 62812...,
// +62 812...) as E.164; "" when it cannot be one. A number without a country is
// of the country with this code, also when a spreadsheet has eaten the leading
// 0; one with a plus or 00 is of the country that it names.
func RegisterPhone(raw string, country int) string {
	signed, digits := dialled(raw)
	switch own := strconv.Itoa(country); {
	case signed:
		raw = "+" + digits
	case strings.HasPrefix(digits, "00"):
		raw = "+" + digits[2:]
	case strings.HasPrefix(digits, own):
		raw = "+" + digits
	case strings.HasPrefix(digits, "8"):
		raw = "0" + digits
	default:
		raw = digits
	}
	n, err := phonenumbers.Parse(raw, phonenumbers.GetRegionCodeForCountryCode(country))
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// dialled is what somebody would dial of a number as it was typed: its digits
// and letters, which make it no number, and whether a plus stands before them.
func dialled(typed string) (signed bool, digits string) {
	keep := func(r rune) rune {
		if strings.ContainsRune(" \t\u00a0-–./()'", r) {
			return -1
		}
		return r
	}
	digits = strings.Map(keep, typed)
	return strings.HasPrefix(digits, "+"), strings.TrimPrefix(digits, "+")
}
