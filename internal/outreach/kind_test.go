package outreach

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// Every kind of message that has a name has a row, once.
func TestEveryKindHasARow(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "kind.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	named := map[Kind]int{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); ok && of.Name == "Kind" {
			s, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			named[Kind(s)] = 0
		}
		return true
	})
	for kind := range named {
		if err := kind.Check(); err != nil {
			t.Error(err)
		}
	}
	for _, k := range Table() {
		if n, ok := named[k.Kind]; !ok || n > 0 {
			t.Errorf("the row of %q stands twice, or has no constant", k.Kind)
		}
		named[k.Kind]++
	}
	if len(named) < 13 {
		t.Errorf("only %d kinds were found", len(named))
	}
	if err := Kind("birthday").Check(); err == nil || !strings.Contains(err.Error(), `"birthday"`) {
		t.Errorf("Check = %v, want an error that names the kind", err)
	}
}
