"""A database of one's own for benchmarks that need one: on the servers of the tests, walls and all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_database() -> Iterator[str]:
    """Start the test servers, make a copy of the template database, connect Django to it as the application.

    Gives the name of the database, which is dropped afterwards. The servers run without fsync: a write costs
    what PostgreSQL computes, not what the disk takes.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded
    from tests import folder, plugin

    plugin.STATE = folder.ON_DISK  # millions of rows
    plugin.STATE.mkdir(parents=True, exist_ok=True)
    os.environ["STATE_DIR"] = str(plugin.STATE)
    os.environ |= embedded.local_keys(plugin.STATE)
    os.environ |= embedded.addresses(plugin.STATE)
    os.environ["XIETONG_TEST_SERVERS"] = "embedded"
    plugin.start_servers()
    import django

    django.setup()
    from django.db import connections

    from config import memory

    memory.settle()  # as every process that serves or works does

    try:
        with plugin.copy_of_template(f"xietong_bench_{os.getpid()}") as database:
            plugin.connect_to(database)
            try:
                yield database
            finally:
                connections.close_all()
    finally:
        embedded.stop()
