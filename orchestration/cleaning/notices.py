"""What a site says where it does not show an article: log in, prove that you are human, not found.

Such pages come with status 200 and have text, so that they would be articles. They are told by
what they call themselves (whole parts of a title, never a word in one) and by sentences that speak
to the visitor; a report about a login or a captcha has neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LONGEST_NOTICE = 300
"""Characters of a text that is believed to be a notice by one of its sentences."""
LONGEST_ERROR_PAGE = 1500
"""Characters of a page that calls itself an error or a check. Some say at length what to try; with
more than this it has something of its own."""
MOST_BESIDE = 20
"""Letters beside the notices of a text that says nothing else: a button, the name of a site."""

LOGIN = "it looks like a login page: save it again after logging in"
CHECK = (
    "it looks like a check (captcha) whether the visitor is human: open the address in a browser, "
    "pass the check and save the page again"
)
MISSING = (
    "it looks like an error page: what stood under this address is gone or refused; look for the "
    "article under another address or in an archive"
)
LOCKED = (
    "its text is shown only to those who log in, pay or know a password: ask for it logged in, or "
    "leave it out"
)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_SEPARATOR = re.compile(
    r"\s+[-\u2013\u2014:/]+\s+|[-\u2013\u2014]{2,}|(?<=\D)-|-(?=\D)|[|\u01c0\uff5c\u00bb\u00ab\u203a_\u00b7\u2022]"
)
_WHO = "用户|会员|账号|账户|帐号|帐户|统一身份认证|密码|扫码|微信|手机"
_CHECKED = "安全|滑块|滑动|人机|访问|身份|行为|图形|拼图"
_WHAT = "页面?|网页|文章|内容|文件|链接"
_GONE = "不存在|未找到|找不到|没有找到|已?经?被?删除|已?失效|不见|走丢|出错"
_PLACE = "page|file|object|document|url|resource"
_NAMES = {
    LOGIN: _any(
        r"(?:please )?(?:sign|log)[ -]?in(?: (?:to|with|or) .{1,40})?",
        r"(?:account |member |user )?login(?: page| required)?",
        rf"请?先?(?:{_WHO})?登[录陆](?:页面?|界面|/?注册|验证|中心|系统|后台)?",
    ),
    CHECK: _any(
        r"just a moment(?:\.\.\.|\u2026)?|attention required!?|captcha",
        r"checking your browser.{0,40}",
        r"(?:security|human|bot|access) (?:check|verification)",
        r"(?:are you|verify (?:that )?you are|prove you are) (?:a )?(?:human|robot)\??",
        rf"(?:请?完成|请?进行)?(?:{_CHECKED})(?:安全)?(?:验证|校验|检测)(?:码|页面?|中心|中)?",
        r"(?:请?输入)?验证码",
    ),
    MISSING: _any(
        r"(?:http |error |错误 ?)?(?:40[0134]|410|429|451|50[0234])",
        r"(?:http |error |错误 ?)?(?:40[0134]|410|429|451|50[0234])[ :(]{1,2}"
        r"(?:error|bad request|unauthorized|forbidden|(?:page |file )?not found|gone"
        r"|too many requests|unavailable.{0,30}|internal server error|bad gateway"
        r"|service (?:temporarily )?unavailable|gateway time-?out)\)?!*\d*",
        r"40[34][ :]?(?:错误|页面|网页|您|你|抱歉|很抱歉|找不到|未找到|禁止).{0,20}",
        rf"(?:sorry,? )?(?:the )?(?:{_PLACE}) (?:(?:was |is |could |can)?not (?:be )?found"
        r"|not available|doesn.t exist)",
        r"not found|nothing found|forbidden|access denied|bad gateway|gateway time-?out",
        r"service (?:temporarily )?unavailable|internal server error",
        rf"(?:很?抱歉[，,! ]?)?[您你]?(?:要?访问|查看|请求|浏览|查找)?的?(?:{_WHAT})(?:{_GONE})了?",
        rf"(?:找不到|未找到|无法找到)[该此]?(?:{_WHAT})|(?:系统|服务器)(?:错误|繁忙|出错)",
        r"出错了|错误(?:页面?|提示)",
    ),
}
_READ = "查看|阅读|浏览|可见|访问|观看|显示|解锁"
_JOIN = "登录|登陆|注册|订阅|付费|购买|开通会员"
_SENTENCES = {
    CHECK: _any(
        r"(?:为[^，。]{1,30}[，,])?请[您你]?先?(?:完成|进行|通过|拖动|按住|滑动|点击|输入)"
        r"[^，。“”]{0,16}(?:验证|滑块|拼图)",
        r"(?:按住|拖动|向右拖动|向右滑动)[^，。“”]{0,6}滑块",
        r"检测到[您你]的?[^。“”]{0,16}(?:异常|频繁|过快|过多)|[您你]的?访问(?:过于频繁|出现异常)",
        r"(?:please )?(?:verify|confirm|prove) (?:that )?you are (?:not )?(?:a )?(?:human|robot)",
        r"(?:please )?(?:complete|solve) (?:the|this) (?:captcha|security check)",
        r"checking (?:if the site connection is secure|your browser)",
        r"(?:our systems|we)(?: have|.ve) detected unusual",
    ),
    LOCKED: _any(
        rf"[^，。“”]{{0,12}}?(?:请|需要?|须|仅限)[您你]?先?(?:{_JOIN}|会员)"
        rf"[^，。“”]{{0,5}}(?:{_READ})[^，。“”]{{0,8}}",
        rf"[^，。“”]{{0,12}}?(?:{_JOIN})(?:后|之后|才能?|即可|方?可|，)[^，。“”]{{0,4}}(?:{_READ})"
        r"[^，。“”]{0,8}",
        rf"(?:继续)?(?:{_READ})(?:全文|更多|剩余)[^，。“”]{{0,4}}请?先?(?:{_JOIN})",
        r"[^，。“”]{0,6}仅对?(?:登录|会员|订阅者?)[^，。“”]{0,4}可见",
        r"(?:[您你](?:还没有|尚未|需要先?)|请[您你]?先?)(?:登录|登陆)(?:账号|帐号|账户)?",
        r"[这该此本](?:是一)?篇?(?:文章|内容|日志|页面)?(?:受密码保护|已加密|[为是]加密内容)[^。“”]{0,40}",
        r"(?:要查看[它内容]{0,2}[，,]?)?请(?:在下[方面])?输入[您你]?的?访问?密码[^。“”]{0,12}",
        r"无法提供摘要|这是一篇受(?:密码)?保护的文章",
        r"(?:this (?:content|post|page) is )?password[- ]protected",
        r"there is no excerpt because this is a protected post",
        r"to view (?:it|this .{1,30}) please (?:enter|log|sign).{0,60}",
        r"(?:please |you (?:must|need to|have to) (?:be )?)?(?:log|sign)(?:ged|ed)?[ -]?in"
        r" (?:in order )?to (?:view|read|see|continue|access).{0,60}",
        r"(?:this \w+ is )?(?:available )?(?:only )?(?:for|to) (?:subscribers|members)(?: only)?",
        r"subscribe to (?:continue reading|read (?:more|on)).{0,40}",
    ),
    MISSING: _any(
        rf"(?:对不起|很?抱歉)?[，,!！]?[您你](?:要|所|想)?(?:访问|查看|请求|浏览|查找|打开)的?"
        rf"[^，。“”]{{0,6}}(?:{_WHAT})(?:可能)?(?:{_GONE})",
        rf"[该此本](?:{_WHAT}|微博)(?:已?被(?:发布者|作者|管理员)?删除|因违规无法查看|已?失效|不存在)",
        rf"the (?:requested )?(?:{_PLACE})(?: .{{1,80}}?)? (?:was|could|does|can|is)(?: ?not|n.t)"
        r" (?:be )?(?:found|exist|available)",
        r"(?:sorry[,!]? )?(?:we (?:can.t|cannot|couldn.t|could not) find (?:the|that) page"
        r"|the page you (?:requested|are looking for|were looking for)).{0,80}",
        r"you don.t have permission to access",
    ),
}
_SENTENCE = re.compile(r"(?:[^。！？!?\n；;.]|\.(?!\s))+")
_MARKS = re.compile(r"[\W_]+")
_AROUND = " \t\u3000.…,，[]【】()（）<>《》*-—"


def page_notice(names: Iterable[str], text: str, *, asks_for_password: bool) -> str | None:
    """What a whole page is instead of an article, with what to do about it; None for an article.

    names: what the page calls itself (its <title>, its headings). text: its running text.
    asks_for_password: whether it has a field for one; pages with articles often have one too.
    """
    kinds = {kind for name in names for kind in _kinds(name)}
    if asks_for_password and (LOGIN in kinds or len(text) < LONGEST_NOTICE):
        return LOGIN
    if len(text) <= LONGEST_ERROR_PAGE and (named := kinds & {CHECK, MISSING}):
        return CHECK if CHECK in named else MISSING
    if len(text) > LONGEST_NOTICE:
        return None
    if LOGIN in kinds:
        return LOGIN
    if any(CHECK in _kinds(line) for line in text.split("\n")):
        return CHECK
    said = (found for s in _SENTENCE.findall(text) if (found := _said(s)))
    return next((kind for kind, _ in said if kind != LOCKED), None) or text_notice(text)


def text_notice(text: str | None) -> str | None:
    """What a text says that says nothing but notices; None of one that says more, and of none."""
    if not text or len(text) > LONGEST_NOTICE:
        return None
    kinds, beside = [], 0
    for sentence in _SENTENCE.findall(text):
        kind, rest = _said(sentence) or (None, sentence)
        kinds += [kind] if kind else []
        beside += len(_MARKS.sub("", rest))
    return kinds[0] if kinds and beside <= MOST_BESIDE else None


def _kinds(name: str) -> Iterator[str]:
    """What a name says, as a whole or in one of the parts between its separators."""
    whole = " ".join(name.split())
    for part in {whole, *_SEPARATOR.split(whole)}:
        bare = part.strip(_AROUND + "。!！")
        yield from (kind for kind, names in _NAMES.items() if names.fullmatch(bare))


def _said(sentence: str) -> tuple[str, str] | None:
    """The notice with which a sentence begins, and what follows it there."""
    bare = sentence.strip(_AROUND)
    for kind, said in _SENTENCES.items():
        if match := said.match(bare):
            return kind, bare[match.end() :]
    return None
