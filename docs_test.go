package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bangkom/internal/config"
	"bangkom/internal/text"
)

// refusalCode finds the codes of refused rows where they are named.
var refusalCode = regexp.MustCompile(`= "([A-Z]+_[A-Z]+)"`)

// Every code of a refused row stands in the handbook of the operator and has a
// sentence for the file of refused rows; no sentence is for a code that is none.
func TestRefusalCodesAreExplained(t *testing.T) {
	files, err := filepath.Glob("internal/register/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, f := range append(files, "internal/personnel/nip.go") {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		for _, m := range refusalCode.FindAllStringSubmatch(string(fileText(t, f)), -1) {
			codes = append(codes, m[1])
		}
	}
	handbook := string(fileText(t, "docs/operations.md"))
	cat, err := text.Indonesian()
	if err != nil || len(codes) < 20 {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	for _, code := range codes {
		if !strings.Contains(handbook, "`"+code+"`") {
			t.Errorf("docs/operations.md does not explain %s", code)
		}
		if !slices.Contains(cat.Keys(), "refused."+strings.ToLower(code)) {
			t.Errorf("the catalogue has no sentence for %s", code)
		}
	}
	for _, key := range cat.Keys() {
		if code, ok := strings.CutPrefix(key, "refused."); ok && !slices.Contains(codes, strings.ToUpper(code)) {
			t.Errorf("%s is for no code", key)
		}
	}
}

func fileText(t *testing.T, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// A slip has no line with a blank where the agency has told nothing.
func TestSlipsWithoutGaps(t *testing.T) {
	bare := (&invitation{}).slipKeys()
	for _, key := range []string{"slip.head", "slip.basis", "slip.recognition", "slip.help"} {
		if slices.Contains(bare, key) {
			t.Errorf("an agency that has told nothing gets the line %s", key)
		}
	}
	full := (&invitation{bot: "b", agency: config.Agency{Name: "n", Mandate: "m", Recognition: "r", Helpdesk: "h"}}).slipKeys()
	if len(full) != 9 || slices.Contains(full, "slip.no_bot") {
		t.Errorf("the slip of an agency that has told all has the lines %v", full)
	}
}
