package workbook

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"bangkom/internal/questionnaire"
)

// A condition is written as
//
//	${MINAT}='lainnya' or (${A}='1' and ${B}='')     in XLSForm
//	MINAT = lainnya atau (A = 1 dan B = kosong)      in the plain form
//
// where '' and kosong mean that the question was left out on purpose. "and" binds closer.

var errExpression = errors.New("not a condition that is understood")

// maxDepth bounds parentheses.
const maxDepth = 8

var (
	xlsToken   = regexp.MustCompile(`^(?:\$\{\s*([^\s{}]+)\s*\}|('[^']*'|"[^"]*")|(=)|(\()|(\))|((?i:and|or)\b))`)
	plainToken = regexp.MustCompile(`^(?:()(?:'([^']*)')|(=)|(\()|(\))|((?i:dan|atau)\b)|([^\s=()']+))`)
)

// token is one word of a condition.
type token struct {
	kind byte // 'n' name, 'v' value, '=', '(', ')', '&', '|'
	text string
}

func tokens(s string, form Form) ([]token, error) {
	var out []token
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		var t token
		var used int
		if form == XLSForm {
			t, used = xlsTokenOf(s)
		} else {
			t, used = plainTokenOf(s)
		}
		if used == 0 {
			return nil, errExpression
		}
		out, s = append(out, t), s[used:]
	}
	return out, nil
}

func xlsTokenOf(s string) (token, int) {
	m := xlsToken.FindStringSubmatch(s)
	switch {
	case m == nil:
		return token{}, 0
	case m[1] != "":
		return token{'n', m[1]}, len(m[0])
	case m[2] != "":
		return token{'v', m[2][1 : len(m[2])-1]}, len(m[0])
	}
	return symbol(m[0]), len(m[0])
}

func plainTokenOf(s string) (token, int) {
	m := plainToken.FindStringSubmatch(s)
	switch {
	case m == nil:
		return token{}, 0
	case strings.HasPrefix(m[0], "'"):
		return token{'v', m[2]}, len(m[0])
	case m[7] != "":
		return token{'n', m[7]}, len(m[0]) // a name or a value: the place tells
	}
	return symbol(m[0]), len(m[0])
}

func symbol(s string) token {
	switch strings.ToLower(s) {
	case "and", "dan":
		return token{'&', s}
	case "or", "atau":
		return token{'|', s}
	}
	return token{s[0], s}
}

// parser reads the tokens of one condition.
type parser struct {
	form  Form
	left  []token
	depth int
}

// parseCondition reads a condition; "" gives nil.
func parseCondition(s string, form Form) (*questionnaire.Condition, error) {
	list, err := tokens(s, form)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	p := &parser{form: form, left: list}
	c, err := p.any()
	if err == nil && len(p.left) > 0 {
		err = errExpression
	}
	if err != nil {
		return nil, err
	}
	return &c, nil
}

func (p *parser) take(kind byte) (t token, ok bool) {
	if len(p.left) == 0 || p.left[0].kind != kind {
		return t, false
	}
	t, p.left = p.left[0], p.left[1:]
	return t, true
}

func (p *parser) any() (questionnaire.Condition, error) {
	list, err := p.chain('|', p.all)
	if err != nil {
		return questionnaire.Condition{}, err
	}
	return either(list), nil
}

func (p *parser) all() (questionnaire.Condition, error) {
	list, err := p.chain('&', p.one)
	if err != nil {
		return questionnaire.Condition{}, err
	}
	if len(list) == 1 {
		return list[0], nil
	}
	return questionnaire.Condition{All: list}, nil
}

// chain reads parts with the same word between them.
func (p *parser) chain(word byte, part func() (questionnaire.Condition, error)) ([]questionnaire.Condition, error) {
	var list []questionnaire.Condition
	for {
		c, err := part()
		if err != nil {
			return nil, err
		}
		list = append(list, c)
		if _, more := p.take(word); !more {
			return list, nil
		}
	}
}

func (p *parser) one() (c questionnaire.Condition, err error) {
	if _, open := p.take('('); open {
		if p.depth++; p.depth > maxDepth {
			return c, errExpression
		}
		if c, err = p.any(); err != nil {
			return c, err
		}
		p.depth--
		if _, closed := p.take(')'); !closed {
			return c, errExpression
		}
		return c, nil
	}
	name, ok := p.take('n')
	if !ok {
		return c, errExpression
	}
	if _, ok = p.take('='); !ok {
		return c, errExpression
	}
	value, ok := p.take('v')
	if !ok && p.form == Plain {
		value, ok = p.take('n')
		if strings.EqualFold(value.text, emptyWord) {
			value.text = ""
		}
	}
	if !ok {
		return c, errExpression
	}
	if value.text == "" {
		value.text = questionnaire.Skipped
	}
	return questionnaire.Condition{Item: name.text, In: []string{value.text}}, nil
}

// emptyWord says in the plain form that a question was left out.
const emptyWord = "kosong"

// either joins alternatives; those about one item become one condition, as they were
// before they were written.
func either(list []questionnaire.Condition) questionnaire.Condition {
	var out []questionnaire.Condition
	for _, c := range list {
		if n := len(out); n > 0 && c.Item != "" && out[n-1].Item == c.Item {
			out[n-1].In = append(slices.Clone(out[n-1].In), c.In...)
			continue
		}
		out = append(out, c)
	}
	if len(out) == 1 {
		return out[0]
	}
	return questionnaire.Condition{Any: out}
}

// writeCondition is the text that parseCondition reads back; nil gives "".
func writeCondition(c *questionnaire.Condition, form Form) string {
	if c == nil {
		return ""
	}
	and, or := " and ", " or "
	if form == Plain {
		and, or = " dan ", " atau "
	}
	var write func(c questionnaire.Condition, inner bool) string
	write = func(c questionnaire.Condition, inner bool) string {
		var parts []string
		word := or
		switch {
		case len(c.All) > 0:
			word = and
			for _, one := range c.All {
				parts = append(parts, write(one, true))
			}
		case len(c.Any) > 0:
			for _, one := range c.Any {
				parts = append(parts, write(one, true))
			}
		default:
			for _, v := range c.In {
				parts = append(parts, comparison(c.Item, v, form))
			}
		}
		out := strings.Join(parts, word)
		if inner && len(parts) > 1 {
			out = "(" + out + ")"
		}
		return out
	}
	return write(*c, false)
}

func comparison(item, value string, form Form) string {
	if value == questionnaire.Skipped {
		value = ""
	}
	if form == XLSForm {
		return "${" + item + "}='" + value + "'"
	}
	if value == "" {
		value = emptyWord
	}
	return item + " = " + value
}
