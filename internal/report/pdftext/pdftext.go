// Package pdftext reads what is written in the PDFs that package report makes, so that tests
// can see what their readers see. It reads no other PDFs.
package pdftext

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Word is a text as it was written at once, and where it begins: points from the left and from
// the lower edge.
type Word struct {
	X, Y float64
	Text string
}

var (
	streams = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	shown   = regexp.MustCompile(`(?s)BT (-?[0-9.]+) (-?[0-9.]+) Td \(((?:\\.|[^\\)])*)\) ?Tj`)
	escaped = regexp.MustCompile(`(?s)\\(.)`)
)

// Pages returns what is written on each page, in the order in which it was written.
func Pages(raw []byte) (pages [][]Word) {
	for _, stream := range streams.FindAllSubmatch(raw, -1) {
		z, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			continue // a picture or a font
		}
		body, err := io.ReadAll(z)
		if err != nil || !bytes.HasPrefix(body, []byte("0 J")) {
			continue
		}
		var words []Word
		for _, m := range shown.FindAllSubmatch(body, -1) {
			x, _ := strconv.ParseFloat(string(m[1]), 64) // what the pattern has found is a number
			y, _ := strconv.ParseFloat(string(m[2]), 64)
			words = append(words, Word{x, y, decoded(m[3])})
		}
		pages = append(pages, words)
	}
	return pages
}

// Text returns what is written on each page, a line for each word of Pages.
func Text(raw []byte) (pages []string) {
	for _, words := range Pages(raw) {
		lines := make([]string, len(words))
		for i, w := range words {
			lines[i] = w.Text
		}
		pages = append(pages, strings.Join(lines, "\n"))
	}
	return pages
}

// decoded reads a string of two bytes a letter.
func decoded(raw []byte) string {
	plain := escaped.ReplaceAllFunc(raw, func(m []byte) []byte {
		if m[1] == 'r' {
			return []byte("\r")
		}
		return m[1:]
	})
	var units []uint16
	for i := 0; i+1 < len(plain); i += 2 {
		units = append(units, uint16(plain[i])<<8|uint16(plain[i+1]))
	}
	return string(utf16.Decode(units))
}
