// Package plain is the bot that benchmarks compare this program with: what a competent
// developer writes in an afternoon with the usual libraries. It asks the same nine
// questions, answers every press, draws the same picture, and keeps state and answers in
// Postgres. It guarantees nothing: what it has taken and not answered is lost when it
// ends, a press that comes twice counts twice, and nothing waits for Telegram's limits.
// It is no part of the service.
package plain

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq" // the driver

	"bangkom/internal/questionnaire"
	"bangkom/internal/report"
)

// Config is what it needs; all fields are required.
type Config struct {
	Token, Endpoint string // the endpoint as in tgbotapi
	DatabaseURL     string // of an empty database, whose tables it makes
	Log             *slog.Logger
}

const (
	connections = 20
	pollSeconds = 30
	schema      = `
	CREATE TABLE IF NOT EXISTS session (
		chat_id bigint PRIMARY KEY, step int NOT NULL, answers jsonb NOT NULL);
	CREATE TABLE IF NOT EXISTS answer (
		id bigserial PRIMARY KEY, chat_id bigint NOT NULL, item text NOT NULL, value int NOT NULL,
		answered_at timestamptz NOT NULL DEFAULT now())`
)

// session is where somebody stands.
type session struct {
	ChatID  int64          `db:"chat_id"`
	Step    int            `db:"step"` // the question that is shown, from 0; after the last one the card
	Raw     []byte         `db:"answers"`
	Answers map[string]int `db:"-"`
}

type bot struct {
	api  *tgbotapi.BotAPI
	db   *sqlx.DB
	form questionnaire.Definition
	log  *slog.Logger
}

// Run answers until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	b := &bot{log: cfg.Log}
	forms, err := questionnaire.Shipped()
	if err != nil {
		return err
	}
	for _, f := range forms {
		if f.Kind == questionnaire.SelfAssessment {
			b.form = f
		}
	}
	if b.db, err = sqlx.ConnectContext(ctx, "postgres", cfg.DatabaseURL); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer b.db.Close()
	b.db.SetMaxOpenConns(connections)
	b.db.SetMaxIdleConns(connections)
	if _, err := b.db.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("make tables: %w", err)
	}
	// The default keeps two connections to a host and makes a new one for most calls.
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	if b.api, err = tgbotapi.NewBotAPIWithClient(cfg.Token, cfg.Endpoint, client); err != nil {
		return fmt.Errorf("reach Telegram: %w", err)
	}
	u := tgbotapi.NewUpdate(0)
	u.Timeout, u.AllowedUpdates = pollSeconds, []string{"message", "callback_query"}
	updates := b.api.GetUpdatesChan(u)
	for {
		select {
		case update := <-updates:
			go b.handle(update)
		case <-ctx.Done():
			b.api.StopReceivingUpdates()
			return nil
		}
	}
}

// handle answers one update.
func (b *bot) handle(u tgbotapi.Update) {
	defer func() {
		if r := recover(); r != nil {
			b.log.Error("panic while handling an update", "update_id", u.UpdateID)
		}
	}()
	var err error
	switch {
	case u.CallbackQuery != nil && u.CallbackQuery.Message != nil:
		err = b.press(u.CallbackQuery)
	case u.Message != nil && u.Message.Text == "/asesmen":
		err = b.begin(u.Message.Chat.ID)
	}
	if err != nil {
		b.log.Error("update not handled", "update_id", u.UpdateID, "err", err)
	}
}

// begin asks the first question in a new message.
func (b *bot) begin(chatID int64) error {
	_, err := b.db.Exec(`INSERT INTO session (chat_id, step, answers) VALUES ($1, 0, '{}')
		ON CONFLICT (chat_id) DO UPDATE SET step = 0, answers = '{}'`, chatID)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	m := tgbotapi.NewMessage(chatID, b.question(0))
	m.ParseMode, m.ReplyMarkup = tgbotapi.ModeHTML, b.keyboard(0)
	_, err = b.api.Send(m)
	return err
}

// press takes an answer, or sends all of them.
func (b *bot) press(q *tgbotapi.CallbackQuery) error {
	s := session{}
	err := b.db.Get(&s, `SELECT chat_id, step, answers FROM session WHERE chat_id = $1`, q.Message.Chat.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return b.answer(q, "Tombol ini sudah tidak berlaku.")
	}
	if err == nil {
		err = json.Unmarshal(s.Raw, &s.Answers)
	}
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	what, value, _ := strings.Cut(q.Data, ":")
	switch {
	case what == "kirim" && s.Step == len(b.form.Items):
		return b.send(q, s)
	case what == strconv.Itoa(s.Step):
		return b.take(q, s, value)
	}
	return b.answer(q, "Tombol ini sudah tidak berlaku.")
}

