package survey

import (
	"bangkom/internal/questionnaire"
)

// Figures is what is known of a survey from its close on. It is written once, so that nobody
// can tell from a later reading what somebody had answered who was erased since.
type Figures struct {
	Counts Counts    `json:"counts"`
	Stops  []Dropped `json:"stops,omitempty"`
	Skips  []Share   `json:"skips,omitempty"`
	Said   []Said    `json:"said,omitempty"`
}

// Share is how many of ten left out an item (Of is its code), or chose a value (Of).
type Share struct {
	Of     string `json:"of"`
	Tenths int    `json:"tenths"`
}

// Said is what was answered to an item, by its options.
type Said struct {
	Item   string  `json:"item"`
	Shares []Share `json:"shares"`
}

// Gathered is what a survey is summed up from when it closes.
type Gathered struct {
	Counts   Counts
	Stops    []Stop
	Skips    []Skip
	Tallies  []Tally
	Versions []questionnaire.Definition // those of its questionnaire, the oldest first
}

// Figures are those that may be shown: of fewer than FromBegan who began the counts alone.
func (g Gathered) Figures() Figures {
	f := Figures{Counts: g.Counts, Stops: DropOff(g.Stops, g.Versions, g.Counts.Began)}
	for _, k := range g.Skips {
		if tenths, ok := Shares([]int{k.Skipped, k.Answered}); ok {
			f.Skips = append(f.Skips, Share{Of: k.Item, Tenths: tenths[0]})
		}
	}
	if len(g.Versions) == 0 || g.Counts.Sent < FromBegan {
		return f
	}
	for _, item := range g.Versions[len(g.Versions)-1].Items {
		if said := g.said(item); len(said.Shares) > 0 {
			f.Said = append(f.Said, said)
		}
	}
	return f
}

// said is what was answered to an item; no shares when nothing may be shown.
func (g Gathered) said(item questionnaire.Item) Said {
	values := options(item)
	counts := make([]int, len(values))
	at := map[string]int{}
	for i, v := range values {
		at[v] = i
	}
	for _, t := range g.Tallies {
		if t.Item != item.Code {
			continue
		}
		if _, known := at[t.Value]; !known { // an option of an older version
			at[t.Value] = len(values)
			values, counts = append(values, t.Value), append(counts, 0)
		}
		counts[at[t.Value]] += t.N
	}
	out := Said{Item: item.Code}
	tenths, ok := Shares(counts)
	if !ok {
		return out
	}
	for i, v := range values {
		if tenths[i] > 0 {
			out.Shares = append(out.Shares, Share{Of: v, Tenths: tenths[i]})
		}
	}
	return out
}

// options are the values that an item offers.
func options(item questionnaire.Item) (values []string) {
	for _, c := range item.Choices {
		values = append(values, c.Value)
	}
	if item.Type == questionnaire.Level {
		for _, v := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"} {
			if item.Valid(v) {
				values = append(values, v)
			}
		}
	}
	return values
}

// Counted are the codes of the items of the newest version whose answers are counted: all but
// the free texts.
func Counted(versions []questionnaire.Definition) (codes []string) {
	if len(versions) == 0 {
		return nil
	}
	for _, item := range versions[len(versions)-1].Items {
		if item.Type != questionnaire.Text {
			codes = append(codes, item.Code)
		}
	}
	return codes
}

// VersionsOf are the versions of the questionnaire of a survey with which people were asked,
// the oldest first; all holds every version of every questionnaire, in their order.
func VersionsOf(s Survey, all []questionnaire.Definition) (out []questionnaire.Definition) {
	for _, d := range all {
		if d.Code == s.Questionnaire && d.Version <= s.Version {
			out = append(out, d)
		}
	}
	return out
}
