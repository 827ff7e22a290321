#!/bin/sh
# Makes the database with its owner, who is no superuser, and the login with
# which Bangkom serves: it may add answers but not change or delete them. The
# Postgres image runs this once, on an empty server, as the superuser. That one
# has no password afterwards: it is reached from inside the container only.
set -eu
secrets="${SECRETS:-/run/secrets}"
psql -v ON_ERROR_STOP=1 -U postgres -d postgres \
	-v owner="$(cat "$secrets/owner_password")" -v app="$(cat "$secrets/app_password")" <<'SQL'
CREATE ROLE bangkom_owner LOGIN PASSWORD :'owner';
CREATE ROLE bangkom_app NOLOGIN;
CREATE ROLE bangkom_serve LOGIN PASSWORD :'app' IN ROLE bangkom_app;
CREATE DATABASE bangkom OWNER bangkom_owner ENCODING 'UTF8' TEMPLATE template0;
ALTER ROLE postgres PASSWORD NULL;
SQL
