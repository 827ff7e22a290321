package handlers_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
)

// instantInCopy is a moment in somebody's copy of their data.
var instantInCopy = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

// timeless is somebody's copy of their data without what differs between two
// plays of one world: the moments, whether an edit went out before the next one
// replaced it, and the order in which two quick presses were answered.
func (p *probe) timeless(body []byte) string {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		p.t.Fatalf("a copy of somebody's data is no JSON: %v", err)
	}
	out, err := json.MarshalIndent(withoutTime("", v), "", "  ")
	if err != nil {
		p.t.Fatal(err)
	}
	return string(out)
}

func withoutTime(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = withoutTime(k, v[k])
		}
		if key == "pesan" {
			delete(v, "terkirim")
			delete(v, "keadaan")
		}
	case []any:
		seen := map[string]any{}
		for _, e := range v {
			e = withoutTime(key, e)
			b, _ := json.Marshal(e)
			seen[string(b)] = e
		}
		sorted := make([]any, 0, len(seen))
		for _, k := range slices.Sorted(maps.Keys(seen)) {
			sorted = append(sorted, seen[k])
		}
		return sorted
	case string:
		return instantInCopy.ReplaceAllString(v, "<instant>")
	}
	return v
}
