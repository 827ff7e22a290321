package satisfaction

import (
	"bangkom/internal/satisfaction"
	"bangkom/internal/text"
)

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
	return p.Cfg.Text.Period(year, letter, n)
}

// moved says how an index changed.
func (p *desk) moved(c satisfaction.Centi) string {
	switch {
	case c > 0:
		return p.Cfg.Text.Plain("skm.rose", text.Args{"n": c.Points()})
	case c < 0:
		return p.Cfg.Text.Plain("skm.fell", text.Args{"n": (-c).Points()})
	}
	return p.plain("skm.stayed")
}
