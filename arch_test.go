package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"bangkom/internal/text"
)

// allowed lists what each package may import of this module. What is not
// listed may import nothing of it: the domain knows nobody.
func allowed() map[string][]string {
	// handled is what conversations may know. A room of handlers knows that and the
	// package feature, never another room.
	handled := []string{"internal/dialog", "internal/text", "internal/personnel", "internal/competency", "internal/questionnaire", "internal/questionnaire/workbook", "internal/rating", "internal/task", "internal/report", "internal/register", "internal/intake", "internal/sheet", "internal/courier", "internal/outreach", "internal/reminder", "internal/summary", "internal/measure", "internal/announcement", "internal/mailing", "internal/training", "internal/seating", "internal/disclosure", "internal/evaluation", "internal/followup", "internal/survey", "internal/persuasion", "internal/readiness", "internal/invitation", "internal/needs", "internal/coverage", "internal/standard", "internal/satisfaction", "internal/effect", "internal/resolve", "internal/plan"}
	rules := map[string][]string{
		"":                 {"internal/command"},
		"internal/command": everything(),
		"storage/pg":       {"internal/advice"},
		"storage/sample":   {"storage/pg", "internal/dialog", "internal/outreach", "internal/task"},
		"internal/app": {"bot", "handlers", "handlers/feature", "storage", "scheduler", "internal/competency", "internal/config", "internal/courier", "internal/dialog",
			"internal/intake", "internal/personnel", "internal/questionnaire", "internal/reminder", "internal/summary", "internal/text",
			"internal/announcement", "internal/mailing", "internal/seating", "internal/disclosure", "internal/evaluation", "internal/followup", "internal/survey", "internal/advice", "internal/satisfaction", "internal/resolve"},
		"internal/demo": {"scheduler", "storage", "internal/app", "internal/config", "internal/devdb", "internal/disclosure", "internal/evaluation", "internal/faketelegram", "internal/followup", "internal/outreach",
			"internal/personnel", "internal/questionnaire", "internal/rating", "internal/readiness", "internal/register", "internal/resolve", "internal/satisfaction", "internal/sheet", "internal/survey", "internal/task", "internal/text", "internal/training", "internal/plan"},
		"internal/prove": {"internal/followup", "internal/survey", "handlers", "scheduler", "storage", "storage/sample", "internal/announcement", "internal/app", "internal/reminder", "internal/config", "internal/dialog", "internal/mailing",
			"internal/personnel", "internal/proof", "internal/seating", "internal/summary", "internal/text", "internal/training"},
		"bot":               {"internal/dialog", "internal/measure"},
		"scheduler":         {"internal/courier", "internal/reminder", "internal/summary", "internal/announcement", "internal/mailing", "internal/seating", "internal/evaluation", "internal/followup", "internal/survey", "internal/resolve"},
		"handlers":          append(append([]string{"handlers/feature"}, rooms()...), handled...),
		"handlers/feature":  handled,
		"internal/summary":  {"internal/announcement", "internal/courier", "internal/effect", "internal/evaluation", "internal/followup", "internal/survey", "internal/reminder", "internal/dialog", "internal/measure", "internal/outreach", "internal/personnel", "internal/report", "internal/satisfaction", "internal/text"},
		"internal/courier":  {"internal/dialog", "internal/outreach", "internal/text"},
		"internal/mailing":  {"internal/courier", "internal/dialog", "internal/measure", "internal/outreach", "internal/text", "internal/announcement", "internal/training"},
		"internal/reminder": {"internal/courier", "internal/dialog", "internal/followup", "internal/outreach", "internal/persuasion", "internal/personnel", "internal/plan", "internal/task", "internal/text", "internal/training"},
		"internal/rating":   {"internal/competency", "internal/personnel", "internal/questionnaire", "internal/standard", "internal/task"},
		"internal/intake":   {"internal/needs", "internal/questionnaire", "internal/questionnaire/workbook", "internal/register", "internal/sheet", "internal/training"},
		"storage": {"storage/pg", "internal/advice", "internal/dialog", "internal/personnel", "internal/competency", "internal/intake", "internal/questionnaire", "internal/readiness",
			"internal/rating", "internal/register", "internal/task", "internal/courier", "internal/outreach", "internal/reminder", "internal/summary", "internal/announcement", "internal/mailing", "internal/training", "internal/seating", "internal/disclosure", "internal/evaluation", "internal/followup", "internal/survey", "internal/persuasion", "internal/needs", "internal/standard", "internal/satisfaction", "internal/effect", "internal/resolve", "internal/plan"},
		"internal/evaluation":             {"internal/courier", "internal/dialog", "internal/disclosure", "internal/outreach", "internal/personnel", "internal/questionnaire", "internal/text"},
		"internal/followup":               {"internal/courier", "internal/dialog", "internal/disclosure", "internal/evaluation", "internal/outreach", "internal/personnel", "internal/questionnaire", "internal/task", "internal/text"},
		"internal/sheet":                  {},
		"internal/register":               {"internal/competency", "internal/needs", "internal/outreach", "internal/personnel", "internal/satisfaction", "internal/sheet", "internal/standard", "internal/training"},
		"internal/measure":                {},
		"internal/readiness":              {},
		"internal/persuasion":             {"internal/readiness", "internal/satisfaction", "internal/task", "internal/text"},
		"internal/questionnaire":          {"internal/measure"},
		"internal/questionnaire/workbook": {"internal/measure", "internal/questionnaire", "internal/sheet"},
		"internal/devdb/devdbtest":        {"internal/devdb"},
		"internal/competency":             {},
		"internal/personnel":              {},
		"internal/standard":               {"internal/competency"},
		"internal/dialog":                 {},
		"internal/outreach":               {"internal/dialog"},
		"internal/task":                   {},
		"internal/announcement":           {"internal/dialog", "internal/measure", "internal/personnel"},
		"internal/training":               {"internal/personnel"},
		"internal/survey":                 {"internal/announcement", "internal/courier", "internal/dialog", "internal/disclosure", "internal/evaluation", "internal/readiness", "internal/outreach", "internal/personnel", "internal/questionnaire", "internal/task", "internal/text"},
		"internal/resolve":                {"internal/courier", "internal/dialog", "internal/outreach", "internal/text"},
		"internal/seating":                {"internal/courier", "internal/dialog", "internal/outreach", "internal/personnel", "internal/text", "internal/training"},
		"internal/disclosure":             {},
		"internal/satisfaction":           {},
		"internal/effect":                 {"internal/satisfaction"},
		"internal/coverage":               {"internal/disclosure", "internal/needs", "internal/plan", "internal/training"},
		"internal/needs":                  {"internal/competency", "internal/disclosure", "internal/personnel"},
		"internal/plan":                   {"internal/competency", "internal/personnel"},
		"internal/invitation":             {"internal/personnel", "internal/report", "internal/text"},
		"internal/text":                   {},
		"internal/report":                 {},
		"internal/report/pdftext":         {},
		"internal/config":                 {"internal/advice", "internal/measure"},
		"internal/advice":                 {},
		"internal/devdb":                  {"internal/pgtools"},
		"internal/pgtools":                {},
		"internal/faketelegram":           {},
		"internal/loopback":               {},
		"internal/proof":                  {"internal/devdb", "internal/faketelegram", "internal/loopback"},
		"internal/proof/plain":            {"internal/questionnaire", "internal/report"},
	}
	for _, room := range rooms() {
		rules[room] = append([]string{"handlers/feature"}, handled...)
	}
	return rules
}

