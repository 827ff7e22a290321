package storage

import (
	"context"
	"database/sql"
	"time"

	"bangkom/internal/announcement"
)

const questionColumns = `q.id, q.announcement_id, q.employee_id, e.name, u.name AS unit_name, q.body, q.asked_at, q.to_id, q.answer, q.answered_by, q.answered_at, q.published`

const fromQuestion = ` FROM announcement_question q JOIN employee e ON e.id = q.employee_id JOIN unit u ON u.id = e.unit_id `

type questionRow struct {
	ID           int64          `db:"id"`
	Announcement int64          `db:"announcement_id"`
	Employee     int64          `db:"employee_id"`
	Name         string         `db:"name"`
	Unit         string         `db:"unit_name"`
	Body         string         `db:"body"`
	AskedAt      time.Time      `db:"asked_at"`
	To           sql.NullInt64  `db:"to_id"`
	Answer       sql.NullString `db:"answer"`
	AnsweredBy   sql.NullInt64  `db:"answered_by"`
	AnsweredAt   sql.NullTime   `db:"answered_at"`
	Published    bool           `db:"published"`
}

func (r questionRow) question() announcement.Question {
	return announcement.Question{ID: r.ID, Announcement: r.Announcement, Employee: r.Employee, Name: r.Name, Unit: r.Unit, Body: r.Body, AskedAt: r.AskedAt,
		To: r.To.Int64, Answer: r.Answer.String, AnsweredBy: r.AnsweredBy.Int64, AnsweredAt: r.AnsweredAt.Time, Published: r.Published}
}

func (t *Tx) questions(ctx context.Context, query string, args ...any) ([]announcement.Question, error) {
	var rows []questionRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list questions", err)
	}
	out := make([]announcement.Question, len(rows))
	for i, r := range rows {
		out[i] = r.question()
	}
	return out, nil
}

const (
	questionsWaiting = `SELECT count(*) FROM announcement_question WHERE announcement_id = $1 AND employee_id = $2 AND answered_at IS NULL`
	askQuestion      = `INSERT INTO announcement_question (announcement_id, employee_id, body, asked_at) VALUES ($1, $2, $3, $4) RETURNING id`
)

// AskQuestion stores a question of somebody in whose archive the announcement is;
// ErrNotFound for others. full says that as many of this person wait as may; then nothing
// is stored.
func (t *Tx) AskQuestion(ctx context.Context, id, employee int64, body string, now time.Time) (q int64, full bool, err error) {
	if _, err := t.Received(ctx, id, employee); err != nil {
		return 0, false, err
	}
	if err := t.LockPeople(ctx, []int64{employee}); err != nil {
		return 0, false, err
	}
	var waiting int
	if err := t.tx.GetContext(ctx, &waiting, questionsWaiting, id, employee); err != nil {
		return 0, false, safe("count questions", err)
	}
	if waiting >= announcement.QuestionsWaiting {
		return 0, true, nil
	}
	err = t.tx.GetContext(ctx, &q, askQuestion, id, employee, body, now)
	return q, false, safe("store question", err)
}

const (
	openQuestion       = `WHERE q.answered_at IS NULL AND ($1 = 0 OR q.announcement_id = $1) AND ($2 = 0 OR q.to_id = $2)`
	listOpenQuestions  = `SELECT ` + questionColumns + fromQuestion + openQuestion + ` ORDER BY q.asked_at, q.id OFFSET $3 LIMIT $4`
	countOpenQuestions = `SELECT count(*)` + fromQuestion + openQuestion
)

// OpenQuestions lists what nobody has answered, of one announcement or of all (id 0), the
// oldest first; to is to whom they were passed on, 0 = all.
func (t *Tx) OpenQuestions(ctx context.Context, id, to int64, skip, limit int) (list []announcement.Question, total int, err error) {
	if err := t.tx.GetContext(ctx, &total, countOpenQuestions, id, to); err != nil {
		return nil, 0, safe("count questions", err)
	}
	list, err = t.questions(ctx, listOpenQuestions, id, to, skip, limit)
	return list, total, err
}

const oneQuestion = `SELECT ` + questionColumns + fromQuestion + `WHERE q.id = $1`

// Question reads one question, or ErrNotFound.
func (t *Tx) Question(ctx context.Context, id int64) (announcement.Question, error) {
	var r questionRow
	err := t.one(ctx, &r, oneQuestion, id)
	return r.question(), err
}

const (
	answerQuestion = `
		UPDATE announcement_question SET answer = $3, answered_by = $2, answered_at = $4 WHERE id = $1 AND answered_at IS NULL RETURNING id`
	forwardQuestion = `UPDATE announcement_question SET to_id = $2 WHERE id = $1 AND answered_at IS NULL RETURNING id`
	publishAnswer   = `UPDATE announcement_question SET published = true WHERE id = $1 AND answered_at IS NOT NULL AND NOT published RETURNING id`
	published       = `SELECT ` + questionColumns + fromQuestion + `WHERE q.announcement_id = $1 AND q.published ORDER BY q.answered_at DESC, q.id DESC LIMIT $2`
)

// AnswerQuestion stores the one answer; ErrNotFound when there is one already.
func (t *Tx) AnswerQuestion(ctx context.Context, id, by int64, answer string, now time.Time) (announcement.Question, error) {
	if err := t.one(ctx, &id, answerQuestion, id, by, answer, now); err != nil {
		return announcement.Question{}, err
	}
	return t.Question(ctx, id)
}

// ForwardQuestion passes an open question on to somebody.
func (t *Tx) ForwardQuestion(ctx context.Context, id, to, by int64, now time.Time) error {
	return t.changeQuestion(ctx, id, "forwarded", by, now, forwardQuestion, to)
}

// PublishAnswer lets everybody of the audience read an answer.
func (t *Tx) PublishAnswer(ctx context.Context, id, by int64, now time.Time) error {
	return t.changeQuestion(ctx, id, "published", by, now, publishAnswer)
}

func (t *Tx) changeQuestion(ctx context.Context, id int64, what string, by int64, now time.Time, query string, more ...any) error {
	if err := t.one(ctx, &id, query, append([]any{id}, more...)...); err != nil {
		return err
	}
	q, err := t.Question(ctx, id)
	if err != nil {
		return err
	}
	return t.auditAnnouncement(ctx, q.Announcement, by, "question."+what, now)
}

// PublishedAnswers lists what everybody of the audience may read, the newest first.
// Names of who asked are not for them.
func (t *Tx) PublishedAnswers(ctx context.Context, id int64, limit int) ([]announcement.Question, error) {
	list, err := t.questions(ctx, published, id, limit)
	for i := range list {
		list[i].Employee, list[i].Name, list[i].Unit = 0, "", ""
	}
	return list, err
}

const looksAfterUnits = `SELECT EXISTS (SELECT FROM role_grant WHERE employee_id = $1 AND role IN ('hr', 'officer') AND revoked_at IS NULL)`

// LooksAfterUnits tells whether somebody is of the personnel office or an officer of a
// unit: only to them a question may be passed on.
func (t *Tx) LooksAfterUnits(ctx context.Context, id int64) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, looksAfterUnits, id)
	return yes, safe("read roles", err)
}
