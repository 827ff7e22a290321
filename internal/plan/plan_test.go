package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bangkom/internal/competency"
	"bangkom/internal/plan"
)

func course(programme, batch int64) plan.Course {
	return plan.Course{Programme: programme, Title: fmt.Sprint("P", programme), Batch: batch}
}

// said writes actions as "form", or "training:programme/batch".
func said(all []plan.Action) string {
	var out []string
	for _, a := range all {
		one := string(a.Form)
		if a.Course.Programme != 0 {
			one += fmt.Sprintf(":%d/%d", a.Course.Programme, a.Course.Batch)
		}
		out = append(out, one)
	}
	return strings.Join(out, " ")
}

// Twelve people worked by hand: what is proposed to each about one competency, by the bands of
// the domain (above -1 Rendah, above -2 Sedang, else Tinggi) and the trainings that there are.
func TestTwelvePeople(t *testing.T) {
	for _, tt := range []struct {
		name    string
		source  plan.Source
		gap     competency.Hundredths
		final   bool
		courses []plan.Course
		want    string
	}{
		{"1 a little is missing", plan.FromGap, -25, true, nil, "self coaching"},
		{"2 one level is the edge of Rendah", plan.FromGap, -100, true, nil, "self coaching"},
		{"3 and one hundredth more is Sedang", plan.FromGap, -101, true, nil, "coaching mentoring training"},
		{"4 two levels are the edge of Sedang", plan.FromGap, -200, true, nil, "coaching mentoring training"},
		{"5 and one hundredth more is Tinggi", plan.FromGap, -201, true, nil, "training assignment mentoring"},
		{"6 seats come first", plan.FromGap, -150, true, []plan.Course{course(7, 70), course(8, 0)}, "training:7/70 coaching mentoring"},
		{"7 without seats the training stays in its place", plan.FromGap, -150, true, []plan.Course{course(8, 0)}, "coaching mentoring training:8/0"},
		{"8 little is missing: no seat is spent on it", plan.FromGap, -50, true, []plan.Course{course(7, 70)}, "self coaching"},
		{"9 three trainings at most", plan.FromGap, -300, true, []plan.Course{course(1, 10), course(2, 20), course(3, 30), course(4, 40)},
			"training:1/10 training:2/20 training:3/30 assignment mentoring"},
		{"10 the own view alone has no band", plan.FromGap, -300, false, []plan.Course{course(7, 70)}, "training:7/70 self coaching"},
		{"11 what the position requires and was not assessed", plan.FromDuty, 0, false, []plan.Course{course(7, 0)}, "training:7/0 self"},
		{"12 a wish", plan.FromWish, 0, false, nil, "training self"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := plan.Want{Source: tt.source, Gap: tt.gap, Final: tt.final, Courses: tt.courses}
			if got := said(w.Actions()); got != tt.want {
				t.Errorf("proposed %q, want %q", got, tt.want)
			}
		})
	}
}

// The largest gap comes first, then duties, what the unit proposes, and wishes; within that by code.
func TestOrder(t *testing.T) {
	all := plan.Order([]plan.Want{{Source: plan.FromWish, Title: "w"}, {Source: plan.FromGap, Code: "B", Gap: -50}, {Source: plan.FromUnit, Title: "u"},
		{Source: plan.FromGap, Code: "A", Gap: -50}, {Source: plan.FromDuty, Code: "T"}, {Source: plan.FromGap, Code: "C", Gap: -125}})
	var got []string
	for _, w := range all {
		got = append(got, w.Code+w.Title)
	}
	if s := strings.Join(got, " "); s != "C A B T u w" {
		t.Errorf("order %s", s)
	}
}

// Every form belongs to one part of the mix, and each part has one.
func TestMix(t *testing.T) {
	var lines []plan.Line
	for _, f := range plan.Forms() {
		lines = append(lines, plan.Line{Form: f})
	}
	if class, others, work := plan.Mix(lines); class != 1 || others != 2 || work != 2 {
		t.Errorf("mix %d %d %d", class, others, work)
	}
	if plan.Form("x").Share() != 0 {
		t.Error("what is no form has a share")
	}
}

// From December on the next year is planned.
func TestYearOf(t *testing.T) {
	for day, want := range map[string]int{"2027-01-01": 2027, "2027-11-30": 2027, "2027-12-01": 2028} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.YearOf(at); got != want {
			t.Errorf("%s plans %d, want %d", day, got, want)
		}
	}
}
