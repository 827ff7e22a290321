package feature

import (
	"context"
	"sync"

	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
)

// library holds every version of every questionnaire. Versions never change;
// new ones come while the program runs, by an import. The zero library is empty.
type library struct {
	mu   sync.RWMutex
	defs map[DefKey]questionnaire.Definition
}

// DefKey names one version of a questionnaire.
type DefKey struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

func (l *library) replace(all []questionnaire.Definition) {
	defs := make(map[DefKey]questionnaire.Definition, len(all))
	for _, d := range all {
		defs[DefKey{d.Code, d.Version}] = d
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.defs = defs
}

func (l *library) size() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.defs)
}

// Definition returns one version of a questionnaire.
func (p *Desk) Definition(code string, version int) (d questionnaire.Definition, ok bool) {
	p.defs.mu.RLock()
	defer p.defs.mu.RUnlock()
	d, ok = p.defs.defs[DefKey{code, version}]
	return d, ok
}

// DefinitionOf returns the questionnaire of a task; the zero Definition when it
// is not loaded yet.
func (p *Desk) DefinitionOf(t task.Task) questionnaire.Definition {
	d, _ := p.Definition(t.Questionnaire, t.Version)
	return d
}

// TasksOf lists the person's tasks, whose questionnaires are loaded then.
func (e *Env) TasksOf(ctx context.Context, kinds []task.Kind) ([]task.Task, error) {
	tasks, err := e.Tx.Tasks(ctx, e.Employee.ID, kinds)
	if err != nil {
		return nil, err
	}
	return tasks, e.EnsureDefinitions(ctx, tasks...)
}

// EnsureDefinitions loads versions that are so new that the worker has not
// seen them yet.
func (e *Env) EnsureDefinitions(ctx context.Context, tasks ...task.Task) error {
	for _, t := range tasks {
		if _, ok := e.Definition(t.Questionnaire, t.Version); ok {
			continue
		}
		all, err := e.Tx.Questionnaires(ctx)
		if err != nil {
			return err
		}
		e.defs.replace(all)
		return nil
	}
	return nil
}

// FreshQuestionnaires loads versions that were imported since the last time.
func (p *Desk) FreshQuestionnaires(ctx context.Context) error {
	return p.Cfg.Store.InTx(ctx, func(tx Tx) error {
		n, err := tx.QuestionnaireCount(ctx)
		if err != nil || n == p.defs.size() {
			return err
		}
		all, err := tx.Questionnaires(ctx)
		if err != nil {
			return err
		}
		p.defs.replace(all)
		return nil
	})
}
