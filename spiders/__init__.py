"""The spiders of this project, found by Scrapy through `SPIDER_MODULES`."""