// rooms are the packages of handlers that hold what people see: every folder but that
// of what all of them work with.
func rooms() (all []string) {
	folders, _ := filepath.Glob("handlers/*/feature.go")
	for _, f := range folders {
		if room := filepath.ToSlash(filepath.Dir(f)); room != "handlers/feature" {
			all = append(all, room)
		}
	}
	return all
}

// house is the package to whose house a package belongs: rooms share words.
func house(pkg string) string {
	if strings.HasPrefix(pkg, "handlers/") {
		return "handlers"
	}
	return pkg
}

// everything is what the command line may know: each package of the module but itself.
func everything() (all []string) {
	_ = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != "." && path != filepath.FromSlash("internal/command") {
			all = append(all, filepath.ToSlash(path))
		}
		return err
	})
	return all
}

// only lists the packages that may import a library.
func only() map[string][]string {
	return map[string][]string{
		"github.com/go-telegram-bot-api/telegram-bot-api/v5": {"bot", "internal/proof/plain"},
		"github.com/jmoiron/sqlx":                            {"storage", "storage/pg", "storage/sample", "internal/proof/plain"},
		"github.com/lib/pq":                                  {"storage", "storage/pg", "internal/devdb", "internal/pgtools", "internal/proof/plain"},
		"github.com/pressly/goose/v3":                        {"storage"},
		"database/sql":                                       {"storage", "storage/pg", "internal/devdb", "internal/proof/plain"},
		"github.com/robfig/cron/v3":                          {"scheduler"},
		"github.com/nicksnyder/go-i18n/v2/i18n":              {"internal/text"},
		"net/http":                                           {"bot", "internal/app", "internal/demo", "internal/faketelegram", "internal/proof", "internal/proof/plain"},
		"os":                                                 {"", "bot", "internal/app", "internal/command", "internal/config", "internal/devdb", "internal/devdb/devdbtest", "internal/loopback", "internal/pgtools", "internal/proof"},
	}
}

