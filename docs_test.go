package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"bangkom/internal/devdb"
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
	for _, f := range append(files, "internal/personnel/nip.go", "internal/questionnaire/workbook/workbook.go", "internal/questionnaire/replace.go") {
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

// The drill with pgbouncer runs with what operators are told.
func TestDocumentedPoolerSetting(t *testing.T) {
	manual, err := os.ReadFile("docs/operations.md")
	if err != nil || !strings.Contains(string(manual), devdb.PoolerSetting) {
		t.Errorf("docs/operations.md (%v) does not say %q", err, devdb.PoolerSetting)
	}
}

// Every way in which a document is named: by a link of another one, and, in
// code, comments and configuration, by its name with the anchor of a heading.
var (
	docLink      = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	docReference = regexp.MustCompile(`\b(decisions|rules)\.md#([\w-]*)`)
	byNumber     = regexp.MustCompile(`(?i)\bdecisions? \d+`)
	docHeading   = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noAnchor     = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// anchors are the headings of a document as links name them, in their order:
// small letters, without punctuation, with hyphens for blanks.
func anchors(doc string) (names []string) {
	for _, m := range docHeading.FindAllStringSubmatch(doc, -1) {
		names = append(names, strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return names
}

// brokenReferences tells which documents and headings a file names that do not
// exist. read returns the text of a file, and false when there is none.
func brokenReferences(path, body string, read func(path string) (text string, ok bool)) (broken []string) {
	check := func(target, anchor, written string) {
		text, ok := read(target)
		switch {
		case !ok:
			broken = append(broken, fmt.Sprintf("%s: there is no file %s", written, target))
		case anchor != "" && !slices.Contains(anchors(text), anchor):
			broken = append(broken, fmt.Sprintf("%s: %s has no such heading", written, target))
		}
	}
	for _, m := range docReference.FindAllStringSubmatch(body, -1) {
		check("docs/"+m[1]+".md", m[2], m[0])
	}
	for _, m := range byNumber.FindAllString(body, -1) {
		broken = append(broken, m+": decisions have names and no numbers")
	}
	if !strings.HasSuffix(path, ".md") {
		return broken
	}
	for _, m := range docLink.FindAllStringSubmatch(body, -1) {
		switch target := filepath.ToSlash(filepath.Join(filepath.Dir(path), m[1])); {
		case strings.Contains(m[1], "://"):
		case m[1] == "":
			check(path, m[2], m[0])
		default:
			check(target, m[2], m[0])
		}
	}
	return broken
}

// What another file says about a decision, a rule or any document is there. A
// heading of the two lists is there once, so that its name says which one is meant.
func TestReferencesLeadSomewhere(t *testing.T) {
	read := func(path string) (string, bool) {
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			return "", err == nil
		}
		return string(fileText(t, path)), true
	}
	files, references := 0, 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		kinds := []string{".go", ".md", ".sql", ".yaml", ".sh", ".mjs", ".service"}
		if d.IsDir() || !slices.Contains(kinds, filepath.Ext(path)) {
			return nil
		}
		body := string(fileText(t, path))
		files++
		references += len(docReference.FindAllString(body, -1))
		for _, one := range brokenReferences(path, body, read) {
			t.Errorf("%s: %s", path, one)
		}
		return nil
	})
	if err != nil || files < 100 || references < 3 {
		t.Errorf("%d files with %d references, %v", files, references, err)
	}
	for _, path := range []string{"docs/decisions.md", "docs/rules.md"} {
		all := anchors(string(fileText(t, path)))
		for i, one := range all {
			if slices.Contains(all[:i], one) || strings.Trim(one[:1], "0123456789") == "" {
				t.Errorf("%s: the heading %q is there twice or begins with a number", path, one)
			}
		}
	}
}

// The check of references finds each of what it is for.
func TestBrokenReferencesAreFound(t *testing.T) {
	docs := map[string]string{"docs/rules.md": "# Rules\n\n## Who opens, and when\n", "docs/decisions.md": "# Decisions\n", "README.md": ""}
	read := func(path string) (string, bool) { body, ok := docs[path]; return body, ok }
	rules := "rules" + ".md#" // in two parts, or the file you read would name it
	for _, c := range []struct {
		path, body string
		broken     int
	}{
		{"a.go", "// see docs/" + rules + "who-opens-and-when", 0},
		{"a.go", "// see docs/" + rules + "who-opens", 1},
		{"a.sql", "-- decision " + "68", 1},
		{"docs/a.md", "[x](rules.md) [y](#here) [z](https://example.org/a#b)\n## Here\n", 1},
		{"docs/decisions.md", "[y](#decisions) [x](../README.md)", 0},
		{"docs/a.md", "[x](gone.md)", 1},
		{"README.md", "[x](docs/" + rules + "gone)", 2}, // as a link and as a reference
	} {
		if got := brokenReferences(c.path, c.body, read); len(got) != c.broken {
			t.Errorf("%s, %q: %q, want %d", c.path, c.body, got, c.broken)
		}
	}
}

// named are the names in code marks of one column of the tables of a section.
func named(t *testing.T, path, heading string, column int) (names []string) {
	t.Helper()
	_, section, found := strings.Cut(string(fileText(t, path)), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("%s has no section %q", path, heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) > column {
			for _, m := range inCode.FindAllStringSubmatch(cells[column], -1) {
				names = append(names, m[1])
			}
		}
	}
	return names
}

var (
	inCode   = regexp.MustCompile("`([^`]+)`")
	newTable = regexp.MustCompile(`(?m)^\s*(CREATE TABLE(?: IF NOT EXISTS)?|DROP TABLE(?: IF EXISTS)?) (\w+)`)
	newName  = regexp.MustCompile(`(?m)^\s*ALTER TABLE (\w+) RENAME TO (\w+)`)
)

// The map of packages names each package of the module, by its whole path, once at
// the head of a row, and none that is not there.
func TestPackagesStandInTheDesign(t *testing.T) {
	var there []string
	for _, s := range sources(t) {
		if name := cmp.Or(s.pkg, "main"); !slices.Contains(there, name) {
			there = append(there, name)
		}
	}
	compareNames(t, "package", there, named(t, "docs/design.md", "Packages", 1))
}

// The tables of the database stand there too, each once.
func TestTablesStandInTheDesign(t *testing.T) {
	files, err := filepath.Glob("storage/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d migrations, %v", len(files), err)
	}
	tables := map[string]bool{}
	for _, f := range files {
		up, _, _ := strings.Cut(string(fileText(t, f)), "-- +goose Down")
		for _, m := range newTable.FindAllStringSubmatch(up, -1) {
			tables[m[2]] = strings.HasPrefix(m[1], "CREATE")
		}
		for _, m := range newName.FindAllStringSubmatch(up, -1) {
			tables[m[1]], tables[m[2]] = false, true
		}
	}
	var there []string
	for name, is := range tables {
		if is {
			there = append(there, name)
		}
	}
	compareNames(t, "table", there, named(t, "docs/design.md", "Tables", 2))
}

