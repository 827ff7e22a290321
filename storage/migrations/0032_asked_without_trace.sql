-- +goose Up

-- What was said to ask about a training tells who had answered by then. Since this version
-- it goes at the close; of what was closed before, it goes now.
DELETE FROM outbox o USING notice n, task t
WHERE n.task_id = t.id AND t.kind = 'training_evaluation' AND t.state = 'expired' AND o.key = n.outbox_key AND o.state NOT IN ('new', 'sending');
DELETE FROM notice n USING task t WHERE n.task_id = t.id AND t.kind = 'training_evaluation' AND t.state = 'expired';
DELETE FROM outbox o USING notice n
WHERE n.key LIKE 'evaluation-undeleted:%' AND o.key = n.outbox_key AND o.state NOT IN ('new', 'sending');
DELETE FROM notice n WHERE n.key LIKE 'evaluation-undeleted:%' AND NOT EXISTS (SELECT FROM outbox o WHERE o.key = n.outbox_key);
