# The product as one image: web, worker, beat and migrations are the same image with other commands.
FROM node:22-bookworm-slim AS frontend
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --create-home --uid 10001 xietong
WORKDIR /srv/xietong
COPY requirements.lock ./
RUN pip install --require-hashes --no-deps -r requirements.lock
COPY --chown=xietong:xietong . .
COPY --from=frontend --chown=xietong:xietong /build/node_modules ./node_modules
RUN mkdir -p /srv/files /srv/static && chown xietong:xietong /srv/files /srv/static \
    && python manage.py compilecatalogues && rm -rf .state
USER 10001
ENV MEDIA_DIR=/srv/files STATIC_ROOT=/srv/static
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "4", "--no-control-socket"]
