package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bangkom/internal/text"
)

// allowed lists what each package may import of this module. What is not
// listed may import nothing of it: the domain knows nobody.
func allowed() map[string][]string {
	return map[string][]string{
		"": {"bot", "handlers", "storage", "scheduler", "internal/config", "internal/devdb", "internal/faketelegram",
			"internal/competency", "internal/courier", "internal/dialog", "internal/intake", "internal/outreach", "internal/personnel", "internal/proof", "internal/questionnaire", "internal/register", "internal/report",
			"internal/sheet", "internal/summary", "internal/text"},
		"bot":       {"internal/dialog"},
		"scheduler": {"internal/courier", "internal/summary"},
		"handlers": {"internal/dialog", "internal/text", "internal/personnel", "internal/competency",
			"internal/questionnaire", "internal/rating", "internal/task", "internal/report", "internal/register", "internal/intake", "internal/sheet",
			"internal/courier", "internal/outreach", "internal/summary"},
		"internal/summary": {"internal/courier", "internal/dialog", "internal/outreach", "internal/personnel", "internal/report", "internal/text"},
		"internal/courier": {"internal/dialog", "internal/outreach", "internal/personnel", "internal/task", "internal/text"},
		"internal/rating":  {"internal/competency", "internal/personnel", "internal/questionnaire", "internal/task"},
		"internal/intake":  {"internal/register", "internal/sheet"},
		"storage": {"internal/dialog", "internal/personnel", "internal/competency", "internal/intake", "internal/questionnaire",
			"internal/rating", "internal/register", "internal/task", "internal/courier", "internal/outreach", "internal/summary"},
		"internal/sheet":           {},
		"internal/register":        {"internal/outreach", "internal/personnel", "internal/sheet"},
		"internal/questionnaire":   {},
		"internal/devdb/devdbtest": {"internal/devdb"},
		"internal/competency":      {},
		"internal/personnel":       {},
		"internal/dialog":          {},
		"internal/outreach":        {},
		"internal/task":            {},
		"internal/text":            {},
		"internal/report":          {},
		"internal/config":          {},
		"internal/devdb":           {},
		"internal/faketelegram":    {},
		"internal/proof":           {"internal/devdb", "internal/faketelegram"},
	}
}

// only lists the packages that may import a library.
func only() map[string][]string {
	return map[string][]string{
		"github.com/go-telegram-bot-api/telegram-bot-api/v5": {"bot"},
		"github.com/jmoiron/sqlx":                            {"storage"},
		"github.com/lib/pq":                                  {"storage", "internal/devdb"},
		"github.com/pressly/goose/v3":                        {"storage"},
		"database/sql":                                       {"storage", "internal/devdb"},
		"github.com/robfig/cron/v3":                          {"scheduler"},
		"github.com/nicksnyder/go-i18n/v2/i18n":              {"internal/text"},
		"net/http":                                           {"", "bot", "internal/faketelegram", "internal/proof"},
		"os":                                                 {"", "bot", "internal/config", "internal/devdb", "internal/devdb/devdbtest", "internal/proof"},
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

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
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
	if err != nil || len(all) < 50 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
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

// SQL lives in storage and, for databases as such, in devdb.
func TestSQLOnlyInStorage(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.pkg == "storage" || strings.HasPrefix(s.pkg, "internal/devdb") {
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
	const fileLines, functionLines = 400, 70
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

// catalogueKey finds keys where they are used: "section.name".
var catalogueKey = regexp.MustCompile(`"((?:label|toast|profile|menu|help|start|notice|form|question|review|task|result|picture|privacy|odd|slip|paper|leave|copy|unlink|ticket|erasure|phone|takeover|team|delegation|unit|person|manage|period|import|reminder|snooze|barrier|note|attention|pause|rating|talk|summary|rollup)\.[a-z_0-9]+)"`)

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
	for _, s := range sources(t) {
		if s.test || s.pkg == "storage" { // which names events of the audit log in the same way
			continue
		}
		for _, m := range catalogueKey.FindAllSubmatch(s.text, -1) {
			used[string(m[1])] = true
			if !known[string(m[1])] && !templateNames[string(m[1])] {
				t.Errorf("%s asks for %q, which is not in the catalogue", s.path, m[1])
			}
		}
		if built.Match(s.text) { // a key put together: its last part is a literal in the same package
			for _, m := range regexp.MustCompile(`"([a-z_]+)"`).FindAllSubmatch(allOf(t, s.pkg), -1) {
				used["label."+string(m[1])], used["menu."+string(m[1])] = true, true
			}
		}
	}
	for key := range known {
		if !used[key] && !strings.HasPrefix(key, "format.") && !strings.HasPrefix(key, "refused.") && !strings.HasPrefix(key, "reason.") && !strings.HasPrefix(key, "stored.") {
			t.Errorf("nobody asks for %q", key)
		}
	}
}

// templateNames are names of messages in the outbox that are no sentence.
var templateNames = map[string]bool{"task.list": true, "result.history": true}

func allOf(t *testing.T, pkg string) (all []byte) {
	t.Helper()
	for _, s := range sources(t) {
		if s.pkg == pkg && !s.test {
			all = append(all, s.text...)
		}
	}
	return all
}