// compareNames fails for what is there and not written, written and not there, or
// written twice.
func compareNames(t *testing.T, what string, there, written []string) {
	t.Helper()
	for _, name := range there {
		if !slices.Contains(written, name) {
			t.Errorf("docs/design.md does not name the %s %s", what, name)
		}
	}
	for i, name := range written {
		if !slices.Contains(there, name) || slices.Contains(written[:i], name) {
			t.Errorf("docs/design.md names the %s %s, which is not there or stands there twice", what, name)
		}
	}
}

// dated finds what may promise a date, a limit, or something that is not there yet.
var dated = regexp.MustCompile(`(?i)\{\{\.(batas|tanggal|jam|kapan|mulai|sampai|buka|berikutnya)\}\}|paling lambat|\bsampai\b|\bsetiap\b|\bsegera\b|paling banyak|\bberlaku\b|kapan saja|setelah ini|terakhir kali|\b24 jam|\b14 hari|\bakan dikirim|kabarnya|sedang melengkapi|pengingat terakhir|\bbesok\b|hari ini|tidak mengingatkan`)

// sentences reads the catalogue as it is written, by key.
func sentences(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("internal/text/id/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	all := map[string]string{}
	for _, file := range files {
		var sections map[string]map[string]string
		if err := yaml.Unmarshal(fileText(t, file), &sections); err != nil {
			t.Fatal(err)
		}
		for section, list := range sections {
			for key, sentence := range list {
				all[section+"."+key] = sentence
			}
		}
	}
	return all
}

// isDated tells whether a sentence belongs into docs/promises.md. Labels, parts of
// dates, and words for stored codes say nothing by themselves;
// what `check` says to the operator is about keys of the configuration.
func isDated(key, sentence string) bool {
	room, _, _ := strings.Cut(key, ".")
	return !slices.Contains([]string{"label", "format", "stored", "refused", "check", "config"}, room) && dated.MatchString(sentence)
}

// promised reads the rows of docs/promises.md: key, what it is, and the test.
func promised(t *testing.T) (rows [][3]string) {
	t.Helper()
	row := regexp.MustCompile("^\\| `([a-z_.0-9]+)` \\| (\\w+) \\| `?([^`|]*)`? \\|$")
	for line := range strings.Lines(string(fileText(t, "docs/promises.md"))) {
		if m := row.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			rows = append(rows, [3]string{m[1], m[2], m[3]})
		}
	}
	return rows
}

