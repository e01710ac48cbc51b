"""What columns are called: names in English and Chinese, and the core columns they speak of.

Used only to propose a declaration; a person decides. Names are compared without case, spaces,
underscores and signs. Earlier names of a list are the better evidence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

RoleKind = Literal["id", "text", "count", "instant", "rank", "flag", "list"]


@dataclass(frozen=True)
class Role:
    """A core column that a source column may fill."""

    column: str
    kind: RoleKind
    names: tuple[str, ...]


@dataclass(frozen=True)
class Candidate:
    """A core table a file may hold. `required`: roles without which it cannot be."""

    table: str
    required: tuple[Role, ...]
    optional: tuple[Role, ...]
    one_of: tuple[str, ...] = ()
    """Optional columns of which at least one must be there."""


def key_of(name: str) -> str:
    """A column name for comparison."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


_USER = ("uid", "user_id", "account_id", "author_id", "userid", "user.id", "用户id", "博主id",
         "账号id", "作者id", "twitter_id", "owner_id", "did")  # fmt: skip
_NAME = ("screen_name", "user_name", "username", "nickname", "handle", "昵称", "用户昵称", "用户名",
         "用户名称", "账号名称", "账号名", "账号", "博主", "user", "account", "twitter", "name",
         "author")  # fmt: skip
_POST = ("post_id", "mid", "weibo_id", "tweet_id", "status_id", "微博id", "帖子id", "note_id",
         "aweme_id", "message_id", "id_str", "id")  # fmt: skip
_TIME = ("posted_at", "created_at", "publish_time", "published_at", "create_time", "发布时间",
         "发表时间", "pub_time", "post_time", "publish_date", "created", "published", "timestamp",
         "datetime", "date", "time", "日期", "时间")  # fmt: skip
_TEXT = ("text", "full_text", "content", "微博正文", "正文", "内容", "base_text", "body", "tweet",
         "message")  # fmt: skip
_LIKES = ("likes", "like_count", "likes_count", "like_num", "attitudes_count", "点赞数", "点赞量",
          "点赞", "赞", "赞数", "favorites", "favorite_count", "favourites_count", "digg_count",
          "liked_count")  # fmt: skip
_COMMENTS = ("comments", "comments_count", "comment_count", "comment_num", "评论数", "评论量",
             "评论", "replies", "reply_count", "replies_count")  # fmt: skip
_REPOSTS = ("reposts", "reposts_count", "repost_count", "repost_num", "转发数", "转发量", "转发",
            "retweets",
            "retweet_count", "shares", "share_count", "shared_count", "forwards",
            "reblogs_count")  # fmt: skip
_READS = ("reads", "read_count", "views", "view_count", "阅读数", "阅读量", "播放量", "浏览量",
          "浏览数", "播放数",
          "impressions")  # fmt: skip
_FOLLOWERS = ("followers", "followers_count", "follower_count", "fans", "fans_count", "粉丝数",
              "粉丝", "粉丝量", "subscribers", "count")  # fmt: skip
_FOLLOWING = ("following", "following_count", "follow_count", "friends_count", "friends", "关注数",
              "关注")  # fmt: skip
_STATUSES = ("statuses", "statuses_count", "weibo_count", "tweets", "tweet_count", "posts_count",
             "微博数", "发博数", "statuses_num")  # fmt: skip
_URL = ("url", "link", "article_url", "href", "链接", "网址", "地址", "permalink")
_TITLE = ("title", "headline", "标题", "题目")

OBSERVED = (
    "observed_at", "crawl_time", "crawled_at", "crawled", "scraped_at", "collected_at",
    "fetched_at", "captured_at", "retrieved_at", "采集时间", "抓取时间", "爬取时间",
    "last_modify_ts",
    "snapshot_date", "snapshot_at",
)  # fmt: skip
"""Names of the column that says when the collector looked."""

METRICS = (
    Role("likes", "count", _LIKES), Role("comments", "count", _COMMENTS),
    Role("reposts", "count", _REPOSTS), Role("reads", "count", _READS),
)  # fmt: skip

