package storage

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"bangkom/internal/outreach"
	"bangkom/internal/task"
)

// No kind of a task or a message stands in the statements: a kind that somebody
// adds would be forgotten in one of them, and would never expire, say, without
// anybody knowing. What is known about kinds stands in two tables.
func TestNoKindIsWrittenInAStatement(t *testing.T) {
	kinds := map[string]bool{}
	for _, k := range task.Table() {
		kinds[string(k.Kind)] = true
	}
	for _, k := range outreach.Table() {
		kinds[string(k.Kind)] = true
	}
	here, err := filepath.Glob("*.go")
	below, more := filepath.Glob("*/*.go")
	if err := errors.Join(err, more); err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, path := range append(here, below...) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		read++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok {
				field.Tag = nil // a column may be called like a kind
			}
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			body, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			for kind := range kinds {
				if body == kind || strings.Contains(body, "'"+kind+"'") {
					t.Errorf("%s: the kind %s is written here; take the constant or a list of the table (kinds.go)", set.Position(lit.Pos()), kind)
				}
			}
			return true
		})
	}
	if read < 40 {
		t.Errorf("only %d files were read", read)
	}
}
