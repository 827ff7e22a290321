package questionnaire

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds an imported file, in bytes; the longest shipped one has 12 kB.
const maxFile = 256 << 10

//go:embed shipped/*.yaml
var shipped embed.FS

// Shipped returns the questionnaires that come with the program, in order of
// their code.
func Shipped() ([]Definition, error) {
	files, err := fs.Glob(shipped, "shipped/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list shipped questionnaires: %w", err)
	}
	ds := make([]Definition, 0, len(files))
	for _, name := range files {
		raw, err := shipped.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read shipped questionnaire: %w", err)
		}
		d, err := Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		ds = append(ds, d)
	}
	return ds, nil
}

// Parse reads one questionnaire from YAML. Unknown and doubled keys, a second
// document and everything that Validate finds are refused, all at once: see
// Problems. On an error the Definition is zero. Blank space around texts is
// dropped.
func Parse(raw []byte) (Definition, error) {
	if len(raw) > maxFile {
		return Definition{}, Problem{Code: BadFile, Detail: fmt.Sprintf("larger than %d bytes", maxFile)}
	}
	var d Definition
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	err := dec.Decode(&d)
	var typeErr *yaml.TypeError
	if err != nil && !errors.As(err, &typeErr) {
		if errors.Is(err, io.EOF) {
			err = errors.New("empty")
		}
		return Definition{}, Problem{Code: BadFile, Detail: err.Error()}
	}
	var problems []error
	if typeErr != nil {
		for _, e := range typeErr.Errors {
			problems = append(problems, Problem{Code: BadFile, Detail: e})
		}
	}
	if !errors.Is(dec.Decode(new(yaml.Node)), io.EOF) {
		problems = append(problems, Problem{Code: BadFile, Detail: "more than one document"})
	}
	d = d.clean()
	for _, p := range d.problems() {
		problems = append(problems, p)
	}
	if len(problems) > 0 {
		return Definition{}, errors.Join(problems...)
	}
	return d, nil
}

// clean returns a copy without blank space around texts and with nil for
// empty lists, so that a definition is equal to what JSON gives back.
func (d Definition) clean() Definition {
	d.Code, d.Title, d.Intro = strings.TrimSpace(d.Code), strings.TrimSpace(d.Title), strings.TrimSpace(d.Intro)
	items := d.Items
	d.Items = nil
	for _, i := range items {
		d.Items = append(d.Items, i.clean())
	}
	return d
}

func (i Item) clean() Item {
	for _, s := range []*string{&i.Code, &i.Title, &i.Prompt, &i.Zero, &i.SupervisorZero} {
		*s = strings.TrimSpace(*s)
	}
	i.Levels = cleanTexts(i.Levels)
	i.SupervisorLevels = cleanTexts(i.SupervisorLevels)
	choices := i.Choices
	i.Choices = nil
	for _, c := range choices {
		i.Choices = append(i.Choices, Choice{
			Value: strings.TrimSpace(c.Value), Label: strings.TrimSpace(c.Label), For: append([]string(nil), c.For...), // nil when it names none
		})
	}
	if i.OnlyIf != nil {
		c := i.OnlyIf.clean()
		i.OnlyIf = &c
	}
	return i
}

func (c Condition) clean() Condition {
	out := Condition{Item: strings.TrimSpace(c.Item), In: cleanTexts(c.In)}
	for _, one := range c.All {
		out.All = append(out.All, one.clean())
	}
	for _, one := range c.Any {
		out.Any = append(out.Any, one.clean())
	}
	return out
}

func cleanTexts(texts []string) []string {
	var out []string
	for _, t := range texts {
		out = append(out, strings.TrimSpace(t))
	}
	return out
}
