package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// archive is the ZIP file that an XLSX workbook is. Part names are compared as
// spreadsheet programs do: whatever the case, with slashes or backslashes.
type archive struct{ parts map[string]*zip.File }

// openArchive refuses what unpacks to too much, by what the archive says of
// itself; whoever reads a part enforces the same limit again.
func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTable, err)
	}
	if len(z.File) > maxParts {
		return nil, ErrUnpacked
	}
	a := &archive{parts: make(map[string]*zip.File, len(z.File))}
	var total uint64
	for _, part := range z.File {
		if part.UncompressedSize64 > maxUnzip {
			return nil, ErrUnpacked
		}
		if total += part.UncompressedSize64; total > maxUnzip {
			return nil, ErrUnpacked
		}
		a.parts[partName(part.Name)] = part
	}
	return a, nil
}

func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/"))
}

// has tells whether there is a part of that name.
func (a *archive) has(name string) bool { return a.parts[partName(name)] != nil }

// tokens opens a part as XML. Every text and every tag in it is bounded, and
// all of it together.
func (a *archive) tokens(name string) (*xml.Decoder, io.Closer, error) {
	part := a.parts[partName(name)]
	if part == nil {
		return nil, nil, fmt.Errorf("%w: the part %s is missing", ErrNoTable, path.Base(name))
	}
	body, err := part.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrNoTable, err)
	}
	d := xml.NewDecoder(transform.NewReader(&runs{r: io.LimitReader(body, maxUnzip)}, unicode.BOMOverride(encoding.Nop.NewDecoder())))
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(label), "utf-16") { // its mark was seen, and it is UTF-8 by now
			return r, nil
		}
		return charset.NewReaderLabel(label, r)
	}
	return d, body, nil
}

// decode reads a small part as a whole; its elements are matched by their local
// names, so that both kinds of Open XML, transitional and strict, fit.
func (a *archive) decode(name string, into any) error {
	if part := a.parts[partName(name)]; part != nil && part.UncompressedSize64 > maxWhole {
		return ErrUnpacked
	}
	d, done, err := a.tokens(name)
	if err != nil {
		return err
	}
	defer done.Close()
	if err := d.Decode(into); err != nil {
		return unreadable(name, err)
	}
	return nil
}

// unreadable says of an error whether the file is damaged or asks for too much.
func unreadable(name string, err error) error {
	if errors.Is(err, ErrLongText) || errors.Is(err, ErrUnpacked) {
		return err
	}
	return fmt.Errorf("%w: %s: %w", ErrNoTable, path.Base(name), err)
}

// runs hands on bytes as long as none of the pieces between two "<" is longer
// than a spreadsheet program could have written: the reader of XML keeps each
// piece in memory as a whole.
type runs struct {
	r   io.Reader
	run int
}

func (l *runs) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for _, c := range p[:n] {
		if l.run++; c == '<' {
			l.run = 0
		}
		if l.run > maxRun {
			return 0, ErrLongText
		}
	}
	return n, err
}
