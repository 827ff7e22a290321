package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/persuasion"
	"bangkom/internal/task"
)

// invitable are the tasks t of people e for which a campaign may write to somebody at $2: who
// has an account and did not ask for silence. $1 are the kinds.
const invitable = `
	FROM task t JOIN employee e ON e.id = t.employee_id AND e.active JOIN chat c ON c.employee_id = e.id LEFT JOIN attention a ON a.employee_id = e.id
	WHERE t.kind = ANY($1) AND t.subject_id = e.id AND t.state IN ('open', 'started') AND t.opens_at <= $2 AND t.due_at > $2
	  AND COALESCE(a.muted_until, $2) <= $2`

var (
	choosable = `
		SELECT o.id AS occasion, o.name, k.kind, k.title, k.items, k.minutes, k.due, k.people, k.staged FROM (
			SELECT t.occasion_id, t.kind, max(q.body ->> 'title') AS title, max(jsonb_array_length(q.body -> 'items')) AS items, max((q.body ->> 'minutes')::int) AS minutes, max(t.due_at) AS due, count(*) AS people,
			       count(*) FILTER (WHERE s.stage <> '') AS staged
			FROM (SELECT t.occasion_id, t.kind, t.due_at, t.questionnaire_code, t.questionnaire_version, e.unit_id ` + invitable + `) t
			JOIN questionnaire q ON q.code = t.questionnaire_code AND q.version = t.questionnaire_version
			JOIN (SELECT u.id, ` + stageOf("u.id") + ` AS stage FROM unit u) s ON s.id = t.unit_id
			GROUP BY 1, 2) k
		JOIN ` + occasions + ` o ON o.id = k.occasion_id AND o.closed_at IS NULL
		WHERE NOT EXISTS (SELECT FROM campaign g WHERE g.occasion_id = o.id AND g.figures IS NULL)
		ORDER BY k.due, o.id LIMIT 9`
	invited = `SELECT t.id AS task, e.id AS employee, e.unit_id AS unit ` + invitable + ` AND t.occasion_id = $3 ORDER BY e.unit_id, e.id`
)

const (
	addCampaign = `
		INSERT INTO campaign (occasion_id, kind, words, created_by, starts_at, ends_at, counts_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (occasion_id) WHERE figures IS NULL DO NOTHING RETURNING id`
	addCampaignPeople = `
		INSERT INTO campaign_person (campaign_id, employee_id, task_id, plain)
		SELECT $1, i.employee, i.task, i.plain FROM unnest($2::bigint[], $3::bigint[], $4::boolean[]) AS i (employee, task, plain) ORDER BY i.employee`
)

// Choosable lists the occasions for which a campaign may start, the first to end first.
func (t *Tx) Choosable(ctx context.Context, now time.Time) ([]persuasion.Choosable, error) {
	var rows []struct {
		Occasion int64     `db:"occasion"`
		Name     string    `db:"name"`
		Kind     string    `db:"kind"`
		Title    string    `db:"title"`
		Items    int       `db:"items"`
		Minutes  int       `db:"minutes"`
		Due      time.Time `db:"due"`
		People   int       `db:"people"`
		Staged   int       `db:"staged"`
	}
	if err := t.tx.SelectContext(ctx, &rows, choosable, campaignKinds(), now); err != nil {
		return nil, safe("list what a campaign may be about", err)
	}
	out := make([]persuasion.Choosable, len(rows))
	for i, r := range rows {
		out[i] = persuasion.Choosable{Occasion: r.Occasion, Name: r.Name, Kind: task.Kind(r.Kind), Title: r.Title, Items: r.Items, Minutes: r.Minutes, Due: r.Due, People: r.People, Staged: r.Staged}
	}
	return out, nil
}

