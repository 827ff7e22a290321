-- +goose Up

-- An index of all open tasks by their end was taken for looking up the open tasks
-- of one person, whenever few tasks were open when they were last counted: the
-- planner then thinks that reading all of it is as good as one lookup. Only what
-- ends without a period is looked for by its end.
DROP INDEX task_due;
CREATE INDEX task_ending ON task (due_at)
    WHERE state IN ('open', 'started') AND kind IN ('interest', 'self_assessment_technical');