const module = "bangkom"

// source is one parsed Go file of the module.
type source struct {
	pkg, path string
	test      bool
	file      *ast.File
	text      []byte
}

// sources are all files; they are read once, because every test here asks for them.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := parsed()
	if err != nil || len(all) < 50 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
}

var parsed = sync.OnceValues(func() (all []source, err error) {
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != ".") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, body, parser.ParseComments)
		pkg := filepath.ToSlash(filepath.Dir(path))
		if pkg == "." {
			pkg = ""
		}
		all = append(all, source{pkg, path, strings.HasSuffix(path, "_test.go"), file, body})
		return err
	})
	return all, err
})

// Whoever looks for behaviour finds a package for it: the root only starts the program.
func TestRootOnlyStarts(t *testing.T) {
	for _, s := range sources(t) {
		if s.pkg == "" && !s.test && s.path != "main.go" {
			t.Errorf("%s lies in the root: give it the package that it belongs to", s.path)
		}
	}
}

func TestImportDirections(t *testing.T) {
	rules, libraries := allowed(), only()
	for _, s := range sources(t) {
		may, known := rules[s.pkg]
		if !known {
			t.Errorf("%s: package %q is not in the list of this test", s.path, s.pkg)
		}
		if s.test {
			continue
		}
		for _, spec := range s.file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if inner, ok := strings.CutPrefix(path, module+"/"); ok && !slices.Contains(may, inner) {
				t.Errorf("%s imports %s, which %q must not know", s.path, inner, s.pkg)
			}
			if who, bound := libraries[path]; bound && !slices.Contains(who, s.pkg) {
				t.Errorf("%s imports %s, which belongs to %q", s.path, path, who)
			}
		}
	}
}

var statement = regexp.MustCompile(`(?s)\b(SELECT\s.+\sFROM|INSERT INTO|UPDATE\s+\w+\s+SET|DELETE FROM|CREATE (TABLE|DATABASE|ROLE))\b`)

// SQL lives in storage and, for databases as such, in devdb. The plain bot of the benchmarks
// is no part of the service: it writes its statements where its like do.
func TestSQLOnlyInStorage(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.pkg == "storage" || strings.HasPrefix(s.pkg, "storage/") || strings.HasPrefix(s.pkg, "internal/devdb") || s.pkg == "internal/proof/plain" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && statement.MatchString(lit.Value) {
				t.Errorf("%s holds SQL: %.60s", s.path, lit.Value)
			}
			return true
		})
	}
}

// A file under 400 lines and a function of one screen can be read at once.
func TestSizes(t *testing.T) {
	const fileLines, functionLines = 400, 60
	for _, s := range sources(t) {
		lines := strings.Count(string(s.text), "\n")
		if lines > fileLines && !s.test {
			t.Errorf("%s has %d lines, want at most %d: split it by noun", s.path, lines, fileLines)
		}
		for _, decl := range s.file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || s.test {
				continue
			}
			n := strings.Count(string(s.text[f.Pos()-1:f.End()-1]), "\n") + 1
			if n > functionLines {
				t.Errorf("%s: %s has %d lines, want at most %d", s.path, f.Name.Name, n, functionLines)
			}
		}
	}
}

