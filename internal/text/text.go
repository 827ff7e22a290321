// Package text is the catalogue: every sentence, label and toast that a user
// sees, in formal Indonesian, with the Indonesian way to write dates, hours
// and numbers. Another language is a further file and no code.
package text

import (
	"embed"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"sort"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	i18ntemplate "github.com/nicksnyder/go-i18n/v2/i18n/template"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// indonesian has one file for each room of handlers, and shared.yaml for what all use.
//
//go:embed id/*.yaml
var indonesian embed.FS

// Args are the values of a sentence by name.
type Args map[string]any

// HTML is markup that is safe already and is not escaped again.
type HTML string

// Catalogue holds the sentences of one language. It is safe for concurrent use.
type Catalogue struct {
	localizer *i18n.Localizer
	numbers   *message.Printer
	parser    i18ntemplate.Parser
	keys      []string
}

// Indonesian is the catalogue that ships with the program. It is read at the first call.
func Indonesian() (*Catalogue, error) { return shipped() }

var shipped = sync.OnceValues(load)

func load() (*Catalogue, error) {
	bundle := i18n.NewBundle(language.Indonesian)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	c := &Catalogue{localizer: i18n.NewLocalizer(bundle, "id"), numbers: message.NewPrinter(language.Indonesian),
		parser: strictParser()}
	if err := c.read(bundle, indonesian, "id"); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return c, nil
}

// read adds every file of a folder to the bundle. A key that stands in two files is an
// error that names it: one of the two sentences would be lost.
func (c *Catalogue) read(bundle *i18n.Bundle, files fs.FS, folder string) error {
	names, err := fs.Glob(files, folder+"/*.yaml")
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		file, err := bundle.ParseMessageFileBytes(body, folder+".yaml") // the language is read from the name
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, m := range file.Messages {
			if known[m.ID] {
				return fmt.Errorf("%s: the key %q stands in another file too", name, m.ID)
			}
			known[m.ID] = true
			c.keys = append(c.keys, m.ID)
		}
	}
	sort.Strings(c.keys)
	return nil
}

// Keys lists all keys in alphabetical order.
func (c *Catalogue) Keys() []string { return c.keys }

// T renders a sentence as HTML: every value is escaped unless it is HTML. A
// key that does not exist or a value that is missing gives the key itself;
// the tests see to it that this does not happen.
func (c *Catalogue) T(key string, args Args) string {
	safe := make(map[string]any, len(args))
	for name, value := range args {
		if markup, ok := value.(HTML); ok {
			safe[name] = string(markup)
			continue
		}
		safe[name] = html.EscapeString(fmt.Sprint(value))
	}
	return c.render(key, safe)
}

// Plain renders a label, a toast or a line of a picture: nothing is escaped,
// so the result must never be sent as HTML.
func (c *Catalogue) Plain(key string, args Args) string { return c.render(key, args) }

func (c *Catalogue) render(key string, data map[string]any) string {
	out, err := c.Render(key, data)
	if err != nil {
		return key
	}
	return out
}

// Render is what T and Plain rest on; it says what is wrong with a key or its
// values. Values are taken as they are.
func (c *Catalogue) Render(key string, data map[string]any) (string, error) {
	out, err := c.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, TemplateParser: c.parser})
	if err != nil {
		return "", fmt.Errorf("catalogue key %q: %w", key, err)
	}
	if strings.Contains(out, "<no value>") {
		return "", fmt.Errorf("catalogue key %q: %w", key, errors.New("a value is missing"))
	}
	return out, nil
}

// strictParser refuses a sentence whose value is missing.
func strictParser() *i18ntemplate.TextParser {
	return &i18ntemplate.TextParser{Option: "missingkey=error"}
}
