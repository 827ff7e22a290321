package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bangkom/internal/competency"
	"bangkom/internal/questionnaire"
)

// Seed is the reference data that ships with the program. Rows that exist are
// left as they are, because HR may have changed them.
type Seed struct {
	Classes        []competency.Class
	Managerial     []competency.Competency
	Technical      []competency.Competency
	Levels         []competency.TechnicalLevel
	Questionnaires []questionnaire.Definition
}

const (
	seedClass = `INSERT INTO position_class (code, name, required_level, source, confirmed)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (code) DO NOTHING`
	seedCompetency = `INSERT INTO competency (code, name, kind, definition)
		VALUES ($1, $2, $3, $4) ON CONFLICT (code) DO NOTHING`
	seedManagerial = `INSERT INTO standard (class_code, competency_code, level, source)
		SELECT p.code, c.code, p.required_level, p.source FROM position_class p, competency c
		WHERE c.kind = 'managerial' ON CONFLICT (class_code, competency_code) DO NOTHING`
	seedTechnical = `INSERT INTO standard (class_code, competency_code, level, source)
		SELECT $1, c.code, $2, $3 FROM competency c
		WHERE c.kind = 'technical' ON CONFLICT (class_code, competency_code) DO NOTHING`
	seedQuestionnaire = `INSERT INTO questionnaire (code, version, kind, body, hash)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (code, version) DO NOTHING`
	hashOf = `SELECT hash FROM questionnaire WHERE code = $1 AND version = $2`
)

func (t *Tx) seed(ctx context.Context, s Seed) error {
	for _, c := range s.Classes {
		if _, err := t.tx.ExecContext(ctx, seedClass, c.Code, c.Name, int(c.RequiredLevel), c.Source, c.Confirmed); err != nil {
			return safe("seed position class", err)
		}
	}
	for kind, list := range map[string][]competency.Competency{"managerial": s.Managerial, "technical": s.Technical} {
		for _, c := range list {
			if _, err := t.tx.ExecContext(ctx, seedCompetency, c.Code, c.Name, kind, c.Definition); err != nil {
				return safe("seed competency", err)
			}
		}
	}
	if err := t.seedStandards(ctx, s.Levels); err != nil {
		return err
	}
	for _, d := range s.Questionnaires {
		if err := t.PutQuestionnaire(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// seedStandards requires of each class what ships where nothing is required.
func (t *Tx) seedStandards(ctx context.Context, technical []competency.TechnicalLevel) error {
	if _, err := t.tx.ExecContext(ctx, seedManagerial); err != nil {
		return safe("seed standard", err)
	}
	for _, l := range technical {
		if _, err := t.tx.ExecContext(ctx, seedTechnical, l.Class, int(l.Level), l.Source); err != nil {
			return safe("seed technical standard", err)
		}
	}
	return nil
}

// PutQuestionnaire stores a version. A version is locked for ever: storing it
// again is no change, storing other content under its number is an error.
func (t *Tx) PutQuestionnaire(ctx context.Context, d questionnaire.Definition) error {
	hash, err := d.Hash()
	if err != nil {
		return fmt.Errorf("questionnaire %s v%d: %w", d.Code, d.Version, err)
	}
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("questionnaire %s v%d: %w", d.Code, d.Version, err)
	}
	if _, err := t.tx.ExecContext(ctx, seedQuestionnaire, d.Code, d.Version, string(d.Kind), string(body), hash); err != nil {
		return safe("store questionnaire", err)
	}
	var stored string
	if err := t.tx.GetContext(ctx, &stored, hashOf, d.Code, d.Version); err != nil {
		return safe("read questionnaire", err)
	}
	if stored != hash {
		return fmt.Errorf("questionnaire %s version %d exists with other content: give the new one the next version", d.Code, d.Version)
	}
	return nil
}

const allQuestionnaires = `SELECT body FROM questionnaire ORDER BY code, version`

// Questionnaires returns all versions. They never change, so they may be kept.
func (t *Tx) Questionnaires(ctx context.Context) ([]questionnaire.Definition, error) {
	var raws []string
	if err := t.tx.SelectContext(ctx, &raws, allQuestionnaires); err != nil {
		return nil, safe("read questionnaires", err)
	}
	out := make([]questionnaire.Definition, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal([]byte(raw), &out[i]); err != nil {
			return nil, fmt.Errorf("questionnaire: %w", err)
		}
	}
	return out, nil
}

const (
	countQuestionnaires = `SELECT count(*) FROM questionnaire`
	latestVersion       = `SELECT body FROM questionnaire WHERE code = $1 ORDER BY version DESC LIMIT 1`
)

// QuestionnaireCount returns how many versions there are in all.
func (t *Tx) QuestionnaireCount(ctx context.Context) (n int, err error) {
	err = t.tx.GetContext(ctx, &n, countQuestionnaires)
	return n, safe("count questionnaires", err)
}

// LatestQuestionnaire returns the newest version of a questionnaire, or
// ErrNotFound.
func (t *Tx) LatestQuestionnaire(ctx context.Context, code string) (d questionnaire.Definition, err error) {
	var raw string
	if err := t.one(ctx, &raw, latestVersion, code); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(raw), &d); err != nil {
		return d, fmt.Errorf("questionnaire: %w", err)
	}
	return d, nil
}

// What is not on show any more cannot be tried either.
const triedQuestionnaire = `SELECT draft FROM upload WHERE id = $1 AND employee_id = $2 AND state = 'previewed' AND draft IS NOT NULL`

// TriedQuestionnaire is the questionnaire of an upload of the person that was previewed and not
// applied yet; ErrNotFound of any other.
func (t *Tx) TriedQuestionnaire(ctx context.Context, upload, employee int64) (d questionnaire.Definition, err error) {
	var raw string
	if err := t.one(ctx, &raw, triedQuestionnaire, upload, employee); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(raw), &d); err != nil {
		return d, fmt.Errorf("decode a questionnaire that is tried: %w", err)
	}
	return d, nil
}

// ImportQuestionnaire stores a new version for tasks that are opened from now
// on. Drafts and tasks that exist keep theirs. The errors are those of
// PutQuestionnaire.
func (t *Tx) ImportQuestionnaire(ctx context.Context, d questionnaire.Definition, now time.Time) error {
	if err := t.PutQuestionnaire(ctx, d); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditRow, now, "import.questionnaires", fmt.Sprintf("%s version %d", d.Code, d.Version))
	return safe("audit", err)
}
