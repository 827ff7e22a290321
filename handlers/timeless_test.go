package handlers_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"bangkom/internal/faketelegram"
)

// instantInCopy is a moment in somebody's copy of their data.
var instantInCopy = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

func isCopy(m faketelegram.Message) bool {
	return m.Document != nil && strings.HasSuffix(m.Document.Name, ".json")
}

func (p *probe) tookCopy(who string) bool {
	return slices.ContainsFunc(p.fake.Messages(p.account[who]), isCopy)
}

// timeless are the facts in somebody's copy of their data, one a line, without
// what differs between two plays of one world: the moments, the order in which two
// quick presses were answered, and which messages were sent: a row of one that waits
// is taken over by the next one of its card. All that was decided is heard by the ears.
func (p *probe) timeless(body []byte) []string {
	var copied map[string]any
	if err := json.Unmarshal(body, &copied); err != nil {
		p.t.Fatalf("a copy of somebody's data is no JSON: %v", err)
	}
	var out []string
	delete(copied, "pesan")
	for name, value := range copied {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, fact := range list {
			line, err := json.Marshal(withoutTime(fact))
			if err != nil {
				p.t.Fatal(err)
			}
			out = append(out, name+" "+string(line))
		}
	}
	return out
}

func withoutTime(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = withoutTime(v[k])
		}
	case []any:
		for i := range v {
			v[i] = withoutTime(v[i])
		}
	case string:
		return instantInCopy.ReplaceAllString(v, "<instant>")
	}
	return v
}
