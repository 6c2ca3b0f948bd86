# One image for web, workers, beat and ringer; what it becomes is the command it is given.
FROM python:3.11-slim-bookworm AS built

ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/gongduan
RUN pip install --no-cache-dir uv==0.13.9 && uv venv /opt/gongduan
COPY requirements.lock ./
RUN uv pip install --no-cache --python /opt/gongduan/bin/python --require-hashes --compile-bytecode \
    --requirements requirements.lock

FROM python:3.11-slim-bookworm

ENV PATH=/opt/gongduan/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    GONGDUAN_DATA=/var/lib/gongduan
RUN useradd --system --uid 10001 --home-dir /var/lib/gongduan --create-home gongduan
WORKDIR /srv/gongduan
COPY --from=built /opt/gongduan /opt/gongduan
COPY manage.py LICENSE ./
COPY config config
COPY run run
COPY contract contract
COPY accounts accounts
COPY rules rules
COPY evidence evidence
COPY disputes disputes
COPY notifications notifications
COPY studio studio
COPY templates templates
COPY static static
COPY locale locale
# Translations and static files need no secret and no server; these values live for this one command.
RUN python -m run.translations \
    && SECRET_KEY=for-collecting-static-files-only ALLOWED_HOSTS=localhost EMAIL_HOST=localhost \
       DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost \
       python manage.py collectstatic --noinput --verbosity 0
USER gongduan
VOLUME /var/lib/gongduan
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen(urllib.request.Request('http://127.0.0.1:8000/healthz/', headers={'Host': 'localhost'}), timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", \
     "--respawn-failed-workers", "--no-ws", "--log-level", "warning", "config.wsgi:application"]
