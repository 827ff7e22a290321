package task_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bangkom/internal/task"
)

// constants returns the string constants of a type that a file declares.
func constants(t *testing.T, path, of string) (out []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != of {
			return true
		}
		for _, v := range spec.Values {
			if lit, ok := v.(*ast.BasicLit); ok {
				s, _ := strconv.Unquote(lit.Value)
				out = append(out, s)
			}
		}
		return true
	})
	return out
}

// Every kind that has a name has a row, once, and the row is complete.
func TestEveryKindHasARow(t *testing.T) {
	named := constants(t, "kind.go", "Kind")
	if len(named) < 4 {
		t.Fatalf("only the kinds %q were found", named)
	}
	for _, k := range named {
		if err := task.Check(task.Kind(k), ""); err != nil {
			t.Error(err)
		}
	}
	seen := map[task.Kind]bool{}
	for _, k := range task.Table() {
		if !slices.Contains(named, string(k.Kind)) || seen[k.Kind] {
			t.Errorf("the row of %q stands twice, or has no constant", k.Kind)
		}
		seen[k.Kind] = true
		if k.Owner == "" || !k.Occasion.Known() || k.Ending == "" {
			t.Errorf("the row of %s lacks who owes it, to what it belongs, or how its ending reads: %+v", k.Kind, k)
		}
		if k.Ladder && !k.Owed || k.Summary != "" && !k.Owed || k.Ladder && !k.Expires {
			t.Errorf("the row of %s contradicts itself: %+v", k.Kind, k)
		}
	}
	for _, c := range []task.Count{task.OfTeam, task.OfRatings} {
		if kinds := task.Kinds(func(k task.Traits) bool { return k.Summary == c }); len(kinds) != 1 {
			t.Errorf("the count %s of the summary is of %s, want one kind: people are counted, not tasks", c, kinds)
		}
	}
}

func TestCheckNamesTheKind(t *testing.T) {
	tests := []struct {
		kind task.Kind
		of   task.OccasionKind
		want string // "" = no error
	}{
		{task.Rating, task.Period, ""}, {task.Rating, "", ""},
		{"exam", task.Period, `"exam" has no row`},
		{task.Rating, "batch", `"rating" belong to an occasion of the kind "batch"`},
	}
	for _, tt := range tests {
		if err := task.Check(tt.kind, tt.of); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Check(%s, %s) = %v, want %q", tt.kind, tt.of, err, tt.want)
		}
	}
}
