-- +goose Up

-- Whether people were told, when they were asked, that single answers are read after the close
-- (of a confidential survey with a reason). Who was asked before was told that only sums are
-- shown, and that holds.
ALTER TABLE staff_survey ADD COLUMN readable boolean NOT NULL DEFAULT false;

-- Files with single answers are taken away again a day after they have come, as those with the
-- levels of people are.
DROP INDEX outbox_private_file;
CREATE INDEX outbox_private_file ON outbox (delivered_at) WHERE template IN ('needs.people_file', 'survey.answers_file') AND state = 'sent' AND method <> 'deleteMessage';
