package storage

import "context"

const mayChangeAnswers = `
	SELECT has_table_privilege('answer', 'UPDATE') OR has_table_privilege('answer', 'DELETE')
	    OR has_table_privilege('audit', 'UPDATE') OR has_table_privilege('audit', 'DELETE')`

// MayChangeAnswers tells whether this login could change what people have sent.
// The program never does; a login of the role bangkom_app also cannot.
func (d *DB) MayChangeAnswers(ctx context.Context) (yes bool, err error) {
	err = d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &yes, mayChangeAnswers) })
	return yes, safe("read rights", err)
}
