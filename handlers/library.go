package handlers

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
	defs map[defKey]questionnaire.Definition
}

type defKey struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

func (l *library) replace(all []questionnaire.Definition) {
	defs := make(map[defKey]questionnaire.Definition, len(all))
	for _, d := range all {
		defs[defKey{d.Code, d.Version}] = d
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

// definition returns one version of a questionnaire.
func (p *Processor) definition(code string, version int) (d questionnaire.Definition, ok bool) {
	p.defs.mu.RLock()
	defer p.defs.mu.RUnlock()
	d, ok = p.defs.defs[defKey{code, version}]
	return d, ok
}

// definitionOf returns the questionnaire of a task; the zero Definition when it
// is not loaded yet.
func (p *Processor) definitionOf(t task.Task) questionnaire.Definition {
	d, _ := p.definition(t.Questionnaire, t.Version)
	return d
}

// tasksOf lists the person's tasks, whose questionnaires are loaded then.
func (e *env) tasksOf(ctx context.Context, kinds []task.Kind) ([]task.Task, error) {
	tasks, err := e.tx.Tasks(ctx, e.employee.ID, kinds)
	if err != nil {
		return nil, err
	}
	return tasks, e.ensureDefinitions(ctx, tasks...)
}

// ensureDefinitions loads versions that are so new that the worker has not
// seen them yet.
func (e *env) ensureDefinitions(ctx context.Context, tasks ...task.Task) error {
	for _, t := range tasks {
		if _, ok := e.definition(t.Questionnaire, t.Version); ok {
			continue
		}
		all, err := e.tx.Questionnaires(ctx)
		if err != nil {
			return err
		}
		e.defs.replace(all)
		return nil
	}
	return nil
}

// freshQuestionnaires loads versions that were imported since the last time.
func (p *Processor) freshQuestionnaires(ctx context.Context) error {
	return p.cfg.Store.InTx(ctx, func(tx Tx) error {
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
