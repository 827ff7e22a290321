package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// book is an opened workbook: what its sheets have in common.
type book struct {
	archive  *archive
	texts    []string // shared by all cells that show the same
	formats  []format // by the number of a cell's style
	from1904 bool     // days are counted from 1904-01-01
}

// relation leads from one part of a workbook to another.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// is tells the kind of a relation by the last word of its address, which is the
// same in both kinds of Open XML.
func (r relation) is(kind string) bool { return strings.EqualFold(path.Base(r.Type), kind) }

// relations reads where a part leads to; a part without any has none. Targets
// are full names.
func (a *archive) relations(part string) ([]relation, error) {
	name := path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
	if part == "" {
		name = "_rels/.rels"
	}
	if !a.has(name) {
		return nil, nil
	}
	var list struct {
		List []relation `xml:"Relationship"`
	}
	if err := a.decode(name, &list); err != nil {
		return nil, err
	}
	for i, r := range list.List {
		target := strings.ReplaceAll(r.Target, `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(path.Dir(part), target)
		}
		list.List[i].Target = strings.TrimPrefix(target, "/")
	}
	return list.List, nil
}

// sheetName is one sheet as the workbook lists it.
type sheetName struct {
	Name  string     `xml:"name,attr"`
	State string     `xml:"state,attr"`
	Attrs []xml.Attr `xml:",any,attr"`
}

// relationID is the attribute "id" that has a namespace: r:id.
func (s sheetName) relationID() string {
	for _, a := range s.Attrs {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

// openXLSX returns the visible tables of a workbook in their order. Sheets that
// hold a chart only are none.
func openXLSX(r io.ReaderAt, size int64) ([]Table, error) {
	a, err := openArchive(r, size)
	if err != nil {
		return nil, err
	}
	main, err := a.workbook()
	if err != nil {
		return nil, err
	}
	var list struct {
		Properties struct {
			From1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []sheetName `xml:"sheets>sheet"`
	}
	if err := a.decode(main, &list); err != nil {
		return nil, err
	}
	parts, err := a.relations(main)
	if err != nil {
		return nil, err
	}
	b := &book{archive: a, from1904: isTrue(list.Properties.From1904)}
	if err := b.common(parts); err != nil {
		return nil, err
	}
	if len(list.Sheets) > maxSheets {
		return nil, ErrUnpacked
	}
	tables := b.tables(list.Sheets, parts)
	if len(tables) == 0 {
		return nil, ErrNoTable
	}
	return tables, nil
}

// tables are the visible sheets with cells.
func (b *book) tables(sheets []sheetName, parts []relation) (tables []Table) {
	byID := map[string]relation{}
	for _, p := range parts {
		byID[p.ID] = p
	}
	for _, s := range sheets {
		hidden := strings.EqualFold(s.State, "hidden") || strings.EqualFold(s.State, "veryHidden")
		if p := byID[s.relationID()]; !hidden && p.is("worksheet") && b.archive.has(p.Target) {
			tables = append(tables, &xlsxTable{book: b, name: s.Name, part: p.Target})
		}
	}
	return tables
}

// workbook finds the main part, which is not always called workbook.xml.
func (a *archive) workbook() (string, error) {
	top, err := a.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range top {
		if r.is("officeDocument") && a.has(r.Target) {
			return r.Target, nil
		}
	}
	if a.has("xl/workbook.xml") {
		return "xl/workbook.xml", nil
	}
	return "", ErrNoTable
}

// common reads the shared texts and the formats of cells.
func (b *book) common(parts []relation) (err error) {
	for _, p := range parts {
		switch {
		case !b.archive.has(p.Target):
		case p.is("sharedStrings"):
			err = b.readTexts(p.Target)
		case p.is("styles"):
			err = b.readFormats(p.Target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readTexts reads the shared texts, each cut to what a cell keeps.
func (b *book) readTexts(part string) error {
	d, done, err := b.archive.tokens(part)
	if err != nil {
		return err
	}
	defer done.Close()
	size := 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(part, err)
		}
		if e, ok := token.(xml.StartElement); !ok || e.Name.Local != "si" {
			continue
		}
		text, err := richText(d, "si")
		if err != nil {
			return unreadable(part, err)
		}
		if size += len(text) + textOverhead; size > maxText {
			return ErrUnpacked
		}
		b.texts = append(b.texts, text)
	}
}

// richText joins the runs of a text up to the end of the element; reading aids
// of East Asian texts are no part of it.
func richText(d *xml.Decoder, end string) (string, error) {
	var text cut
	inText, aid := false, 0
	for {
		token, err := d.RawToken()
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.StartElement:
			inText = e.Name.Local == "t"
			if e.Name.Local == "rPh" {
				aid++
			}
		case xml.EndElement:
			inText = false
			switch e.Name.Local {
			case "rPh":
				aid--
			case end:
				return clean(unescaped(text.String())), nil
			}
		case xml.CharData:
			if inText && aid == 0 {
				text.add(e)
			}
		}
	}
}

func isTrue(value string) bool { return value == "1" || strings.EqualFold(value, "true") }
