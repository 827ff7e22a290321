-- +goose Up

-- Files of people's levels, which are taken away again a day after they have come.
CREATE INDEX outbox_private_file ON outbox (delivered_at) WHERE template = 'needs.people_file' AND state = 'sent' AND method <> 'deleteMessage';
