"""The project's settings for Scrapy with less patience, for servers that never come to an end."""

import os

from mirror.settings import *  # noqa: F403

DOWNLOAD_TIMEOUT = int(os.environ["TEST_PATIENCE"])