CANDIDATES: tuple[Candidate, ...] = (
    Candidate(
        "deletions",
        (
            Role("post_id", "id", _POST),
            Role("seen_until_at", "instant", ("seen_until_at", "last_seen_at", "last_seen",
                                              "deleted_last_seen", "最后可见时间")),
        ),
        (
            Role("account_id", "id", _USER),
            Role("missing_at", "instant", ("missing_at", "deleted_at", "删除时间")),
        ),
    ),
    Candidate(
        "comments",
        (
            Role("comment_id", "id", ("comment_id", "cid", "评论id", "rpid")),
            Role("commented_at", "instant", ("commented_at", "comment_time", "评论时间", *_TIME)),
        ),
        (
            Role("post_id", "id", _POST), Role("account_id", "id", _USER),
            Role("text", "text", ("comment_text", "评论内容", *_TEXT)), METRICS[0],
        ),
    ),
    Candidate(
        "inquiries",
        (
            Role("inquiry_id", "id", ("inquiry_id", "petition_id", "reply_id", "留言id", "留言编号",
                                      "信件编号", "工单编号", "ticket_id", "编号")),
            Role("asked_at", "instant", ("asked_at", "ask_time", "留言时间", "提问时间", "来信时间",
                                         "留言日期", "提问日期", "来信日期", "reply_date",
                                         "submitted_at", *_TIME)),
        ),
        (
            Role("answered_at", "instant", ("answered_at", "answer_time", "handle_time", "回复时间",
                                            "答复时间", "办结时间", "办理时间", "回复日期",
                                            "答复日期", "办结日期", "reply_time")),
            Role("status_text", "text", ("status", "state", "state_info", "状态", "办理状态",
                                            "处理状态", "回复状态")),
            Role("region_text", "text", ("region", "province", "地区", "省份", "area", "city")),
            Role("addressee_text", "text", ("addressee", "department", "留言对象", "部门",
                                            "承办单位")),
            Role("channel", "text", ("channel", "渠道")),
        ),
    ),
    Candidate(
        "posts",
        (
            Role("post_id", "id", _POST), Role("account_id", "id", _USER),
            Role("posted_at", "instant", _TIME),
        ),
        (
            Role("text", "text", _TEXT),
            Role("hashtags", "list", ("hashtags", "tags", "topics", "话题", "标签")),
            Role("is_repost", "flag", ("is_repost", "is_retweet", "是否转发")),
            Role("repost_of_post_id", "id", ("repost_of_post_id", "retweet_id", "retweeted_id",
                                             "原微博id", "源微博id")),
            Role("reply_to_post_id", "id", ("reply_to_post_id", "in_reply_to_status_id",
                                            "in_reply_to_post_id", "回复微博id")),
        ),
    ),
    Candidate(
        "hot_topic_slots",
        (
            Role("topic", "text", ("topic", "keyword", "hot_word", "word", "热搜词", "热搜", "话题",
                                   *_TITLE)),
            Role("slot_at", "instant", ("slot_at", "slot", "hour", "captured_at", *_TIME)),
        ),
        (
            Role("rank", "rank", ("rank", "ranking", "position", "排名", "序号", "名次")),
            Role("heat", "count", ("heat", "hot", "hot_value", "heat_value", "热度", "热度值",
                                   "hot_num", "num")),
            Role("reads", "count", _READS),
            Role("category", "text", ("category", "分类", "类别")),
        ),
        one_of=("rank", "heat"),
    ),
    Candidate(
        "account_snapshots",
        (Role("account_id", "id", (*_USER, "id")),),
        (
            Role("screen_name", "text", _NAME), Role("followers", "count", _FOLLOWERS),
            Role("following", "count", _FOLLOWING), Role("statuses", "count", _STATUSES),
            Role("registered_at", "instant", ("registered_at", "registration_time", "注册时间",
                                              "joined_at", "join_date")),
            Role("verified_type", "text", ("verified_type", "认证类型")),
        ),
        one_of=("screen_name", "followers", "following", "statuses", "verified_type"),
    ),
    Candidate(
        "post_metric_snapshots",
        (Role("post_id", "id", _POST), Role("account_id", "id", _USER)),
        METRICS,
        one_of=("likes", "comments", "reposts", "reads"),
    ),
    Candidate(
        "articles",
        (Role("url", "text", _URL),),
        (
            Role("title", "text", _TITLE), Role("text", "text", _TEXT),
            Role("published_at", "instant", _TIME),
            Role("author", "text", ("author", "byline", "作者", "记者")),
            Role("outlet", "text", ("outlet", "media", "publisher", "source", "来源", "媒体")),
        ),
        one_of=("title", "text"),
    ),
)  # fmt: skip

KNOWN = frozenset(
    key_of(name)
    for candidate in CANDIDATES
    for role in (*candidate.required, *candidate.optional)
    for name in role.names
)
"""Every name that is known, for comparison: a first row that holds one is a header."""

ACCOUNT_BY_NAME = Role("account_id", "id", _NAME)
"""Where a file names accounts but gives no ids."""

POST_IN_ADDRESS: Mapping[str, str] = {
    "twitter.com": r"/status(?:es)?/(\d+)",
    "x.com": r"/status(?:es)?/(\d+)",
    "weibo.cn": r"/(?:status|detail)/(\d{16})",
}
"""How an address tells a post's id, by host."""

INQUIRY_STATES: Mapping[str, str] = {
    key_of(word): state
    for state, words in (
        ("answered", ("answered", "replied", "resolved", "已办理", "已办结", "办结", "已回复",
                      "已答复", "已处理", "已解决", "已完成")),
        ("in_progress", ("in_progress", "processing", "办理中", "处理中", "受理中", "已受理",
                         "正在办理", "正在处理", "已交办", "已转办", "转办中")),
        ("open", ("open", "pending", "待回复", "待办", "待办理", "待处理", "待受理", "未回复",
                  "未办理", "未处理", "未受理")),
    )
    for word in words
}  # fmt: skip
"""Words of message boards for the state of a question, and the code of each."""

TIME_PATTERNS = (
    "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S",
    "%d/%m/%y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M",
    "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S", "%Y.%m.%d %H:%M:%S", "%Y.%m.%d %H:%M", "%d %b %Y %H:%M",
    "%b %d, %Y %H:%M", "%b %d, %Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p",
    "%Y%m%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d.%m.%Y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y",
    "%b %d, %Y", "%B %d, %Y",
)  # fmt: skip
"""Notations that are tried on times which are in none of the usual ones."""
