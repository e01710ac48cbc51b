"""`inbox/newsfeed` (RSS polls), `inbox/news_pages` (HTML), `inbox/clippings` (plain text)."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from .clippings import CLIPPINGS
from .files import Files
from .study_period import END, HOUR, START, local, rfc822, second_at
from .topics import Topic
from .world import World, stream

_ARTICLE_COUNT = 120
_FIRST_POLL = date(2026, 7, 5)
_POLL_COUNT = 9
_OVERLAP = 8
_PAGE_COUNT = 12
_HEADLINES = (
    "{p}：{e}，记者走访现场",
    "追踪｜{p}{e}之后",
    "{e}引关注，{p}居民怎么说",
    "{p}{e} 多部门介入",
)
_PARAGRAPHS = (
    "本报{p}{d}讯 {d}，{p}{e}的消息引发网友讨论。记者赶到现场时，附近商户大多照常营业。",
    "一位不愿具名的居民说，事情发生在{h}时左右，“先听见响动，后来才看到有人来处理”。",
    "截至发稿，当地尚未公布完整经过。记者致电有关部门，对方称正在核实。",
    "公开资料显示，{p}近年多次开展类似排查，去年共登记隐患{n}处。",
    "记者注意到，当地官方微博的评论区已有{n}余条留言，网友最关心的是原因和责任。",
    "示例大学一名研究者认为，及时公布信息比事后解释更能减少猜测。",
)
_PAGE_STYLES = ("json_ld", "meta", "text", "meta", "json_ld", "text")


@dataclass(frozen=True)
class Article:
    """One news article about an incident."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    published_at: int

    @property
    def url(self) -> str:
        return f"https://news.example/{local(self.published_at):%Y/%m/%d}/a{self.number:04d}.html"


def articles_of_feed(world: World) -> list[Article]:
    """120 articles on incidents, by time of publication."""
    rng = stream("articles")
    places = [topic for topic in world.incidents if topic.place.code]
    chosen = rng.sample(places, _ARTICLE_COUNT)
    drafts = [(_published(topic, rng), topic) for topic in chosen]
    drafts.sort(key=lambda draft: (draft[0], draft[1].title))
    return [_article(n, topic, at, rng) for n, (at, topic) in enumerate(drafts, start=1)]


def newsfeed(world: World) -> Files:
    """Nine weekly polls of one feed; each shows the newest items, so polls overlap."""
    articles = articles_of_feed(world)
    files: Files = {}
    reported = 0
    for week in range(_POLL_COUNT):
        day = _FIRST_POLL + timedelta(days=7 * week)
        polled_at = second_at(day, 20)
        known = sum(article.published_at < polled_at for article in articles)
        window = articles[max(reported - _OVERLAP, 0) : known]
        files[f"inbox/newsfeed/feed_{day:%Y%m%d}.xml"] = _feed(window, polled_at).encode()
        reported = known
    return files


def _published(topic: Topic, rng: Random) -> int:
    """Some hours around the topic's listing, so that some articles come before it."""
    at = topic.listed_from + int(rng.uniform(-3, 20) * HOUR)
    return min(max(at, START + 2 * HOUR), END - HOUR)


def _article(number: int, topic: Topic, published_at: int, rng: Random) -> Article:
    at = local(published_at)
    slots = {
        "p": topic.place.name,
        "e": topic.event,
        "d": f"{at.month}月{at.day}日",
        "h": at.hour,
        "n": rng.randint(11, 480),
    }
    title = rng.choice(_HEADLINES).format(**slots)
    chosen = [_PARAGRAPHS[0], *rng.sample(_PARAGRAPHS[1:], rng.randint(2, 3))]
    if number % 3 == 0:
        chosen.append(f"微博话题#{topic.title}#下，讨论仍在继续。")
    return Article(number, title, tuple(p.format(**slots) for p in chosen), published_at)


def _feed(articles: list[Article], polled_at: int) -> str:
    items = "\n".join(_item(article) for article in reversed(articles))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>样报网 - 社会</title>
<link>https://news.example/</link>
<description>样报网社会新闻（虚构）</description>
<language>zh-cn</language>
<lastBuildDate>{rfc822(polled_at)}</lastBuildDate>
{items}
</channel>
</rss>
"""


def _item(article: Article) -> str:
    body = ""
    if article.number % 4 == 0:
        paragraphs = "".join(f"<p>{html.escape(p)}</p>" for p in article.paragraphs)
        body = f"\n<content:encoded><![CDATA[{paragraphs}]]></content:encoded>"
    if article.number % 5 == 0:
        body += "\n<dc:creator>样报记者 例一</dc:creator>"
    return f"""<item>
<title>{html.escape(article.title)}</title>
<link>{article.url}</link>
<guid isPermaLink="true">{article.url}</guid>
<pubDate>{rfc822(article.published_at)}</pubDate>
<description>{html.escape(article.paragraphs[0])}</description>{body}
</item>"""


def news_pages(world: World) -> Files:
    """Twelve saved pages, three ways to say when they were published, one in GB18030."""
    rng = stream("news pages")
    unanswered = [c.topic for c in world.coverage if c.style == "none" and c.topic.place.code]
    files: Files = {}
    for number, topic in enumerate(rng.sample(unanswered, _PAGE_COUNT), start=1):
        article = _article(900 + number, topic, _published(topic, rng), rng)
        style = _PAGE_STYLES[number % len(_PAGE_STYLES)]
        encoding = "gb18030" if number == 7 else "utf-8"
        page = _page(article, style, encoding)
        files[f"inbox/news_pages/page_{number:02d}.html"] = page.encode(encoding)
    return files


def _page(article: Article, style: str, encoding: str) -> str:
    at = local(article.published_at)
    title = html.escape(article.title)
    paragraphs = "\n".join(f"<p>{html.escape(p)}</p>" for p in article.paragraphs)
    shown = f"{at:%Y年%m月%d日 %H:%M}" if style == "text" else "社会新闻"
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="{encoding}">
<title>{title}_样报网</title>
<link rel="canonical" href="{article.url}">
{_declared_date(article, style)}
</head>
<body>
<nav><a href="/">首页</a> <a href="/society">社会</a> <a href="/finance">财经</a>
<a href="/sports">体育</a> <a href="/app">下载客户端</a></nav>
<main><article>
<h1>{title}</h1>
<div class="meta"><span>样报网</span> <span>{shown}</span></div>
{paragraphs}
</article></main>
<aside><h3>热门推荐</h3><ul><li><a href="/1">一周天气</a></li><li><a href="/2">夏日菜谱</a></li>
</ul></aside>
<footer>关于我们 | 联系方式 | 版权声明 | 样报网 虚构网站 备案号 样ICP备00000000号</footer>
</body>
</html>
"""


def _declared_date(article: Article, style: str) -> str:
    iso = local(article.published_at).isoformat()
    if style == "json_ld":
        block = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.title,
            "datePublished": iso,
            "author": {"@type": "Person", "name": "例二"},
        }
        content = json.dumps(block, ensure_ascii=False)
        return f'<script type="application/ld+json">{content}</script>'
    if style == "meta":
        return f'<meta property="article:published_time" content="{iso}">'
    return ""


def clippings(world: World) -> Files:
    """Eight articles as people paste them into a text file, page furniture included."""
    del world  # the texts stand alone
    return {
        f"inbox/clippings/{name}.txt": text.lstrip("\n").encode()
        for name, text in CLIPPINGS.items()
    }
