package satisfaction

import (
	"fmt"
	"strings"

	"bangkom/internal/satisfaction"
	"bangkom/internal/text"
)

// points writes hundredths: 82,78.
func points(c satisfaction.Centi) string { return fmt.Sprintf("%d,%02d", c/100, c%100) }

// signed writes a change: +3,10, -0,40 or 0,00.
func signed(c satisfaction.Centi) string {
	switch {
	case c > 0:
		return "+" + points(c)
	case c < 0:
		return "-" + points(-c)
	}
	return points(0)
}

func (p *desk) plain(key string) string { return p.Cfg.Text.Plain(key, nil) }

// elementName is what an element is called; "" is the index.
func (p *desk) elementName(e satisfaction.Element) string {
	return p.plain(map[satisfaction.Element]string{"": "skm.index", satisfaction.Requirements: "skm.requirements", satisfaction.Procedure: "skm.procedure",
		satisfaction.Duration: "skm.duration", satisfaction.Cost: "skm.cost", satisfaction.Product: "skm.product", satisfaction.Competence: "skm.competence",
		satisfaction.Conduct: "skm.conduct", satisfaction.Facilities: "skm.facilities", satisfaction.Complaints: "skm.complaints"}[e])
}

// band says what a band means.
func (p *desk) band(b satisfaction.Band) string {
	return p.plain(map[satisfaction.Band]string{satisfaction.BandA: "skm.band_a", satisfaction.BandB: "skm.band_b", satisfaction.BandC: "skm.band_c",
		satisfaction.BandD: "skm.band_d"}[b])
}

// periodName is what a period is called.
func (p *desk) periodName(of satisfaction.Period) string {
	year, letter, n := of.Parts()
	if letter == "M" {
		_, name, _ := strings.Cut(p.Cfg.Text.ShortDate(of.From), " ")
		return name
	}
	roman := []string{"", "I", "II", "III", "IV"}
	key := map[string]string{"": "skm.year", "S": "skm.half", "T": "skm.quarter"}[letter]
	if n >= len(roman) {
		n = 0
	}
	return p.Cfg.Text.Plain(key, text.Args{"tahun": fmt.Sprint(year), "n": roman[n]})
}

// moved says how an index changed.
func (p *desk) moved(c satisfaction.Centi) string {
	switch {
	case c > 0:
		return p.Cfg.Text.Plain("skm.rose", text.Args{"n": points(c)})
	case c < 0:
		return p.Cfg.Text.Plain("skm.fell", text.Args{"n": points(-c)})
	}
	return p.plain("skm.stayed")
}