// Every sentence that names a date or a limit, or something that is still to come, is
// in the list of promises, and what is promised names the test that shows it true
// once the day has passed.
func TestEveryPromiseHasItsTest(t *testing.T) {
	all, rows, tests := sentences(t), promised(t), testNames(t)
	listed := map[string]bool{}
	for _, r := range rows {
		key, kind, test := r[0], r[1], r[2]
		if listed[key] {
			t.Errorf("%s is listed twice", key)
		}
		listed[key] = true
		switch sentence, known := all[key]; {
		case !known || !isDated(key, sentence):
			t.Errorf("%s is listed and promises nothing", key)
		case kind == "record" || kind == "format": // tells of the past, or how something is written
		case kind != "promise" && kind != "feature":
			t.Errorf("%s is of no kind: %s", key, kind)
		case strings.HasPrefix(test, "TestTranscripts/"):
			shownLater(t, key, sentence, strings.TrimPrefix(test, "TestTranscripts/"), kind == "promise")
		case !slices.Contains(tests, test):
			t.Errorf("%s: there is no test %q", key, test)
		}
	}
	for key, sentence := range all {
		if isDated(key, sentence) && !listed[key] {
			t.Errorf("docs/promises.md does not name the test of %s: %s", key, sentence)
		}
	}
}

// moves is a line of a transcript at which the clock, or a period, has gone on.
var moves = regexp.MustCompile(`(?m)^~ (pukul|periode ditutup|\d+ \p{L}+ kemudian)`)

// shownLater wants a sentence in a transcript, and time to pass behind it.
func shownLater(t *testing.T, key, sentence, transcript string, after bool) {
	t.Helper()
	body := string(fileText(t, "handlers/testdata/"+transcript+".txt"))
	_, rest, said := strings.Cut(body, fixedPart(sentence))
	if !said {
		t.Errorf("%s.txt does not say %s", transcript, key)
	} else if after && !moves.MatchString(rest) {
		t.Errorf("%s.txt ends before a day has passed after %s", transcript, key)
	}
}

// fixedPart is the longest part of a sentence without values and markup.
func fixedPart(sentence string) (longest string) {
	for _, part := range regexp.MustCompile(`\{\{[^}]*\}\}|\n|</?\w+>`).Split(sentence, -1) {
		if part = strings.TrimSpace(part); len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// testNames are all tests of the project.
func testNames(t *testing.T) (names []string) {
	t.Helper()
	for _, pattern := range []string{"*_test.go", "*/*_test.go", "*/*/*_test.go", "*/*/*/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(fileText(t, file)), -1) {
				names = append(names, m[1])
			}
		}
	}
	return names
}

// What does not exist yet is called so: a sentence about a record of JP says "segera".
// How many JP a training has is no such record.
func TestWhatIsToComeIsCalledSo(t *testing.T) {
	coming := regexp.MustCompile(`(?i)\b(catatan|riwayat) JP\b|\bdan JP\b`)
	for key, sentence := range sentences(t) {
		if coming.MatchString(sentence) && !strings.Contains(strings.ToLower(sentence), "segera") {
			t.Errorf("%s speaks of what does not exist yet as if it did: %s", key, sentence)
		}
	}
}
