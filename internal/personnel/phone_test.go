package personnel_test

import (
	"testing"

	"pgregory.net/rapid"

	"bangkom/internal/personnel"
)

// A number that Telegram hands over is international, with or without a plus.
// Each foreign one here would be an Indonesian number if it were read as
// national, or look like one.
func TestSharedPhone(t *testing.T) {
	for _, tt := range []struct{ raw, want string }{
		{"6281234567890", "+6281234567890"},
		{"+6281234567890", "+6281234567890"},
		{"6285291234567", "+6285291234567"},
		{"62721481234", "+62721481234"}, // a line of an office in Lampung
		{"85291234567", ""},             // Hong Kong, not 0852-9123-4567
		{"+85291234567", ""},
		{"85366123456", ""},   // Macao
		{"85512345678", ""},   // Cambodia
		{"8562023456789", ""}, // Laos
		{"+8562023456789", ""},
		{"819012345678", ""}, // Japan
		{"+819012345678", ""},
		{"821012345678", ""},  // South Korea
		{"84912345678", ""},   // Vietnam
		{"8613123456789", ""}, // China
		{"886912345678", ""},  // Taiwan
		{"8801712345678", ""}, // Bangladesh
		{"60123456789", ""},   // Malaysia
		{"6591234567", ""},    // Singapore
		{"+6591234567", ""},
		{"639171234567", ""}, // Philippines
		{"61412345678", ""},  // Australia
		{"12025550123", ""},  // United States
		{"081234567890", ""}, // national: Telegram never sends it
		{"81234567890", ""},  // Japan's code, and no number there
		{"+081234567890", ""},
		{"", ""}, {"+", ""}, {"62", ""}, {"620000000000", ""}, {"+62 812-3456-7890", ""},
		{"++6281234567890", ""}, {"6281234567890x", ""}, {"٦٢٨١٢٣٤٥٦٧٨٩٠", ""}, {"62812345678901234", ""},
	} {
		if got := personnel.SharedPhone(tt.raw, personnel.Indonesia); got != tt.want {
			t.Errorf("SharedPhone(%q) = %q, want %q", tt.raw, got, tt.want)
		}
	}
	if got := personnel.SharedPhone("60123456789", 60); got != "+60123456789" {
		t.Errorf("a Malaysian number in Malaysia = %q", got)
	}
	if got := personnel.SharedPhone("6281234567890", 0); got != "" {
		t.Errorf("without a country %q is taken", got)
	}
}

// The register writes numbers as people do; a plus or 00 names the country.
func TestRegisterPhone(t *testing.T) {
	for _, tt := range []struct{ raw, want string }{
		{"0812-3456-7890", "+6281234567890"},
		{"81234567890", "+6281234567890"}, // the spreadsheet has eaten the 0
		{"6281234567890", "+6281234567890"},
		{"+62 812-3456-7890", "+6281234567890"},
		{"(+62) 812 3456 7890", "+6281234567890"},
		{"'081234567890", "+6281234567890"},
		{"0062 812 3456 7890", "+6281234567890"},
		{"0852-9123-4567", "+6285291234567"},
		{"85291234567", "+6285291234567"},
		{"+852 9123 4567", "+85291234567"}, // Hong Kong, not 0852-9123-4567
		{"00852 9123 4567", "+85291234567"},
		{"+81 90 1234 5678", "+819012345678"},
		{"-", ""}, {"", ""}, {"tidak ada", ""}, {"0812", ""}, {"0812-3456-7890 atau 0813-4567-8901", ""},
	} {
		if got := personnel.RegisterPhone(tt.raw, personnel.Indonesia); got != tt.want {
			t.Errorf("RegisterPhone(%q) = %q, want %q", tt.raw, got, tt.want)
		}
	}
}

// A 0 behind the country is nobody's number, though a library would drop it.
func TestSharedPhoneIsNotMended(t *testing.T) {
	if got := personnel.SharedPhone("6203100000", personnel.Indonesia); got != "" {
		t.Errorf("SharedPhone = %q, want none", got)
	}
}

// Whatever a contact holds, it is nothing or a number of the country that
// begins with the very digits that Telegram has sent.
func TestSharedPhoneAddsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.StringMatching(`\+?(62|8[0-9]{0,2}|6[0-9]|0)?[0-9]{6,13}`).Draw(t, "raw")
		if got := personnel.SharedPhone(raw, personnel.Indonesia); got != "" && got != raw && got != "+"+raw {
			t.Errorf("SharedPhone(%q) = %q", raw, got)
		}
	})
}