// Every exported name says what it is.
func TestExportedNamesAreDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		documented[s.pkg] = documented[s.pkg] || s.file.Doc != nil
		for _, decl := range s.file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
					t.Errorf("%s: %s has no comment", s.path, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if typ, ok := spec.(*ast.TypeSpec); ok && typ.Name.IsExported() && d.Doc == nil && typ.Doc == nil {
						t.Errorf("%s: %s has no comment", s.path, typ.Name.Name)
					}
				}
			}
		}
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("package %q has no comment", pkg)
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if generic, ok := typ.(*ast.IndexExpr); ok {
		typ = generic.X
	}
	if generic, ok := typ.(*ast.IndexListExpr); ok {
		typ = generic.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}

// catalogueKey finds keys where they are used: "section.name", of the sections that
// the catalogue has. Those of built keys are looked for by nobody.
func catalogueKey(keys []string) *regexp.Regexp {
	sections := map[string]bool{}
	for _, key := range keys {
		if section, _, ok := strings.Cut(key, "."); ok && !builtSections[section] {
			sections[regexp.QuoteMeta(section)] = true
		}
	}
	return regexp.MustCompile(`"((?:` + strings.Join(slices.Sorted(maps.Keys(sections)), "|") + `)\.[a-z_0-9]+)"`)
}

// builtSections are the sections whose keys are put together from a code.
var builtSections = map[string]bool{"format": true, "refused": true, "reason": true, "stored": true}

// Every sentence that the program asks for is in the catalogue, and every
// sentence in the catalogue is asked for.
func TestCatalogueIsUsed(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	used, known := map[string]bool{}, map[string]bool{}
	for _, key := range cat.Keys() {
		known[key] = true
	}
	built := regexp.MustCompile(`"(label|menu)\."\s*\+`)
	asked, literal, looked := catalogueKey(cat.Keys()), regexp.MustCompile(`"([a-z_]+)"`), map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, m := range asked.FindAllSubmatch(s.text, -1) {
			if s.pkg == "storage" && !bytes.HasPrefix(m[1], []byte("check.")) { // which names events of the audit log in the same way
				continue
			}
			used[string(m[1])] = true
			if !known[string(m[1])] && !templateNames[string(m[1])] {
				t.Errorf("%s asks for %q, which is not in the catalogue", s.path, m[1])
			}
		}
		if !looked[house(s.pkg)] && built.Match(s.text) { // a key put together: its last part is a literal in the same package or a room of it
			looked[house(s.pkg)] = true
			for _, m := range literal.FindAllSubmatch(allOf(t, house(s.pkg)), -1) {
				used["label."+string(m[1])], used["menu."+string(m[1])] = true, true
			}
		}
	}
	for key := range known {
		if section, _, _ := strings.Cut(key, "."); !used[key] && !builtSections[section] {
			t.Errorf("nobody asks for %q", key)
		}
	}
}

// templateNames are names of messages in the outbox that are no sentence.
var templateNames = map[string]bool{"task.list": true, "result.history": true, "form.old_card": true,
	"announcement.message": true, "announcement.delete": true, "announcement.progress": true, "evaluation.card": true}

func allOf(t *testing.T, pkg string) (all []byte) {
	t.Helper()
	for _, s := range sources(t) {
		if house(s.pkg) == pkg && !s.test {
			all = append(all, s.text...)
		}
	}
	return all
}

// Whatever is a kind of task or message has its row in the table of kinds, so it is
// declared beside that table and nowhere else.
func TestKindsAreDeclaredBesideTheirTables(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			var of ast.Expr
			switch n := n.(type) {
			case *ast.ValueSpec:
				if len(n.Values) > 0 {
					of = n.Type
				}
			case *ast.CallExpr:
				if len(n.Args) != 1 {
					return true
				}
				if lit, ok := n.Args[0].(*ast.BasicLit); !ok || lit.Kind != token.STRING {
					return true
				}
				of = n.Fun
			}
			if sel, ok := of.(*ast.SelectorExpr); ok && sel.Sel.Name == "Kind" {
				if pkg, ok := sel.X.(*ast.Ident); ok && (pkg.Name == "task" || pkg.Name == "outreach") {
					t.Errorf("%s has a kind of %s of its own; declare it in internal/%s/kind.go with its row", s.path, pkg.Name, pkg.Name)
				}
			}
			return true
		})
	}
}

