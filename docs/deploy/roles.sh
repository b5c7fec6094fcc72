#!/bin/sh
# Run once by the PostgreSQL image: the three roles and the database. The application role owns nothing.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres \
  --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --set backup="$BACKUP_PASSWORD" <<'SQL'
create role xietong_owner login nosuperuser createdb password :'owner';
create role xietong_app login nosuperuser nobypassrls password :'app';
create role xietong_backup_ro login nosuperuser bypassrls password :'backup';
create database xietong owner xietong_owner;
SQL
