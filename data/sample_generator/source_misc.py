"""`inbox/misc`: two files that no reader recognises, and `sources.yaml`."""

from __future__ import annotations

from .files import Files
from .world import World, stream

_NOTES = """\
样城 call back ;; 03
>> 12|x|?? do not forget the keys
~~~ 7 7 7 ~~~
"""
_PICTURE_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00\x08\x06"

SOURCES_YAML = """\
# What the folders of the sample's inbox hold. Everything below is invented.
# hot_daily, news_pages and misc have no entry on purpose: their files are sniffed.
settle_seconds: 0
synthetic: true
sources:
  - name: spider_tweets            # every row says when it was collected (crawl_time)
    format: weibo_spider_jsonl
    platform: weibo
    timezone: Asia/Shanghai
  - name: spider_users
    format: weibo_spider_jsonl
    platform: weibo
    timezone: Asia/Shanghai
  - name: crawler_csv              # the files say neither when they were collected nor whose
    format: weibo_crawler_csv      # they are; the uid is the file name, the kind in registry/
    platform: weibo
    timezone: Asia/Shanghai
    observed_at: 2026-08-30T02:30:00+08:00
  - name: hot_hourly
    format: hot_search_hourly_json
    platform: weibo
    timezone: Asia/Shanghai
  - name: newsfeed
    format: rss
    timezone: Asia/Shanghai
    observed_at: file_name
  - name: clippings
    format: text_article
    timezone: Asia/Shanghai
    observed_at: 2026-08-30T02:30:00+08:00
  - name: registry
    format: account_list_csv
    platform: weibo
    timezone: Asia/Shanghai
    observed_at: file_name
  - name: followers
    format: follower_series_csv
    platform: weibo
    timezone: Asia/Shanghai
  - name: rumours                  # two formats in one folder: no `format`, so each is sniffed
    observed_at: 2026-08-30T02:30:00+08:00
  - name: message_board
    format: mapped
    reader: csv
    table: inquiries
    timezone: Asia/Shanghai
    observed_at: 2026-08-30T02:30:00+08:00
    columns:
      inquiry_id: replyID
      asked_at: replyDate
      answered_at: handleTime
      status: {from: stateInfo, map: {已办理: answered, 办理中: in_progress, 待回复: open}}
      region_text: province
      addressee_text: addressee
"""


def misc(world: World) -> Files:
    """What lies about in real inboxes."""
    del world  # they mean nothing
    noise = stream("picture").randbytes(1800)
    return {
        "inbox/misc/notes.dat": _NOTES.encode(),
        "inbox/misc/screenshot.png": _PICTURE_HEAD + noise,
        "sources.yaml": SOURCES_YAML.encode(),
    }
