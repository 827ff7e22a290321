package personnel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, time.November, 24, 23, 59, 0, 0, time.FixedZone("WIB", 7*3600))

type nipCase struct {
	raw      string
	wantCode NIPCode // empty = accepted
	wantKind Kind
	wantSex  Sex
	why      string
}

// All numbers are fictional; serials near 999 are practically never issued.
func nipCases() []nipCase {
	return []nipCase{
		{"198703152010011999", "", PNS, Male, "born 15-03-1987, appointed January 2010"},
		{"199211082019032998", "", PNS, Female, "born 08-11-1992, appointed March 2019"},
		{"199004272023212997", "", PPPK, Female, "contract code 21"},
		{"19870315201001199", NIPLen, "", "", "17 digits"},
		{"198713152010011999", NIPBirth, "", "", "month 13"},
		{"198502292008012998", NIPBirth, "", "", "1985 is no leap year"},
		{"199211082019152998", NIPMonth, "", "", "15 is neither month nor contract code"},
		{"198703152010013999", NIPSex, "", "", "sex digit 3"},
		{"198703152010011000", NIPSerial, "", "", "what a spreadsheet leaves of the first one"},
		{"1.98703E+17", NIPSci, "", "", "display text of a spreadsheet"},
		{"198703152010012000", NIPSerial, "", "", "what a float64 makes of the first one"},
		{"1987 0315 201001 1 999", "", PNS, Male, "spaces"},

		{"\ufeff19870315-201001.1.999\u00a0", "", PNS, Male, "marks and dashes"},
		{"'198703152010011999", "", PNS, Male, "apostrophe of a text cell"},
		{`="198703152010011999"`, "", PNS, Male, "quoted formula"},
		{"1,98703e17", NIPSci, "", "", "decimal comma"},
		{" '1.98703E+17", NIPSci, "", "", "exponent in a text cell"},
		{"", NIPLen, "", "", "nothing"},
		{"1987031520100119990", NIPLen, "", "", "19 digits"},
		{"19870315201001199X", NIPChar, "", "", "a letter"},
		{"１98703152010011999", NIPChar, "", "", "a full-width digit"},
		{"٠98703152010011999", NIPChar, "", "", "an Arabic digit"},
		{"1987'03152010011999", NIPChar, "", "", "apostrophe inside"},
		{"193912312000011999", NIPBirth, "", "", "before 1940"},
		{"194001011960011999", "", PNS, Male, "the earliest that is accepted"},
		{"201011242026122999", "", PNS, Female, "16 today"},
		{"201011252027012999", NIPBirth, "", "", "16 tomorrow"},
		{"200002292020021999", "", PNS, Male, "a leap day"},
		{"194101011959011999", NIPYear, "", "", "appointed before 1960"},
		{"198703152027121999", "", PNS, Male, "appointed next year"},
		{"198703152028011999", NIPYear, "", "", "appointed in two years"},
		{"198703152010001999", NIPMonth, "", "", "00"},
		{"198703152010131999", NIPMonth, "", "", "13"},
		{"198703152010201999", NIPMonth, "", "", "20"},
		{"198703152023991999", "", PPPK, Male, "99"},
		{"198703152003031999", NIPAge, "", "", "15 on 1 March 2003"},
		{"198703152003041999", "", PNS, Male, "16 on 1 April 2003"},
		{"198703152002211999", NIPAge, "", "", "15 in the whole year"},
		{"198703152003213999", NIPSex, "", "", "age before sex, sex before serial"},
		{"198703152010010000", NIPSex, "", "", "sex before serial"},
	}
}

func TestParseNIP(t *testing.T) {
	for _, tt := range nipCases() {
		n, err := ParseNIP(tt.raw, today)
		var nipErr *NIPError
		if tt.wantCode != "" {
			if !errors.As(err, &nipErr) || nipErr.Code != tt.wantCode || !n.IsZero() {
				t.Errorf("%s: ParseNIP(%q) = %v, %v, want %s", tt.why, tt.raw, n, err, tt.wantCode)
			}
			if !errors.Is(err, &NIPError{Code: tt.wantCode}) || errors.Is(err, &NIPError{Code: "other"}) {
				t.Errorf("%s: errors.Is does not compare %v by code", tt.why, err)
			}
			continue
		}
		if err != nil || n.Kind() != tt.wantKind || n.Sex() != tt.wantSex {
			t.Errorf("%s: ParseNIP(%q) = %v, %v, %s, %s, want %s, %s", tt.why, tt.raw, n, err, n.Kind(), n.Sex(), tt.wantKind, tt.wantSex)
		}
	}
	_, err := ParseNIP("19870315201001199", today)
	var nipErr *NIPError
	if errors.As(err, &nipErr); nipErr == nil || nipErr.Digits != 17 {
		t.Errorf("ParseNIP(17 digits) = %#v, want Digits 17", err)
	}
}