// StartCampaign starts a campaign: its people are frozen, and a quarter of each unit is drawn
// for the neutral text. ErrNotFound when one of the occasion is not counted yet.
func (t *Tx) StartCampaign(ctx context.Context, c persuasion.Campaign) (id int64, err error) {
	words, err := json.Marshal(c.Words)
	if err != nil {
		return 0, fmt.Errorf("write a campaign: %w", err)
	}
	if err := t.one(ctx, &id, addCampaign, c.Occasion, string(c.Kind), string(words), c.Author, c.Starts, c.Ends, c.CountsAt); err != nil {
		return 0, err
	}
	var rows []struct {
		Task     int64 `db:"task"`
		Employee int64 `db:"employee"`
		Unit     int64 `db:"unit"`
	}
	if err := t.tx.SelectContext(ctx, &rows, invited, pq.Array([]string{string(c.Kind)}), c.Starts, c.Occasion); err != nil {
		return 0, safe("freeze the people of a campaign", err)
	}
	members := map[int64][]int64{}
	for _, r := range rows {
		members[r.Unit] = append(members[r.Unit], r.Employee)
	}
	var people, tasks []int64
	var plain []bool
	drawn := map[int64]map[int64]bool{}
	for _, r := range rows {
		if drawn[r.Unit] == nil {
			if drawn[r.Unit], err = t.quarter("campaign "+strconv.FormatInt(id, 10), r.Unit, members[r.Unit]); err != nil {
				return 0, err
			}
		}
		people, tasks, plain = append(people, r.Employee), append(tasks, r.Task), append(plain, drawn[r.Unit][r.Employee])
	}
	if _, err := t.tx.ExecContext(ctx, addCampaignPeople, id, pq.Array(people), pq.Array(tasks), pq.Array(plain)); err != nil {
		return 0, safe("freeze the people of a campaign", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, c.Starts, c.Author, "campaign.start", nil, fmt.Sprintf("campaign %d", id))
	return id, safe("audit", err)
}

// campaignColumns are those of campaignRow, of a campaign g and its occasion o.
const campaignColumns = `g.id, g.occasion_id, o.name, g.kind, g.words, g.created_by, g.starts_at, g.ends_at, g.counts_at, g.figures`

var (
	listCampaigns  = `SELECT ` + campaignColumns + ` FROM campaign g JOIN ` + occasions + ` o ON o.id = g.occasion_id ORDER BY g.id DESC LIMIT 10`
	oneCampaign    = `SELECT ` + campaignColumns + ` FROM campaign g JOIN ` + occasions + ` o ON o.id = g.occasion_id WHERE g.id = $1`
	campaignPeople = `
		SELECT ` + campaignColumns + `, p.task_id, p.employee_id, p.plain
		FROM campaign g JOIN ` + occasions + ` o ON o.id = g.occasion_id JOIN campaign_person p ON p.campaign_id = g.id
		JOIN task t ON t.id = p.task_id AND t.state IN ('open', 'started')
		WHERE g.figures IS NULL AND g.ends_at > $1 AND NOT EXISTS (SELECT FROM notice n WHERE n.key = $2 || g.id || ':' || p.employee_id)
		ORDER BY g.id, p.employee_id LIMIT $3`
)

type campaignRow struct {
	ID       int64     `db:"id"`
	Occasion int64     `db:"occasion_id"`
	Name     string    `db:"name"`
	Kind     string    `db:"kind"`
	Words    []byte    `db:"words"`
	Author   int64     `db:"created_by"`
	Starts   time.Time `db:"starts_at"`
	Ends     time.Time `db:"ends_at"`
	CountsAt time.Time `db:"counts_at"`
	Figures  []byte    `db:"figures"`
}

func (r campaignRow) campaign() (c persuasion.Campaign, err error) {
	c = persuasion.Campaign{ID: r.ID, Occasion: r.Occasion, Name: r.Name, Kind: task.Kind(r.Kind), Author: r.Author, Starts: r.Starts, Ends: r.Ends, CountsAt: r.CountsAt}
	err = json.Unmarshal(r.Words, &c.Words)
	if err == nil && r.Figures != nil {
		err = json.Unmarshal(r.Figures, &c.Figures)
	}
	if err != nil {
		return c, fmt.Errorf("decode a campaign: %w", err)
	}
	return c, nil
}

// Campaigns lists the newest campaigns.
func (t *Tx) Campaigns(ctx context.Context) ([]persuasion.Campaign, error) {
	var rows []campaignRow
	if err := t.tx.SelectContext(ctx, &rows, listCampaigns); err != nil {
		return nil, safe("list campaigns", err)
	}
	out := make([]persuasion.Campaign, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.campaign(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// CampaignByID reads one campaign, or ErrNotFound.
func (t *Tx) CampaignByID(ctx context.Context, id int64) (persuasion.Campaign, error) {
	var r campaignRow
	if err := t.one(ctx, &r, oneCampaign, id); err != nil {
		return persuasion.Campaign{}, err
	}
	return r.campaign()
}

// CampaignPeople lists who is to get a message of a campaign that is open at now, has not done
// the task and got none yet, at most limit of them.
func (t *Tx) CampaignPeople(ctx context.Context, prefix string, now time.Time, limit int) ([]persuasion.Invited, error) {
	var rows []struct {
		campaignRow
		Task     int64 `db:"task_id"`
		Employee int64 `db:"employee_id"`
		Plain    bool  `db:"plain"`
	}
	if err := t.tx.SelectContext(ctx, &rows, campaignPeople, now, prefix, limit); err != nil {
		return nil, safe("list the people of campaigns", err)
	}
	out := make([]persuasion.Invited, len(rows))
	for i, r := range rows {
		c, err := r.campaign()
		if err != nil {
			return nil, err
		}
		out[i] = persuasion.Invited{Campaign: c, Task: r.Task, Employee: r.Employee, Plain: r.Plain}
	}
	return out, nil
}

var (
	countable = `SELECT id FROM campaign WHERE figures IS NULL AND counts_at <= $1 ORDER BY id FOR UPDATE`
	// Reached is who was sent it; nobody can tell who has read it.
	campaignGroups = `
		SELECT p.plain, count(*) AS reached, count(*) FILTER (WHERE t.state = 'done' AND t.done_at <= n.at + make_interval(days => $3)) AS done
		FROM campaign_person p JOIN task t ON t.id = p.task_id
		JOIN notice n ON n.key = $2 || p.campaign_id || ':' || p.employee_id AND n.action IN ('send', 'merge')
		LEFT JOIN outbox x ON x.key = n.outbox_key
		WHERE p.campaign_id = $1 AND COALESCE(x.state, 'sent') NOT IN ` + didNotGo + ` GROUP BY p.plain`
	putFigures     = `UPDATE campaign SET figures = $2 WHERE id = $1 AND figures IS NULL`
	forgetInvited  = `DELETE FROM campaign_person WHERE campaign_id = $1`
	pruneCampaigns = `DELETE FROM campaign WHERE id IN (SELECT id FROM campaign WHERE figures IS NOT NULL AND counts_at < $1::timestamptz - interval '2 years' LIMIT $2)`
)

// CountCampaigns counts the campaigns whose time has come: what may be told is written once,
// and who got what is forgotten.
func (t *Tx) CountCampaigns(ctx context.Context, prefix string, now time.Time) error {
	var ids []int64
	if err := t.tx.SelectContext(ctx, &ids, countable, now); err != nil {
		return safe("list campaigns to count", err)
	}
	for _, id := range ids {
		var rows []struct {
			Plain bool `db:"plain"`
			persuasion.Group
		}
		if err := t.tx.SelectContext(ctx, &rows, campaignGroups, id, prefix, persuasion.CountDays); err != nil {
			return safe("count a campaign", err)
		}
		f := persuasion.Figures{Text: persuasion.Tell(persuasion.Group{}), Plain: persuasion.Tell(persuasion.Group{})}
		for _, r := range rows {
			if r.Plain {
				f.Plain = persuasion.Tell(r.Group)
			} else {
				f.Text = persuasion.Tell(r.Group)
			}
		}
		raw, err := json.Marshal(f)
		if err != nil {
			return fmt.Errorf("write the figures of a campaign: %w", err)
		}
		if _, err := t.tx.ExecContext(ctx, putFigures, id, string(raw)); err != nil {
			return safe("count a campaign", err)
		}
		if _, err := t.tx.ExecContext(ctx, forgetInvited, id); err != nil {
			return safe("forget the people of a campaign", err)
		}
	}
	return nil
}

var copyCampaigns = `
	SELECT json_agg(json_build_object('ajakan', o.name, 'dimulai', g.starts_at, 'naskah', CASE WHEN p.plain THEN 'netral' ELSE 'sesuai tahap unit' END) ORDER BY g.starts_at, g.id)
	FROM campaign_person p JOIN campaign g ON g.id = p.campaign_id JOIN ` + occasions + ` o ON o.id = g.occasion_id
	JOIN chat c ON c.employee_id = p.employee_id WHERE c.id = $1`

// CopyCampaigns returns the campaigns that go to the person of a chat and are not counted yet;
// nil when there is none.
func (t *Tx) CopyCampaigns(ctx context.Context, chatID int64) (json.RawMessage, error) {
	var raw []byte
	err := t.one(ctx, &raw, copyCampaigns, chatID)
	return raw, known(err)
}

// A campaign that is stopped is counted as late after it as any other.
const stopCampaign = `
	UPDATE campaign SET ends_at = $2, counts_at = $2::timestamptz + make_interval(days => $3)
	WHERE id = $1 AND ends_at > $2 AND figures IS NULL RETURNING id`

// StopCampaign lets nothing more of a campaign go; ErrNotFound when nothing does any more.
func (t *Tx) StopCampaign(ctx context.Context, id, by int64, now time.Time) error {
	if err := t.one(ctx, &id, stopCampaign, id, now, persuasion.CountDays); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "campaign.stop", nil, fmt.Sprintf("campaign %d", id))
	return safe("audit", err)
}

const openCampaigns = `
	SELECT k.key FROM unnest($1::text[]) AS k (key) JOIN campaign g ON g.id = split_part(k.key, ':', 2)::bigint AND g.ends_at > $2`

// OpenCampaigns returns which of the given keys of messages are of campaigns of which something
// may still go.
func (t *Tx) OpenCampaigns(ctx context.Context, keys []string, now time.Time) (map[string]bool, error) {
	return t.keys(ctx, "read open campaigns", openCampaigns, pq.Array(keys), now)
}
