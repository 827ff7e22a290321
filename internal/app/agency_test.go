package app

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bangkom/internal/config"
	"bangkom/internal/text"
)

// saidAs are the values of the section agency that people read, with the name that a
// sentence has for each.
var saidAs = map[string]string{
	"Name": "badan", "ShortName": "badan", "Mandate": "dasar", "Promise": "janji", "Helpdesk": "bantuan", "Recognition": "pengenal",
	"Office": "kantor", // never empty: the configuration refuses that
}

// neverAlone are sentences that are left out as a whole when their value is empty
// (the lines of a slip), and those in which the name means something else.
var neverAlone = map[string]bool{"slip.head": true, "slip.basis": true, "slip.recognition": true, "slip.help": true,
	"evaluation.thanks": true, "evaluation.owes": true, "evaluation.owes_late": true}

// broken is what a sentence looks like in which a value is missing.
var broken = regexp.MustCompile(`:\s*(?:[.,;]|\n|$)|\s[.,;:]|  |\(\s*\)|,\s*[.,]|\n[.,]|^\s|\s$`)

// Every sentence of the catalogue with a configured value in it reads well while that
// value is empty, alone or with all others.
func TestSentencesReadWellWithoutConfiguredValues(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	sentences, looked := sources(t), 0
	for _, key := range cat.Keys() {
		source := sentences[key]
		if neverAlone[key] || !namesConfigured(source) {
			continue
		}
		looked++
		whole := render(t, cat, key, source, "")
		for _, empty := range []string{"badan", "bantuan", "dasar", "janji", "pengenal", everything} {
			got := render(t, cat, key, source, empty)
			if len(broken.FindAllString(got, -1)) > len(broken.FindAllString(whole, -1)) { // a list begins with a colon too
				t.Errorf("%s reads badly without %s:\n%s", key, empty, got)
			}
		}
	}
	if looked < 60 {
		t.Errorf("%d sentences were looked at; the names of configured values are read wrongly", looked)
	}
}

func namesConfigured(source string) bool {
	for _, name := range saidAs {
		if strings.Contains(source, "."+name) {
			return true
		}
	}
	return false
}

// everything stands for all configured values at once.
const everything = "everything"

// render fills a sentence with a word for every value, but for what is configured and
// named empty: there stands what the program puts in its place.
func render(t *testing.T, cat *text.Catalogue, key, source, empty string) string {
	t.Helper()
	values := map[string]any{}
	for _, m := range regexp.MustCompile(`\.(\w+)`).FindAllStringSubmatch(source, -1) {
		values[m[1]] = "x"
	}
	unset := AgencyOf(config.Agency{}, cat)
	values["janji"] = " X." // a sentence, with the blank before it
	for name, value := range map[string]string{"badan": unset.Name, "janji": unset.Promise, "bantuan": unset.Helpdesk, "pengenal": unset.Recognition, "dasar": ""} {
		if empty == name || empty == everything {
			values[name] = value
		}
	}
	out, err := cat.Render(key, values)
	if err != nil {
		t.Errorf("%s: %v", key, err)
	}
	return out
}

// sources are the sentences of the catalogue as they are written, by key.
func sources(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../text/id/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	out, line := map[string]string{}, regexp.MustCompile(`^  (\w+): (.*)$`)
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		section := ""
		for l := range strings.SplitSeq(string(body), "\n") {
			if head, ok := strings.CutSuffix(l, ":"); ok && !strings.HasPrefix(l, " ") {
				section = head
			} else if m := line.FindStringSubmatch(l); m != nil {
				out[section+"."+m[1]] = m[2]
			}
		}
	}
	return out
}

// A value of the agency goes into a sentence under the name that saidAs has for it, so
// that the test above knows which sentences hold one; and each has such a name.
func TestConfiguredValuesHaveOneName(t *testing.T) {
	of := reflect.TypeFor[config.Agency]()
	for i := range of.NumField() {
		f := of.Field(i)
		if slices.Contains([]string{"TimeZone", "Letterhead", "Place"}, f.Name) {
			continue // in no sentence of a chat; a document without them has another line
		}
		if f.Type.Kind() == reflect.String && saidAs[f.Name] == "" {
			t.Errorf("agency.%s has no name in the sentences", f.Name)
		}
	}
	given, seen := regexp.MustCompile(`"(\w+)":\s*(?:[\w.]*[aA]gency|w)\.(Name|ShortName|Mandate|Promise|Helpdesk|Recognition|Office)\b`), 0
	err := filepath.WalkDir("../..", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		body, err := os.ReadFile(path)
		for _, m := range given.FindAllStringSubmatch(string(body), -1) {
			if seen++; saidAs[m[2]] != m[1] {
				err = fmt.Errorf("%s gives agency.%s to a sentence as %q, want %q", path, m[2], m[1], saidAs[m[2]])
			}
		}
		return err
	})
	if err != nil || seen < 30 {
		t.Errorf("%d values are given to sentences: %v", seen, err)
	}
}
