"""Settings for tools that read the models but start nothing (type checks)."""

import os

from config import embedded

os.environ.update(embedded.local_keys(embedded.state_folder()) | embedded.no_servers())

from config.settings import *  # noqa: F403