// A room is small enough to be known: its files, and the methods of each type. The
// same number of methods holds for every type, but for two that speak for a whole
// neighbour: the transaction for Postgres, and the strict Telegram for Telegram.
func TestRooms(t *testing.T) {
	const maxFiles, maxMethods = 14, 60
	large := []string{"storage Tx", "internal/faketelegram Server"}
	files, methods := map[string]int{}, map[string]int{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if house(s.pkg) == "handlers" {
			files[s.pkg]++
		}
		for _, decl := range s.file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
				methods[s.pkg+" "+receiver(f)]++
			}
		}
	}
	for _, typ := range large {
		if methods[typ] <= maxMethods {
			t.Errorf("%s has %d methods and needs no exception any more", typ, methods[typ])
		}
		delete(methods, typ)
	}
	for _, room := range rooms() {
		if files[room] == 0 {
			t.Errorf("%s is no room any more", room)
		}
	}
	for pkg, n := range files {
		if n > maxFiles {
			t.Errorf("%s has %d files, want at most %d", pkg, n, maxFiles)
		}
		if strings.HasPrefix(pkg, "handlers/") && pkg != "handlers/feature" && !slices.Contains(rooms(), pkg) {
			t.Errorf("%s is not in the list of rooms", pkg)
		}
	}
	for typ, n := range methods {
		if n > maxMethods {
			t.Errorf("%s has %d methods, want at most %d", typ, n, maxMethods)
		}
	}
}

// receiver is the name of the type of a method.
func receiver(f *ast.FuncDecl) string {
	typ := f.Recv.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
		case *ast.IndexExpr:
			typ = t.X
		case *ast.IndexListExpr:
			typ = t.X
		case *ast.Ident:
			return t.Name
		default:
			return ""
		}
	}
}

// What -short leaves out says so by devdbtest.Long or Heavy, and both passes of
// .ci/run are without -short: a test that both left out would be played by nobody.
func TestWhatIsLeftOutIsNamed(t *testing.T) {
	for _, s := range sources(t) {
		if s.path == "internal/devdb/devdbtest/heavy.go" || s.path == "handlers/ways_test.go" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if selects(n, "testing", "Short") {
				t.Errorf("%s asks for -short; use devdbtest.Long with the reason", s.path)
			}
			return true
		})
	}
	passes := 0
	for line := range strings.Lines(string(fileText(t, ".ci/run"))) {
		if !strings.HasPrefix(line, "go test ") {
			continue
		}
		if passes++; strings.Contains(line, "-short") {
			t.Errorf(".ci/run leaves out what plays long: %s", line)
		}
	}
	if passes != 2 {
		t.Errorf(".ci/run has %d passes, want 2", passes)
	}
}

// callsIn lists the functions of handlers that hold an expression, as file:function.
func callsIn(t *testing.T, pkg string, holds func(ast.Node) bool) (where []string) {
	t.Helper()
	for _, s := range sources(t) {
		if house(s.pkg) != pkg || s.test {
			continue
		}
		for _, decl := range s.file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				name := strings.TrimPrefix(s.path, pkg+"/") + ":" + f.Name.Name
				if n != nil && holds(n) && !slices.Contains(where, name) {
					where = append(where, name)
				}
				return true
			})
		}
	}
	slices.Sort(where)
	return where
}

// selects tells whether a node is pkg.name.
func selects(n ast.Node, pkg, name string) bool {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == pkg && sel.Sel.Name == name
}

