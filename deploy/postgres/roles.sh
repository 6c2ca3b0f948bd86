#!/usr/bin/env bash
# Runs once, when the database's folder is empty: the two roles, and the database that the owner owns.
set -euo pipefail

psql --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 \
    --set owner_password="$OWNER_PASSWORD" --set app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE gongduan_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE gongduan_app LOGIN PASSWORD :'app_password';
GRANT gongduan_app TO gongduan_owner;
CREATE DATABASE gongduan OWNER gongduan_owner;
REVOKE CONNECT ON DATABASE gongduan FROM PUBLIC;
GRANT CONNECT ON DATABASE gongduan TO gongduan_app;
SQL