// take keeps one answer and shows what comes next in the same message.
func (b *bot) take(q *tgbotapi.CallbackQuery, s session, value string) error {
	level, err := strconv.Atoi(value)
	if err != nil {
		return fmt.Errorf("a button: %w", err)
	}
	s.Answers[b.form.Items[s.Step].Code] = level
	s.Step++
	raw, err := json.Marshal(s.Answers)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	if _, err := b.db.Exec(`UPDATE session SET step = $2, answers = $3 WHERE chat_id = $1`, s.ChatID, s.Step, string(raw)); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	if err := b.answer(q, "Tersimpan."); err != nil {
		return err
	}
	text := b.review(s, "Mohon diperiksa, lalu tekan Kirim.")
	if s.Step < len(b.form.Items) {
		text = b.question(s.Step)
	}
	return b.edit(q, text, b.keyboard(s.Step))
}

// send stores all answers and shows the result.
func (b *bot) send(q *tgbotapi.CallbackQuery, s session) error {
	tx, err := b.db.Beginx()
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	for _, item := range b.form.Items {
		if _, err := tx.Exec(`INSERT INTO answer (chat_id, item, value) VALUES ($1, $2, $3)`, s.ChatID, item.Code, s.Answers[item.Code]); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	if _, err := tx.Exec(`DELETE FROM session WHERE chat_id = $1`, s.ChatID); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if err := b.answer(q, "Terkirim."); err != nil {
		return err
	}
	done := tgbotapi.NewInlineKeyboardMarkup(tgbotapi.NewInlineKeyboardRow(tgbotapi.NewInlineKeyboardButtonData("Ubah jawaban", "ubah")))
	if err := b.edit(q, b.review(s, "Terkirim. Terima kasih."), done); err != nil {
		return err
	}
	picture, err := b.chart(s).PNG()
	if err != nil {
		return err
	}
	photo := tgbotapi.NewPhoto(s.ChatID, tgbotapi.FileBytes{Name: "hasil.png", Bytes: picture})
	photo.Caption, photo.ParseMode = b.review(s, "Hasil penilaian mandiri."), tgbotapi.ModeHTML
	_, err = b.api.Send(photo)
	return err
}

func (b *bot) answer(q *tgbotapi.CallbackQuery, toast string) error {
	_, err := b.api.Request(tgbotapi.NewCallback(q.ID, toast))
	return err
}

func (b *bot) edit(q *tgbotapi.CallbackQuery, text string, buttons tgbotapi.InlineKeyboardMarkup) error {
	m := tgbotapi.NewEditMessageTextAndMarkup(q.Message.Chat.ID, q.Message.MessageID, text, buttons)
	m.ParseMode = tgbotapi.ModeHTML
	_, err := b.api.Send(m)
	return err
}

// question is a question with the full text of every option.
func (b *bot) question(n int) string {
	item := b.form.Items[n]
	lines := []string{b.form.Title, fmt.Sprintf("<b>Pertanyaan %d dari %d</b> · %s", n+1, len(b.form.Items), html.EscapeString(item.Title)),
		html.EscapeString(strings.ReplaceAll(item.Prompt, questionnaire.Placeholder, "Bapak/Ibu")), ""}
	for i, level := range item.Levels {
		lines = append(lines, fmt.Sprintf("<b>%d</b> %s", i+1, html.EscapeString(level)))
	}
	return strings.Join(append(lines, "<b>Belum</b> "+html.EscapeString(item.Zero)), "\n")
}

// review lists every answer.
func (b *bot) review(s session, foot string) string {
	lines := []string{"<b>Jawaban Bapak/Ibu</b>", ""}
	for i, item := range b.form.Items {
		lines = append(lines, fmt.Sprintf("%d. %s: %s", i+1, html.EscapeString(item.Title), label(s.Answers[item.Code])))
	}
	return strings.Join(append(lines, "", foot), "\n")
}

func label(level int) string {
	if level == 0 {
		return "Belum"
	}
	return strconv.Itoa(level)
}

// keyboard has the levels of question n; beyond the last question it has Kirim.
func (b *bot) keyboard(n int) tgbotapi.InlineKeyboardMarkup {
	button := func(level int) tgbotapi.InlineKeyboardButton {
		return tgbotapi.NewInlineKeyboardButtonData(label(level), fmt.Sprintf("%d:%d", n, level))
	}
	if n == len(b.form.Items) {
		return tgbotapi.NewInlineKeyboardMarkup(tgbotapi.NewInlineKeyboardRow(tgbotapi.NewInlineKeyboardButtonData("Kirim", "kirim:")))
	}
	return tgbotapi.NewInlineKeyboardMarkup(
		tgbotapi.NewInlineKeyboardRow(button(1), button(2), button(3), button(4), button(5)), tgbotapi.NewInlineKeyboardRow(button(0)))
}

// chart is the picture that the program draws of the same answers.
func (b *bot) chart(s session) report.GapChart {
	const required = 3
	c := report.GapChart{Title: b.form.Title, Subtitle: "Jawaban Bapak/Ibu",
		Legend: report.GapLegend{Level: "Tingkat menurut Bapak/Ibu", Standard: "Standar jabatan", Zero: "Belum"}}
	for _, item := range b.form.Items {
		c.Rows = append(c.Rows, report.GapRow{Name: item.Title, Level: float64(s.Answers[item.Code]), Required: required})
	}
	return c
}