func mustParse(t *testing.T, raw string) NIP {
	t.Helper()
	n, err := ParseNIP(raw, today)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestNIPNeverPrintsDigits tries the ways by which values reach logs and texts.
func TestNIPNeverPrintsDigits(t *testing.T) {
	n := mustParse(t, "198703152010011999")
	boss := int64(7)
	e := Employee{ID: 1, NIP: n, Name: "SUYATNO", SupervisorID: &boss}
	var b bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("x", "nip", n, "employee", e, "pointer", &e, "list", []NIP{n})
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+" "+verb+" "+verb+" "+verb+"\n", n, e, []NIP{n}, struct{ hidden NIP }{n})
	}
	if raw, err := json.Marshal(map[string]any{"e": e, "n": n}); err != nil {
		t.Fatal(err)
	} else {
		b.Write(raw)
	}
	for _, part := range []string{"19870315", "1987", fmt.Sprintf("%x", "19870315")} {
		if strings.Contains(b.String(), part) {
			t.Errorf("%q of the digits is printed:\n%s", part, b.String())
		}
	}
	if want := "••••••••••••••1999"; n.Masked() != want || n.String() != want || n.Last4() != "1999" {
		t.Errorf("Masked() = %q, String() = %q, Last4() = %q, want %q", n.Masked(), n.String(), n.Last4(), want)
	}
	if n.Reveal() != "198703152010011999" {
		t.Errorf("Reveal() = %q", n.Reveal())
	}
}

func TestNIPParts(t *testing.T) {
	n := mustParse(t, "198703152010011999")
	if want := time.Date(1987, time.March, 15, 0, 0, 0, 0, time.UTC); !n.BirthDate().Equal(want) {
		t.Errorf("BirthDate() = %v, want %v", n.BirthDate(), want)
	}
	for raw, want := range map[string]bool{
		"198703152010011999": false, // 22
		"198703152005031999": true,  // 17
		"198703152005041999": false, // 18
		"195003152009041999": true,  // 59
		"195003152009031999": false, // 58
	} {
		if got := mustParse(t, raw).Unusual(); got != want {
			t.Errorf("Unusual(%s) = %v, want %v", raw, got, want)
		}
	}
	back, err := RestoreNIP(n.Reveal())
	if err != nil || back != n {
		t.Errorf("RestoreNIP(Reveal()) = %v, %v, want %v", back, err, n)
	}
	for _, raw := range []string{"", "1987", "1987 0315201001199", "１98703152010011999"} {
		if got, err := RestoreNIP(raw); err == nil {
			t.Errorf("RestoreNIP(%q) = %v, want an error", raw, got)
		}
	}
	var zero NIP
	if !zero.IsZero() || zero.Masked()+zero.Last4()+zero.Reveal()+string(zero.Kind())+string(zero.Sex()) != "" ||
		!zero.BirthDate().IsZero() || zero.Unusual() {
		t.Errorf("the zero NIP has parts: %#v", zero)
	}
}

// FuzzParseNIP promises: an accepted number has 18 digits that the text holds
// in this order, is accepted again, and no error repeats the text.
func FuzzParseNIP(f *testing.F) {
	for _, seed := range []string{"198703152010011999", "199004272023212997", "1.98703E+17", "1987 0315 201001 1 999", "'1", "\xff", `="1"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		n, err := ParseNIP(raw, today)
		if err != nil {
			var nipErr *NIPError
			if !errors.As(err, &nipErr) || !n.IsZero() {
				t.Fatalf("ParseNIP(%q) = %v, %v", raw, n, err)
			}
			if len(raw) > 4 && strings.Contains(err.Error(), raw) && !strings.Contains("not a NIP: "+string(nipErr.Code), raw) {
				t.Fatalf("the error repeats %q", raw)
			}
			return
		}
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, raw)
		if n.Reveal() != digits || len(digits) != 18 {
			t.Fatalf("ParseNIP(%q) = %q", raw, n.Reveal())
		}
		if again, err := ParseNIP(n.Reveal(), today); err != nil || again != n {
			t.Fatalf("ParseNIP(%q) again = %v, %v", n.Reveal(), again, err)
		}
		if k := n.Kind(); k != PNS && k != PPPK || n.Sex() == SexUnknown {
			t.Fatalf("%q has kind %q and sex %q", raw, k, n.Sex())
		}
	})
}
