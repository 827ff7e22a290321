package command

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/text"
)

// What is not in order is told in one sentence each, with what to do, in either
// language; migrate says the same of a server on which it can do nothing.
func TestCheckSaysWhatToDo(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	url, _ := devdbtest.Database(t, migrateForTests)
	key := filepath.Join(t.TempDir(), "key")
	check := func(env ...string) *operator {
		return &operator{t: t, env: append([]string{"BANGKOM_DATABASE_URL=" + url, "BANGKOM_TELEGRAM_TOKEN=1:a", "BANGKOM_IDENTITY_CODE_KEY_PATH=" + key,
			"BANGKOM_TELEGRAM_API_ENDPOINT=http://127.0.0.1:1/bot%s/%s"}, env...)}
	}
	for _, tt := range []struct {
		env      string
		en, id   string
		commands string // that say it too, in English
	}{
		{"BANGKOM_DATABASE_URL=" + url + " default_transaction_read_only=on", "database:      NOT IN ORDER: the server only reads", "basis data:      BELUM BERES: server hanya dapat dibaca", "migrate"},
		{"BANGKOM_IDENTITY_CODE_KEY_PATH=/no/such/folder/key", "the key file /no/such/folder/key cannot be made: no such file or directory; let the user",
			"berkas kunci /no/such/folder/key tidak dapat dibuat: no such file or directory; izinkan", ""},
		{"BANGKOM_DATABASE_URL=postgres://u:a#b/c@127.0.0.1/d", "in a password write %23 for #, %2F for /, %3F for ?, %40 for @, %25 for %",
			"dalam kata sandi tulis %23 untuk #", "migrate"},
		{"BANGKOM_AGENCY_COUNTRY_CODE=0", "write for example 62", "tulis misalnya 62", "migrate"},
		{"X=", "telegram cannot be reached, so let this machine go out", "Telegram tidak terjangkau, jadi izinkan mesin ini keluar", ""},
		{"X=", "warning: agency.name is empty", "perhatian: agency.name kosong", ""},
		{"X=", "will be made at the first start, in " + key, "dibuat pada saat pertama dijalankan, di " + key, ""},
	} {
		o := check(tt.env)
		o.run(1, "check", tt.en, "not everything is in order")
		o.run(1, "check --lang id", tt.id, "belum semuanya beres")
		check(tt.env, "BANGKOM_OPERATOR_LANGUAGE=id").run(1, "check", tt.id)
		if tt.commands != "" {
			_, said, _ := strings.Cut(tt.en, "NOT IN ORDER: ")
			if said == "" {
				said = tt.en
			}
			o.run(1, tt.commands, said)
		}
	}
	check().run(2, "check --lang jv", "en or id")
}

// A schema of a newer version is no matter for migrate: both say which version to start.
func TestCheckOfANewerSchema(t *testing.T) {
	t.Parallel()
	url, owner := devdbtest.Database(t, migrateForTests)
	asOwner(t, owner, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`)
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + url, "BANGKOM_TELEGRAM_TOKEN=1:a", "BANGKOM_TELEGRAM_API_ENDPOINT=http://127.0.0.1:1/bot%s/%s"}}
	for _, command := range []string{"check", "migrate", "serve", "job run retention"} {
		if out := o.run(1, command, "belongs to a newer version of Bangkom: install and start that version"); strings.Contains(out, "bangkom migrate") {
			t.Errorf("%s sends to migrate, which can do nothing: %s", command, out)
		}
	}
	o.run(1, "check --lang id", "pasang dan jalankan versi itu")
}

// Each sentence has as many values in Indonesian as in English, so none is lost and
// none is missing.
func TestAdviceHasTheSameValuesInBothLanguages(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for key, format := range adviceInSource(t) {
		verbs := len(regexp.MustCompile(`%[a-z]`).FindAllString(strings.ReplaceAll(format, "%%", ""), -1))
		values := map[string]any{}
		for i := range verbs {
			values[string(rune('a'+i))] = fmt.Sprintf("<%d>", i)
		}
		said, err := cat.Render(key, values)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		seen++
		if strings.HasPrefix(key, "check.held_") { // the reason stands in English only where it is an argument
			continue
		}
		for i := range verbs {
			if !strings.Contains(said, fmt.Sprintf("<%d>", i)) {
				t.Errorf("%s loses its value number %d: %s", key, i+1, said)
			}
		}
	}
	if seen < 100 {
		t.Errorf("%d sentences were found, which are too few", seen)
	}
}

// adviceInSource finds every key of check and config with the English sentence that
// stands behind it.
func adviceInSource(t *testing.T) map[string]string {
	t.Helper()
	found, key := map[string]string{}, regexp.MustCompile(`^(check|config)\.[a-z_0-9]+$`)
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for i := range len(call.Args) - 1 {
				if k := constant(call.Args[i]); key.MatchString(k) {
					found[k] = constant(call.Args[i+1])
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// constant is the value of a string that is written out, also in several parts.
func constant(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return s
	case *ast.BinaryExpr:
		return constant(e.X) + constant(e.Y)
	}
	return ""
}
