#!/bin/sh
# Makes the login with which Bangkom serves: it may add answers but not change
# or delete them. The Postgres image runs this once, on an empty database.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
	-v password="$(cat /run/secrets/app_password)" <<'SQL'
CREATE ROLE bangkom_app NOLOGIN;
CREATE ROLE bangkom_serve LOGIN PASSWORD :'password' IN ROLE bangkom_app;
SQL
