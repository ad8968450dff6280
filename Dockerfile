# The site as one image without secrets; docs/operations.md explains how to run it.

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
WORKDIR /app
COPY requirements.txt ./
RUN /venv/bin/pip install --require-hashes -r requirements.txt
COPY . ./
# collectstatic needs valid settings, not real ones. These values are used on this line only.
RUN DJANGO_SETTINGS_MODULE=hw4all.settings.production STATIC_ROOT=/app/static-built \
    SECRET_KEY=only-to-collect-static-files-while-the-image-is-being-built ALLOWED_HOSTS=localhost SITE_URL=https://localhost \
    EMAIL_URL=consolemail:// DEFAULT_FROM_EMAIL=build@localhost \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0
RUN /venv/bin/python -m compileall -q /app /venv

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=hw4all.settings.production \
    STATIC_ROOT=/app/static-built \
    VAR_DIR=/data
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin site && install -d -o site -g site /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import http.client, os, sys; site = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('PORT', '8000')), timeout=4); site.request('GET', '/healthz', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0].strip().lstrip('.')}); sys.exit(site.getresponse().status != 200)"]
CMD ["gunicorn", "--no-control-socket"]