// Whoever answers something else when a thing is not there must know that nothing was
// written before: Env.Attempt sees to that, and takes back what was decided. A lookup
// that only reads may be compared directly; each stands here with what it reads.
func TestRefusalsGoThroughAttempt(t *testing.T) {
	reads := map[string]string{
		"office/account.go:unlinkState":        "UnlinkRequest",
		"attention/attention.go:attentionCard": "NotificationOf",
		"summary/settings.go:summaryLine":      "facts",
		"team/opened.go:selfOpens":             "OpenPair, Pair",
		"team/opened.go:tellOpen":              "openNote",
		"account/link.go:tryCode":              "CodeByHash",
		"account/link.go:tryWhileLocked":       "CodeByHash",
		"team/feature.go:resultOfBoth":         "OpenPair",
		"assessment/paper.go:paperButtons":     "PaperTask",
		"account/phone.go:tryNIP":              "EmployeeByNIP",
		"team/ratecard.go:opened":              "Pair",
		"summary/summary.go:freshSummary":      "SummaryCard",
		"summary/summary.go:summaryCard":       "facts",
		"team/ratings.go:memberRating":         "OpenPair",
		"training/browse.go:batchOf":           "Enrolment",
		"training/seat.go:showOutcome":         "batchOf, after the deed: it only tells",
		"feature/flow.go:Attempt":              "is the guard",
		"planning/need.go:planOffered":         "lacking, whose need may be of no period",
		"undo.go:gone":                         "asks for the roll-back",
		"imports/giveback.go:giveBack":         "LockUpload, in a transaction of its own",
		"imports/worker.go:nextUpload":         "NextUpload, in a transaction of its own",
		"announcement/nips.go:nextNIPs":        "TakeNIPs, in a transaction of its own",
		"announcement/nips.go:endNIPs":         "the error of a transaction that was given up",
		"announcement/nips.go:waitsStill":      "Announcement, LockOfficeChat, LockAnnouncement",
		"announcement/worker.go:showCounts":    "Announcement",
		"signoff/deeds.go:does":                "Signoff, before anything is done",
		"questionnaires/try.go:loadTrial":      "TriedQuestionnaire",
	}
	for _, where := range callsIn(t, "handlers", func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		return ok && selects(call.Fun, "errors", "Is") && len(call.Args) == 2 && selects(call.Args[1], "dialog", "ErrNotFound")
	}) {
		if reads[where] == "" {
			t.Errorf("%s makes an answer of ErrNotFound: go through Env.Attempt, or say here what it reads", where)
		}
		delete(reads, where)
	}
	for where := range reads {
		t.Errorf("%s stands in the list and does not compare any more", where)
	}
}

// By what right a message goes is said in few places: the gate's by the courier alone.
func TestWaysOfMessages(t *testing.T) {
	places := map[string]string{"WayGate": "internal/courier/", "WayGuard": "handlers/route.go",
		"WayAnswer": "handlers/route.go handlers/processor.go handlers/imports/worker.go handlers/announcement/worker.go handlers/announcement/nips.go", "WayMenu": "handlers/menus.go"}
	found := map[string]int{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			for way, allowed := range places {
				if !selects(n, "dialog", way) {
					continue
				}
				found[way]++
				if !slices.ContainsFunc(strings.Fields(allowed), func(p string) bool { return strings.HasPrefix(s.path, p) }) {
					t.Errorf("%s lets messages go as %s, which is for %s", s.path, way, allowed)
				}
			}
			return true
		})
	}
	if len(found) != len(places) {
		t.Errorf("found only %v", found)
	}
}

// Telegram's numbers of updates begin again, so no key of anything that lives longer
// than an update may hold one. They are for the log and for the inbox itself.
func TestNoKeyHoldsAnUpdateNumber(t *testing.T) {
	number := regexp.MustCompile(`(?:Update|raw|\bu)\.ID\b|\bupdateID\b`)
	harmless := regexp.MustCompile(`"update_id", |UpdateID: s\.Update\.ID|logDecided\(`)
	uploads := []string{"handlers/imports/upload.go", "handlers/imports/worker.go", "handlers/imports/giveback.go"} // whose u is an upload
	seen := 0
	for _, s := range sources(t) {
		if s.test || house(s.pkg) != "handlers" || slices.Contains(uploads, s.path) {
			continue
		}
		for i, line := range strings.Split(string(s.text), "\n") {
			if !number.MatchString(line) {
				continue
			}
			if seen++; !harmless.MatchString(line) {
				t.Errorf("%s:%d uses Telegram's number of an update: %s", s.path, i+1, strings.TrimSpace(line))
			}
		}
	}
	if seen == 0 {
		t.Error("found none at all: the test looks for the wrong thing")
	}
}
