package register

import (
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"bangkom/internal/needs"
	"bangkom/internal/sheet"
)

// The codes of refused rows of what units propose.
const (
	ProposalUnit   = "PROPOSAL_UNIT"   // several units are called so
	ProposalYear   = "PROPOSAL_YEAR"   // is not this plan year or the next
	ProposalTitle  = "PROPOSAL_TITLE"  // the training is missing, or its title is too short or too long
	ProposalPeople = "PROPOSAL_PEOPLE" // for how many is no number, or none that can be
	ProposalReason = "PROPOSAL_REASON" // the reason is missing, or too short or too long
	ProposalRuled  = "PROPOSAL_RULED"  // whether a rule demands it is neither ya nor tidak
)

// The columns of what units propose, by their places.
const (
	colProposalUnit = iota
	colProposalYear
	colProposalTitle
	colProposalPeople
	colProposalReason
	colProposalRuled
)

func proposalColumns() []column {
	return []column{{heading: "UNIT KERJA", names: "unitkerja namaunitkerja unit kodeunit opd"}, {heading: "TAHUN RENCANA", names: "tahunrencana tahun"},
		{heading: "PELATIHAN", names: "pelatihan namapelatihan usulanpelatihan pelatihanyangdiusulkan"},
		{heading: "JUMLAH ORANG", names: "jumlahorang jumlahpegawai jumlahpeserta orang | jumlah", fits: anything},
		{heading: "ALASAN", names: "alasan alasanusulan dasar dasarusulan"},
		{heading: "DIWAJIBKAN ATURAN", names: "diwajibkanaturan wajib diwajibkan", optional: true}}
}

// ProposalsTemplate is the heading of what units propose.
func ProposalsTemplate() []string { return headings(proposalColumns()) }

// ReadProposals reads what units propose for this plan year or the next: one training a row,
// for how many people and why. DIWAJIBKAN ATURAN is ya, tidak or
// blank, which keeps what is stored. A row names nobody, and
// the last one of a unit, year and training counts. units are ids by UnitKey; today is a civil
// date.
func ReadProposals(rows iter.Seq2[sheet.Row, error], units map[string][]int64, today time.Time) (List[needs.Proposal], error) {
	return readList(rows, proposalColumns(), func(c []sheet.Cell) (p needs.Proposal, key, code string) {
		switch ids := units[UnitKey(c[colProposalUnit].Text)]; len(ids) {
		case 0:
			return p, "", UnitUnknown
		case 1:
			p.Unit = ids[0]
		default:
			return p, "", ProposalUnit
		}
		var ok bool
		if p.Year, ok = between(c[colProposalYear], today.Year(), today.Year()+1); !ok {
			return p, "", ProposalYear
		}
		if p.Title, ok = lineOf(c[colProposalTitle], needs.LongestTitle); !ok {
			return p, "", ProposalTitle
		}
		if p.People, ok = between(c[colProposalPeople], 1, needs.MostProposed); !ok {
			return p, "", ProposalPeople
		}
		if p.Reason, ok = lineOf(c[colProposalReason], needs.LongestReason); !ok {
			return p, "", ProposalReason
		}
		switch heading(c[colProposalRuled].Text) {
		case "ya", "wajib":
			p.Ruled = true
		case "":
			p.Unsaid = true
		case "tidak":
		default:
			return p, "", ProposalRuled
		}
		return p, strings.Join([]string{strconv.Itoa(p.Year), strconv.FormatInt(p.Unit, 10), needs.TitleKey(p.Title)}, "\n"), ""
	})
}

// lineOf is a text without surplus blanks, if it is as long as a proposal may have it.
func lineOf(c sheet.Cell, most int) (string, bool) {
	text := squeeze(c.Text)
	n := utf8.RuneCountInString(text)
	return text, n >= needs.ShortestLine && n <= most
}
