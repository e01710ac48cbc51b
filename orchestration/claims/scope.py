"""What a figure counts and of whom: class noun, actors, sector, platforms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.claims.numbers import Figure
from orchestration.claims.speakers import is_english_name

Span = tuple[int, int]

_MODIFIED = (
    r"(?!\s+(?:platforms?|sites?|services?|web|operators?|provider|campaign|era|age|world|market|"
    r"users?|posts?|messages?|entries|followers?|fans|accounts?|community|management|office|"
    r"report|boom|technology|feed|pages?))"
)
_ENGLISH_NOUNS = (
    ("followers", r"follower\s+(?:numbers?|counts?)|"
                  r"following(?=\s+(?:of|had|has|grew|rose|reached|now)\b)|"
                  r"(?:twitter|weibo|facebook|wechat|online|microblog|social[\s-]media)\s+following|"
                  r"followers?|fans|subscribers|listeners|"
                  r"people\s+(?:have\s+)?(?:follow(?:ed|ing)?|"
                  r"subscrib\w+)"),
    ("comments", r"comments?|replies(?!\s+to\b)"),
    ("reposts", r"reposts?|retweets?|forwards|shares|(?:(?<=was\s)|(?<=were\s)|(?<=been\s))shared|"
                r"forwarded|reposted|retweeted"),
    ("likes", r"likes|liked"),
    ("reads", r"(?:page\s+)?views|reads|hits|viewed|"
              r"(?<=were\s)read|(?<=was\s)read|(?<=been\s)read|watched"),
    ("questions", r"questions|inquiries|enquiries|queries|complaints|tip-?offs|petitions"),
    ("users", r"(?:micro-?\s?bloggers|(?:micro-?\s?blog(?:ging)?\s+|weibo\s+|internet\s+)?users|"
              r"netizens)"),
    ("posts", r"(?:tweeted|microblogged|blogged|posted|published|updated)(?=\s+(?:(?:more|less|"
              r"fewer|than|over|some|about|nearly|"
              r"almost|around|at|least|a|total|of|roughly)\s+){0,4}\d[\d,.]*(?:\s+million)?\s+times)|"
              r"(?:micro-?\s?blog(?:ging)?\s+|weibo\s+)?(?:posts|messages|entries|updates|"
              r"items|tweets|articles|(?:short\s+)?(?:videos|clips))"),
    ("accounts", rf"(?:government|institutional|official|agency|police)\s+users|"
                 rf"(?:micro-?\s?blog(?:ging)?\s+|weibo\s+)?(?<!bank\s)(?<!savings\s)accounts|"
                 rf"micro-?\s?blogs{_MODIFIED}|"
                 r"(?<=facebook\s)pages|(?<=weibo\s)pages|(?<=wechat\s)pages|(?<=official\s)pages|(?<=weibo\s)feeds|(?<=douyin\s)channels|"
                 r"(?<=youtube\s)channels|(?<=wechat\s)channels|(?<=official\s)(?:feeds|channels)|(?<=twitter\s)handles|(?<=twitter\s)feeds"),
    ("officers", r"(?:police\s*)?officers|policemen|officials|judges|civil\s+servants|cadres|"
                 r"public\s+servants|ambassadors|consuls(?:[\s-]general)?|diplomats|envoys|mayors|"
                 r"governors|(?:party\s+)?secretaries|prosecutors|magistrates|fire\s?fighters|"
                 r"spokes(?:men|people|persons)|legislators|lawmakers|police\s+chiefs|ministers|"
                 r"detectives|patrolmen|wardens"),
    ("organs", r"counties|prefectures|townships|municipalities|provinces|departments|agencies|"
               r"bureaus|organs|institutions|government\s+offices|"
               r"police\s+stations|(?:provincial|municipal|city|county|district|town(?:ship)?|local)\s+governments|"
               r"government\s+bodies|courts|procuratorates|ministries|"
               r"(?:village|neighbou?rhood|residents['’]?|party)\s+committees|committees|commissions|"
               r"hospitals|schools|universities|colleges|museums|libraries|embassies|consulates|"
               r"authorities|offices|observatories|cent(?:er|re)s|prisons|administrations|bodies|"
               r"organi[sz]ations|police\s+forces|(?:police|traffic|fire)\s+(?:teams|squads)|squads|brigades|detachments"),
)  # fmt: skip
_CHINESE_NOUNS = (
    ("followers", r"[掉涨增吸圈]粉(?!丝)|粉丝|听众|关注者|"
                  r"关注(?:用户|人数|量)|订阅(?:用户|人数|量|数)"),
    ("comments", r"评论|留言|跟帖"),
    ("reposts", r"转发|转评"),
    ("likes", r"点赞|赞(?![成扬赏助])"),
    ("reads", r"阅读量|阅读数|访问量|阅读|浏览量?|点击量?|观看量?|播放量?"),
    ("questions", r"提问|咨询|投诉|问题|求助|举报|诉求"),
    ("users", r"(?<!机构)(?<!部门)(?<!机关)(?<!单位)(?<!官员)"
              r"(?<!政务)(?<!公安)(?<!民警)(?<!政府)用户|网民|网友|博主"),
    ("posts", r"博文|发[博文布帖稿]总?[量数]|(?<=发)稿|帖子|微博信息|微博内容|信息|图文|推文|"
              r"短视频(?!账|帐|号|平台)|视频作品|作品"),
    ("accounts", r"(?:(?<!新浪)(?<!腾讯)(?<!民网)(?<!人民)微博|官微(?!博)|官博|(?:新浪|腾讯|"
                 r"人民网)微博(?=账|"
                 r"帐))(?!平台|网站|客户端|用户|粉丝|信息|内容|服务|报告|发展|问政|评论|管理)(?:客)?(?:账号|帐号|账户|帐户)?|"
                 r"(?:微信)?(?:公众号|公众账号|公众帐号|订阅号|服务号|视频号)|(?:抖音|快手|头条|政务|企鹅|百家)号|"
                 r"(?:微信|抖音|快手|头条)(?=(?:已|共|有|约|达|近|超过?|逾)*\d+\s?[余多]?个)|(?:官方|政务|警务|公安|法院)微信(?!群|平台|用户|公众|公共|订阅|服务|账|帐|、)|账号|帐号|账户|帐户|"
                 r"(?:公务人员|公职人员|官员|民警|个人|机构|部门)类(?=[账微]|(?:共|有|约|达|为|近|超过?|逾)*\d)|(?<=机构|部门|机关|单位|官员|政务|公安|民警|政府)用户|政务新媒体(?!账|帐|平台|发展|管理|工作|建设)"),
    ("officers", r"公安局长|(?:公安|警务|公职|党政|司法)人员|民警|警察|警员|干警|警官|法官|检察官|"
                 r"局长|厅长|所长|市长|县长|官员|公务员|公职人员|党政干部|干部|公务人员|大使(?!馆)|总领事(?!馆)|"
                 r"领事(?!馆)|外交官|新闻发言人|发言人|书记|消防员|人大代表|政协委员"),
    ("organs", r"公安机关|公安局|公安分局|分局|派出所|[总支大]队|法院|检察院|部委|党政机构|"
               r"政务机构|政府机构|政府(?!部门|机构|官员|机关|网站|门户|新闻办|办公|微博|官方|类|官微(?!博)|微信)|机构|部门|单位|机关|乡镇|村委会|居委会|社区|街道办事处|街道办|医院|学校|高校|中小学|"
               r"使领?馆|总?领馆|领事馆|博物馆|图书馆|气象台|气象局|景区|监狱|看守所|(?:服务|援助|指挥|救助|管理|疾控|急救)中心|党组织|团组织"),
)  # fmt: skip
_ALL_ENGLISH = re.compile(
    "|".join(rf"(?P<{name}>\b(?:{pattern})\b)" for name, pattern in _ENGLISH_NOUNS), re.IGNORECASE
)
_ALL_CHINESE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _CHINESE_NOUNS))

_OF_CLASSIFIER = {
    "条": ("posts", "comments", "reposts", "questions"), "篇": ("posts",),
    "件": ("questions",), "封": ("questions",),
    "次": ("reposts", "comments", "reads", "likes", "questions"),
    "人次": ("reads", "comments", "reposts"),
    "个": ("accounts", "organs", "officers", "followers", "questions", "users", "likes"),
    "家": ("accounts", "organs"), "所": ("organs",), "名": ("officers", "followers", "users"),
    "位": ("officers", "followers", "users"), "人": ("officers", "followers", "users"),
}  # fmt: skip
_DIRECT_ENGLISH = re.compile(
    r"(?!.*\b(?:in|on|by|to|from|at|with|for|and|that|which|who|when|while|if|because|since|after|their|its|the)\b)"
    r"[\s\w'’-]*$|\s+[\w-]+\s+and\s+(?:\w+\s+){0,2}$|\s+of\s+(?:the|these|its|their|all|China['’]s)?[\s\w'’-]{0,30}$|"
    r"\s+mark\s+(?:in|for)\s+(?:\w+\s+)?$|"
    r"\s+(?:(?:were|was|are|is|had\s+been|have\s+been|being)\s+)?(?:(?:run|opened|owned|held|"
    r"set\s+up|registered|kept|operated|belong(?:ing|ed)?)\s+)?(?:by|to)\s+[\w'’ -]{0,30}$",
    re.IGNORECASE,
)
_NO_NOUN_ENGLISH = re.compile(
    r"\s*(?:$|[,.;:)—-]|(?:in|on|at|by|as|and|or|but|to|from|with|this|last|so|since|for|during|nationwide|now|"
    r"today|up|down|were|was|are|have|had|has|respectively|a|an|the|while|when|who|which|that|compared|"
    r"within|between|through|until|across|over|per|each|after|before|according|times)\b)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"blogs? and|博客(?!群)|论坛", re.IGNORECASE)
"""What has accounts and posts and is no account that we speak of."""
_NO_NOUN_CHINESE = re.compile(
    r"增|居首|位居|排名|领先|居全国|居第|上升|升|[，。；：、！？）)”]|$|(?:大关|左右|以上|，)"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_FROM = re.compile(r"(?:from|to|从|到)\b|[从到]", re.IGNORECASE)
"""What a range begins with whose noun comes behind it: from 5 to 9, the number of accounts rose."""
_CONTINUES = re.compile(
    r"(?:^|[,，、]|percent|%|％)[^,，]{0,40}?(?:以|\b(?:to|reach(?:ing|ed)?|total(?:l?ing|ed)|numbering|hitting)|"
    r"达到?了?|(?:增|升|降|减|涨|增长|增加|上升|下降|减少)(?:至|到)(?:目前|现在|如今|(?:(?:19|20)\d\d年|今年|去年)?(?:\d{1,2}月)?(?:底|末|份)?)?的?|升至|增长到|增加到|到(?:目前|现在|如今)的?|突破了?|超过了?|总数为?|累计(?:已?达)?|合计|总计|总量(?:已?达|为)?|共计?|为|有)\s*$",
    re.IGNORECASE,
)
_FOLLOWED_BY = re.compile(
    r"\b(?:is|are|was|were|been|being|now)\s+(?:followed|subscribed\s+to)\s+by\s+$", re.IGNORECASE
)
_DONE_BY = re.compile(
    r"\b(?:(?P<reads>viewed|read|seen|watched|clicked(?:\s+on)?)|(?P<reposts>forwarded|reposted|retweeted|shared)|"
    r"(?P<likes>liked)|(?P<comments>commented\s+on|commented\s+upon))\s+by\s+$",
    re.IGNORECASE,
)
"""Viewed by 4.6 million people: reads, as often as people."""
_BY_READERS_ZH = re.compile(
    r"(?:网友|网民|用户|市民|粉丝|读者)?(?:(?P<reads>阅读|浏览|观看|点击)|(?P<reposts>转发)|(?P<likes>点赞)|(?P<comments>评论|留言|跟帖))"
    r"(?!量|数|率|总)(?=[，。；、了过]|$|这|该)"
)
"""被120万网友阅读, 2300人点赞."""
_FOLLOW_ZH = re.compile(r"(?:网友|用户|市民|网民)?已?(?:关注|订阅|收听)了?")
_BESIDE_CLASSIFIER = 3
_ANSWERED = re.compile(
    r"\b(?:repl(?:y|ied|ies|ying)\s+to|answer(?:ed|s|ing)?|respond(?:ed|s|ing)?\s+to)\s+$",
    re.IGNORECASE,
)
_MEDIUM_NAME = (
    r"(?:Sina|Tencent|Weibo|We\s?Chat|Douyin|Twitter|Facebook|Toutiao|Kuaishou|government|"
    r"institutional|official|personal|police|agency|individual)"
)
_AND_NEXT = re.compile(
    rf"(?:\s+{_MEDIUM_NAME})?\s+and\s+(?:about\s+|nearly\s+|almost\s+|over\s+|more\s+than\s+|some\s+)?"
)
_USED = re.compile(
    r"\b(?:people|whom|them)\s+(?:now\s+|already\s+)?(?:us(?:ed|e|ing)|wr(?:ote|ite)|read|follow(?:ed)?|visit(?:ed)?)\s",
    re.IGNORECASE,
)
"""281 million of whom used microblogs: people are users of them."""
_OUT_OF = re.compile(
    r"\s+(?:out\s+)?of\s+(?:(?:the|all|its|their|some|about|[\w]+['’]s)\s+)*", re.IGNORECASE
)
_DIRECT_CHINESE_AFTER = re.compile(
    r"[^，,。；;：、的在了已将被过和与及]{0,12}(?:的[^，。；、的]{0,8})?$"
)
_DIRECT_CHINESE_BEFORE = re.compile(
    r"(?:总数|总量|数量|人数|量|数|客|达到?了?|已|共计?|有|为|超过了?|突破了?|逾|约|近|至|到|增至|增加到|"
    r"增长到|升至|累计|合计|总计|(?:[一两半]年|[一二两三四五六七八九十]个月|一周|一夜|一天)(?:之间|间|来|内)?|年初的?|分别|也|则|仅|就|从|由|大概|将近|接近|不到|不足|至少|和|是|即|高达|已经|更|竟|才|在|如今|目前|[\s：:“”（(])*$"
)
_POSTING = re.compile(
    r"\b(?:post|publish|releas|sent|send|issu|writ|wrote|put out|upload)\w*\s+"
    r"(?:a total of\s+|more than\s+|over\s+|about\s+|nearly\s+|some\s+)?$|"
    r"(?:发布|发出|发表|发送|推送|发)了?(?:政务|公安|各类|原创|官方)?(?:微博)?(?:共|共计|累计|已|达|约|近|超过|逾)?$",
    re.IGNORECASE,
)
_ADOPTION = re.compile(
    r"micro-?\s?blog|weibo|accounts?\b|twitter|facebook|bilibili|微博|官微(?!博)|官博|开博|订阅号|服务号|视频号|账号|帐号|公众号|(?:抖音|快手|头条|政务)号|"
    r"政务新媒体|(?:官方|政务|警务)微信|(?:入驻|登陆|落户|进驻|玩)[^，。；]{0,8}(?:微信|抖音|快手|头条)|"
    r"(?:抖音|快手|头条|推特|脸书)(?:上|开|平台)|在(?:抖音|快手|推特|脸书|海外社交)|douyin|kuaishou|toutiao|tiktok|youtube|we\s?chat",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True)
class Noun:
    metric: str
    start: int
    end: int


def noun_of(sentence: str, figure: Figure, segment: Span, is_chinese: bool) -> Noun | None:
    """The class noun that a figure counts; segment: its clause up to the neighbouring figures."""
    nouns = _nouns(sentence, segment, is_chinese)
    is_alone = not is_chinese or _NO_NOUN_CHINESE.match(sentence[figure.end :])
    if (
        not nouns
        and is_alone
        and _CONTINUES.search(sentence[segment[0] - 1 if segment[0] else 0 : figure.start])
    ):
        # What grew is named before the comma, or before the rate by which it grew.
        nouns = _nouns(sentence, (0, figure.start), is_chinese)
    if not nouns and _FROM.match(sentence[segment[0] : figure.start].lstrip()) is not None:
        nouns = _nouns(sentence, (figure.end, len(sentence)), is_chinese)[:1]
        if nouns and _fits(nouns[0], figure):
            return nouns[0]
    if one := _in_turn(sentence, figure, is_chinese):
        return one
    if _OUT_OF.fullmatch(sentence[figure.end : segment[1]]):
        # 40 of the country's 100 accounts: what both count is named once.
        of_both = _nouns(sentence, (segment[1], len(sentence)), is_chinese)[:1]
        if of_both and _fits(of_both[0], figure):
            return of_both[0]
    if not is_chinese and _AND_NEXT.fullmatch(sentence, figure.end, segment[1]):
        # 120,000 and 45,000 followers: what both count is named once.
        of_both = _nouns(sentence, (segment[1], len(sentence)), is_chinese)[:1]
        next_figure = re.compile(
            rf"[\w.,]+(?:\s+(?:million|thousand|billion))?\s+(?:{_MEDIUM_NAME}\s+)?"
        )
        beside = next_figure.match(sentence, segment[1])
        if of_both and beside and of_both[0].start == beside.end():
            return of_both[0]
    if _FOLLOWED_BY.search(sentence[segment[0] : figure.start]) and figure.classifier != "条":
        return Noun("followers", figure.end, figure.end)
    if done := _BY_READERS_ZH.match(sentence, figure.end):
        return Noun(str(done.lastgroup), figure.end, figure.end)
    if done := _DONE_BY.search(sentence[segment[0] : figure.start]):
        return Noun(str(done.lastgroup), figure.end, figure.end)
    if figure.classifier in ("人", "名", "位") and _FOLLOW_ZH.match(sentence, figure.end):
        return Noun("followers", figure.end, figure.end)
    fitting = [noun for noun in nouns if _fits(noun, figure)]
    chosen = (_chinese_noun if is_chinese else _english_noun)(sentence, figure, fitting)
    before = sentence[segment[0] : figure.start]
    if figure.classifier in ("条", "篇") and (chosen is None or chosen.metric == "accounts"):
        if chosen is None and not _NO_NOUN_CHINESE.match(sentence[figure.end :]):
            return None  # of rivers, not of posts
        return Noun("posts", figure.end, figure.end)
    if chosen is None or _ELSEWHERE.search(sentence[figure.end : chosen.end]):
        return None
    if chosen.metric == "posts" and _ANSWERED.search(before):
        return Noun("questions", chosen.start, chosen.end)
    between = sentence[figure.end : max(figure.end, chosen.start)]
    if chosen.metric == "accounts" and _USED.search(between):
        return Noun("users", chosen.start, chosen.end)
    if chosen.metric == "accounts" and _POSTING.search(before) and figure.classifier in ("", "条"):
        return Noun("posts", chosen.start, chosen.end)
    return chosen


_TURNS_OF = re.compile(
    r"分别(?:达到?了?|为|有|是|已|约|近|超过?|逾|突破|共|[\s：:])*(?P<turns>(?:[\d.,]+[万亿千百]*[余多]*[个家名位人次条篇件%％]*(?:和|、|及|与|，)(?:约|近|超过?|逾)?)*)$"
)
_LINK_ZH = re.compile(r"(?:数量|总量|量|数|次数|总数)?(?:和|、|及|与|以及)(?:被|其|总)?")
_UP_TO_TURNS_ZH = re.compile(r"(?:数量|总量|量|数|次数|总数)?(?:也|已|就|均|都|则|总数|数量)*")
_LINK_EN = re.compile(r",?\s+and\s+|,\s+")
_TURNS_EN = re.compile(
    r"\s+(?:(?:have|had|has|were|was|are|is|also|now|numbered|number|totall?ed|reached|hit|stood|at|came|to|amounted|exceeded|topped)\s+)+"
    r"(?P<turns>(?:[\d.,]+(?:\s+(?:thousand|million|billion))?,?\s+(?:and\s+)?)*)$"
)


def _in_turn(sentence: str, figure: Figure, is_chinese: bool) -> Noun | None:
    """What one of several figures counts whose nouns were told before in turn:
    转发、评论分别为5200次和3400条, "reposts and comments numbered 5,200 and 3,400 respectively"."""
    ahead = sentence[: figure.start]
    if not is_chinese and not re.match(r"[^;.]*?\brespectively\b", sentence[figure.end :]):
        return None
    turns = (_TURNS_OF if is_chinese else _TURNS_EN).search(ahead)
    if turns is None:
        return None
    nouns = _nouns(sentence, (0, turns.start()), is_chinese)
    end = (_UP_TO_TURNS_ZH if is_chinese else re.compile("")).fullmatch(
        sentence, nouns[-1].end if nouns else 0, turns.start()
    )
    if end is None:
        return None
    listed = nouns[-1:]
    link = _LINK_ZH if is_chinese else _LINK_EN
    for noun in reversed(nouns[:-1]):
        if not link.fullmatch(sentence, noun.end, listed[0].start):
            break
        listed.insert(0, noun)
    turn = len(re.findall(r"\d[\d.,]*\d|\d", turns["turns"]))
    is_of_several = len(listed) > 1 and len({noun.metric for noun in listed}) > 1
    return listed[turn] if is_of_several and turn < len(listed) else None


def metric_named(sentence: str, start: int, end: int) -> str | None:
    """The metric of the last class noun between two places; None for none."""
    is_chinese = _HAN.search(sentence) is not None
    nouns = [noun.metric for noun in _nouns(sentence, (start, end), is_chinese)]
    return nouns[-1] if nouns else None


def _nouns(sentence: str, segment: Span, is_chinese: bool) -> list[Noun]:
    pattern = _ALL_CHINESE if is_chinese else _ALL_ENGLISH
    return [
        Noun(str(match.lastgroup), match.start(), match.end())
        for match in pattern.finditer(sentence, *segment)
    ]


def _fits(noun: Noun, figure: Figure) -> bool:
    allowed = _OF_CLASSIFIER.get(figure.classifier)
    if allowed is None or noun.metric in allowed:
        return True
    return figure.classifier == "条" and noun.metric == "accounts"


def _english_noun(sentence: str, figure: Figure, nouns: list[Noun]) -> Noun | None:
    after = [noun for noun in nouns if noun.start >= figure.number_end]
    before = [noun for noun in nouns if noun.end <= figure.start]
    if before and re.match(r"\s+times\b", sentence[figure.end :]):
        return before[-1]
    if after and _DIRECT_ENGLISH.match(sentence[figure.end : after[0].start]):
        return after[0]
    if before and _NO_NOUN_ENGLISH.match(sentence[figure.end :]):
        return before[-1]
    return None


def _chinese_noun(sentence: str, figure: Figure, nouns: list[Noun]) -> Noun | None:
    after = [
        noun
        for noun in nouns
        if noun.start >= figure.number_end
        # 21个地市公安局微博粉丝 counts bureaus.
        and not (
            noun.metric == "followers"
            and figure.classifier == "个"
            and noun.start - figure.end > _BESIDE_CLASSIFIER
        )
    ]
    before = [noun for noun in nouns if noun.end <= figure.start]
    is_beside = bool(after) and after[0].start == figure.end
    if is_beside and (
        not figure.classifier or (figure.classifier == "个" and after[0].metric == "accounts")
    ):
        return after[0]
    if before and _DIRECT_CHINESE_BEFORE.fullmatch(sentence[before[-1].end : figure.start]):
        return before[-1]
    if after and _DIRECT_CHINESE_AFTER.fullmatch(sentence[figure.end : after[0].start]):
        # Of a chain of nouns (公安机关微博) the last one is counted.
        chain = after[0]
        for noun in after[1:]:
            if noun.start - chain.end > 4 or re.search(
                r"[，。；、和与在了共有达拥均已开设注]", sentence[chain.end : noun.start]
            ):
                break
            chain = noun
        return chain
    if before and (figure.classifier or _NO_NOUN_CHINESE.match(sentence[figure.end :])):
        return before[-1]
    return None


# -- of whom ----------------------------------------------------------------------------------
_ORGAN = re.compile(
    r"\b(?:ministry|court|procuratorate|government|administration|commission|council|committee|brigade|"
    r"squad|detachment|station|cent(?:er|re)|academy|force|authority|embassy|consulate|hospital|school|university|department|bureau)"
    r"(?:\s+of\s+[\w ]{3,30})?['’]|"
    r"\b(?:provincial|municipal|city|county|district|town|township|local|central)(?:-level)?\s+governments?\b|"
    r"\bgovernments\b|[省市县区乡镇州级]政府(?!官员|工作人员|公务|干部|领导|微博)|"
    r"\b(?:procuratorate|court|ministry|brigade|squad)\b(?=\s+(?:has|had|opened|runs?|operates?|"
    r"set up|launched)\b)|"
    r"\b(?:hospitals?|schools?|universit(?:y|ies)|commissions?|committees?)\b|\b[Mm]inistry\s+of\b|"
    r"\b(?:ministries|courts|procuratorates|squads|brigades|detachments)\b|"
    r"\b(?:embass(?:y|ies)|consulates?|observator(?:y|ies)|brigades?)\b|\bState\s+Council\b|\bpress\s+office\b|"
    r"\b(?:fire|weather|meteorological|rescue|police|customs|prison)\s+services?\b|\bMetropolitan\s+Police\b|"
    r"\b(?:Chinese|China['’]s|diplomatic|permanent)\s+missions?\b|\bPolice\s+(?:Service|Department|Force)\b|\bofficial\s+(?:micro|account|we\s?chat)|"
    r"官微(?!博)|村委会|居委会|领事馆|气象台|党委|人大常委会|政协|检察院|最高检|最高法|消防(?=微博|官)|"
    r"\bauthorities\b|使馆|新闻办|国务院|外交部|"
    r"\b(?:court|ministry|bureau|agency|embassy|consulate|hospital|school|university|department|procuratorate|institution|office)\s+"
    r"(?:micro-?\s?blog|account|Weibo|We\s?Chat|page)|\bauthority\s+(?:said|has|had|runs)\b|"
    r"\d个(?:地级|县级)?(?:县|市|区|州|省|镇|乡|街道|旗)(?:区|市)?(?:之?中|里|都|均|已|全部)|"
    r"\b(?:High|Supreme|Intermediate)\s+People['’]s\s+(?:Court|Procuratorate)\b|\b(?:subway|metro|zoo|museum|library|airport|railway)['’]s\s|"
    r"(?<![全内干该])[部局厅委院署](?=(?:\d{4}年|\d{1,2}月|今年|去年|已|于)*(?:在(?:新浪|腾讯|推特|抖音)[^，。]{0,4})?(?:开通|开设|注册|入驻)(?!率))|"
    r"海关|官博|团委|共青团|使?领馆|(?<![全内干该])[部局厅委院署](?:的)?(?:官方|新浪|腾讯)*(?:微博|账号|公众号|官微(?!博))|公安厅局|厅局的|(?<!公安)(?<!交警)(?<!警务)系统(?=微博|官|政务|的|已|共|开|有|新)|"
    r"\bofficial\s|\binstitutional|\bdepartments?\b|\bagenc(?:y|ies)\b|\bbureaus?\b|\borgans?\b|"
    r"\binstitutions?\b|\bcent(?:er|re)s\b|\bministry\b(?=,?\s+(?:whose|which)\b|,\s*$)|"
    r"\bpolice\s+(?:services?|headquarters|authorit\w+)\b|"
    r"\bgovernment\s+(?:we\s?chat|douyin|toutiao|kuaishou|tiktok|twitter|facebook|new[\s-]media)\b|"
    r"公众[号账帐]|订阅号|服务号|(?:抖音|快手|头条|政务|视频)号|(?:政务|警务)(?:微信|新媒体|抖音)|"
    r"\bbodies\b|\badministrations?\b|\bcorps\b|\bcustoms\b|\bauthority\b|\boffices?\b|"
    r"\borgani[sz]ations?\b|\bpolice (?:stations?|"
    r"forces?)\b|"
    r"机构|官方|部门|单位|机关|公安局|派出所|"
    r"(?:民政|教育|卫生|税务|工商|交通|气象|城管|环保|财政|旅游|国土|规划|文化|人社|水务|农业)(?:局|委|厅)|街道办|法院|检察院|[总支大]队|"
    r"医院|学校|委员会|政府(?=门户|网站|官方|新闻)|(?<=[省市县区乡镇州])政府(?=微博)",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"^[\w ,]{3,60}?\b(?:and|or|as well as)\s+(?:their\s+)?(?:\w+\s+){0,2}(?:\w+ials|officers|"
    r"\w*ies|\w*ments|bodies|cadres|policemen|servants|courts|procuratorates|judges|prosecutors|"
    r"schools|hospitals|consulates|consuls|diplomats|ambassadors|envoys|bureaus|stations|units|committees|commissions|"
    r"mayors|secretaries|ministers|organs|institutions|organi[sz]ations|brigades|squads|detachments|firefighters|"
    r"individuals|leaders|staff)\b"
    r"|^[^，。、\d]{2,8}[及和与或][^，。、\d]{0,4}(?:官员|民警|干警|警员|法官|检察官|干部|公务|个人|机构|部门|使领?馆|机关|法院|检察院|单位|[局厅委院])",
    re.IGNORECASE,
)
"""Organs and officers counted together: departments and officials."""
_OFFICER = re.compile(
    r"\b(?:mayor|governor|party\s+secretary|police\s+chief|magistrate)s?['’]|"
    r"\b(?:ambassador|consul(?:[\s-]general)?|diplomat|envoy|mayor|governor|secretar(?:y|ie)|"
    r"magistrate|minister|patrolman|patrolmen|fire\s?fighter|legislator|lawmaker|judge|policeman)s?\b(?!\s+(?:general\s+)?office)|"
    r"\bspokes(?:people|persons|men|women)\b|['’]s\s+spokes(?:man|woman|person)\b|\bspokes(?:man|woman|person)['’]s\b|"
    r"发言人(?=[\u4e00-\u9fff]{0,4}的?(?:个人|官方)?(?:微博|推特|账号|粉丝))|\bdeputy\s+(?:head|director|chief|mayor|governor)s?\b|\b(?:head|director|chief)s?\s+of\s+(?:the|its|a)\b|\bpolice\s+chiefs?\b|"
    r"\bofficers?\b|\bpolicemen\b|\bofficials\b|\bpersonal\b|\bindividuals?\b|\bcivil servants?\b|"
    r"\bcadres\b|(?:公安|警务|公职|党政|司法)人员|民警|[一两几\d]名[^，。派]{0,2}警|法官|检察官|警察个人|警员|干警|警官(?!方)|局长|厅长|所长|市长|县长|官员|公务员|公职人员|干部|公务人员|个人|大使(?!馆)|总领事(?!馆)|外交官|消防员|书记",
    re.IGNORECASE,
)
_WHOSE = re.compile(
    r"\s+(?:(?:that\s+|which\s+)?(?:were|are|is|have\s+been)\s+)?(?:\w+\s+)?(?:by|of|belong\w*)\s",
    re.IGNORECASE,
)
_POLICE = re.compile(
    r"police|policem|patrolm[ae]n|public[ -]security|traffic\s+(?:officer"
    r"|cop|warden)s?\b|detention\s+cent|"
    r"(?-i:\bOfficer\s+[A-Z])|\bconstab|\bsheriff|公安|交管(?:局|部门|支队)|车管所|派出所|看守所|警(?!告|示|惕|报(?!告))",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\bgovernments?\b|政务|政府|党政|行政(?!处罚|审判|诉讼)|公务|公职", re.IGNORECASE
)
"""The government as such, whichever branch speaks."""
_BRANCH = re.compile(
    r"(?i:\b(?:tourism|civil\s+affairs|education|health|tax(?:ation)?|customs|meteorolog\w+|weather|railways?|"
    r"commerce|foreign|defen[cs]e|justice|environment\w*|transport\w*|culture|cultural|sports?|finance|"
    r"labou?r|housing|agricultur\w+|forestry|water|earthquake|seismolog\w+|statistics|food\s+and\s+drug|"
    r"emergency|market|natural\s+resources|human\s+resources|religious|ethnic|veterans|fire|postal|land\s+and\s+resources|science(?:\s+and\s+technology)?|urban\s+management|planning)\s+"
    r"(?:and\s+\w+\s+)?(?:(?:protection|management|supervision|regulation|security|affairs|resources|response|control)\s+)?(?:ministry|ministries|bureaus?|departments?|administrations?|commissions?|authorit\w+|agenc\w+|offices?|"
    r"services?|brigades?|stations?|centers?)\b)|"
    r"\b(?:[Mm]inistry|[Bb]ureau|[Dd]epartment|[Aa]dministration|[Cc]ommission|[Oo]ffice)\s+of\s+(?:the\s+)?"
    r"(?!Public\s+Security)(?=[A-Z])(?:[A-Z]\w+)|"
    r"(?i:\bcourts?\b|\bprosecutors?\b|\bprocurat\w+|\bhospitals?\b|\bschools?\b|\buniversit\w+|\bcongress\b|\bfire\s?fighters?\b)|"
    r"\bembass\w+|\b(?:diplomatic|Chinese|permanent)\s+missions?\b|\bambassador|\benvoys?\b|\bconsul|\bdiplomat|\bprosecut|\bjudges?\b|\bobservator\w+|\burban\s+management\b|"
    r"\b(?:meteorological|weather|fire)\s+(?:service|brigade|bureau)|大使|领事|外交官|最高检|最高法|法官|城管|气象|"
    r"使领?馆|领事馆|领馆|地震台|法院|检察|院(?=入驻|开通)|医院|学校|高校|大学|消防|共青团|团委|税务|海关|铁路局|地铁|供电|"
    r"(?:旅游|民政|教育|卫生|卫计|税务|地税|国税|工商|交通(?:运输)?|气象|城管|环保|生态环境|财政|国土|规划|文化|人社|水务|水利|农业|林业|体育|"
    r"统计|地震|邮政|食药监|药监|质监|安监|司法|商务|外交|外事|铁道|国防|科技|住建|文旅|卫健|应急(?:管理)?|市场监管)(?=微博|官微(?!博)|系统|微信)|"
    r"(?:旅游|民政|教育|卫生|卫计|税务|地税|国税|工商|交通(?:运输)?|气象|城管|环保|生态环境|财政|国土|规划|文化|人社|水务|水利|农业|林业|体育|"
    r"统计|地震|邮政|食药监|药监|质监|安监|司法|商务|外交|外事|铁道|国防|科技|住建|文旅|卫健|应急(?:管理)?|市场监管)(?:行政)?(?:管理|监督|执法|主管)?(?:部门|系统|局|委|厅|部)"
)
"""Another branch than the police; the words for sectors have no name for it."""
_AND_OTHERS = re.compile(r"等[^，。；]{0,6}(?:单位|部门|机构)")
"""教育局、体育局等9个单位: of no one branch."""
_OF_BRANCH = re.compile(
    r"(?:环保|旅游|教育|卫生|税务|气象|城管|消防|法院|检察|司法|交通|民政|文化|体育|质监|国土|人社|工商|水利|农业|林业|团委|医疗|海关|外交)(?:系统)?政务"
)
"""环保政务微博: the word behind the branch says no more than the branch."""
_STUDIES = re.compile(r"universit|school|institut|大学|学院|研究", re.IGNORECASE)
_STATE = re.compile(
    r"government|(?<!news )agenc|bureau|ministry|departments?\b|commission|"
    r"institution|cadres|\bState\s+Council\b|\bparty\s+(?:secretar|chief|boss|committee|organ|and\s+government)|village\s+committee|"
    r"(?:neighbou?rhood|residents['’]?)\s+committee|\bcabinet\b|村委会|居委会|党委|书记|(?:省|市|县|区|乡|镇|州|村)长(?![期达安沙春江])|\bmayors?\b|\bgovernors?\b|\bmagistrates?\b|prefectures\s|国务院|新闻办|宣传部|[省市县]委(?!员)|"
    r"civil servant|政务|政府|党政|行政|(?<!检察)(?<!审判)(?<!司法)机关|官员|机构|公务|公职|干部|"
    r"部门|单位|网信|街道办|乡镇|新闻发言人",
    re.IGNORECASE,
)
_OFFICIAL = re.compile(r"official|官方", re.IGNORECASE)
"""Says least: what is official is of whatever body the sentence names elsewhere."""
_HANDLE = re.compile(
    r"(?<!网友)(?<!网民)(?<!博主)(?<!user )@(?P<at>[\w\u4e00-\u9fff]{2,20}?)(?=在(?:新浪|腾讯|"
    r"微博|人民|抖音|快手|推特)|的|目前|粉丝|官方微博|微博粉丝|[^\w\u4e00-\u9fff]|$)"
    r"|(?:微博|账号|帐号|微信|公众号|抖音号|头条号)(?:客)?[“\"「](?!僵尸|空壳|休眠|睡眠|两微|一网两微|一微|粉丝|听众|加?关注)(?P<behind>[^”\"」]{2,16})[”\"」]"
    r"|[“\"「](?P<known>(?![^”\"」]{0,10}(?:发布厅|大厅|方阵|矩阵|集群))[^”\"」，。]{0,8}(?:警方|平安|公安|警务|警民|交警|发布)[^”\"」，。]{0,8})[”\"」]"
    r"|[“\"「](?!僵尸|空壳|休眠|睡眠|两微|一网两微|一微|粉丝|听众|加?关注)(?P<ahead>[^”\"」，。]{2,16})[”\"」](?:的|官方|新浪|腾讯|政务|微信|抖音)*(?:微博|微信|公众号|抖音号|账号|粉丝|听众|关注者)"
)
_ACCOUNT_EN = r"(?:micro-?\s?blog(?:\s+account)?|account|page|feed|channel|Weibo)"
_NAME_EN = r"[A-Z][\w'’-]*(?:\s+(?:[A-Z][\w'’-]*|in|of)){0,4}"
_QUOTED_EN = r"[\"“‘](?P<{}>[A-Z@][^\"”,.]{{1,30}}?),?(?:[\"”]|’(?!\w))"
_PLAIN = r"(?:(?!who\b|of\b|on\b|at\b|for\b|behind\b|in\b|with\b|head\b|editor\b)[\w'’-]+\s+)"
_HANDLES_ENGLISH = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_ACCOUNT_EN}\b(?:\s+on\s+(?:Sina\s+|Tencent\s+)?[A-Z]\w+)?,?\s+"
        rf"(?:(?:which\s+is\s+|is\s+|was\s+)?(?:called|named|known\s+as|under\s+the\s+name(?:\s+of)?|titled|dubbed|nicknamed)\s+)"
        rf"[\"“‘']?(?P<called>{_NAME_EN})",
        rf"{_ACCOUNT_EN}\b,?\s+" + _QUOTED_EN.format("quoted"),
        _QUOTED_EN.format("ahead")
        + r",?\s+(?:the|an?|its|their)\s+[^,;.]{0,60}?"
        + rf"{_ACCOUNT_EN}\b",
        rf"{_ACCOUNT_EN}\b(?:\s+on\s+(?:Sina\s+|Tencent\s+)?[A-Z]\w+)?,\s+(?P<beside>{_NAME_EN}),",
        rf"(?:^|[,;]\s+|--\s+)(?P<first>{_NAME_EN}),\s+(?:the|an?)\s+{_PLAIN}{{0,6}}?{_ACCOUNT_EN}\b\s+(?:of|run\s+by|opened\s+by|operated\s+by|for)\s",
        rf"(?:^|[,;]\s+|--\s+)(?P<owned>{_NAME_EN}),\s+(?:the|an?)\s+{_PLAIN}{{0,5}}?(?:(?!who\b)[\w-]+)['’]s?\s+(?:[\w'’-]+\s+){{0,3}}?{_ACCOUNT_EN}\b",
    )
)
_NO_HANDLE = re.compile(
    r"^(?:The|In|On|At|By|As|From|A|An|It|He|She|They|Its)\b|\b(?:Sina|Tencent|Weibo|WeChat|Douyin|Twitter|Facebook|Toutiao|Kuaishou|"
    r"Xinhua|Daily|Times|News|Ministry|Bureau|Department|Office|University|Agency|Corp|Inc|January|February|March|April|June|July|August|"
    r"September|October|November|December|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)
_PLATFORMS = (
    ("sina", r"\bsina\b|weibo\.com|新浪|"
             r"(?<!tencent )(?<!qq )(?<!sina )(?<!eople's )(?<!eople’s )"
             r"(?<!inhua )\bWeibo\b(?! accounts of tencent)"),
    ("tencent", r"\btencent\b(?!['’]s\s+we)|\bqq\b|t\.qq\.com|腾讯(?!微信|的微信)"),
    ("people", r"people(?:'|’)s\s+weibo|"
               r"(?:(?<=, )|(?<=and ))people['’]s daily online"
               r"(?=\s+and\b|,|\s+(?:at|by|in|as|had)\b|\.?$)|"
               r"people(?:'|’)?s? daily online (?:micro|weibo)|people\.com\.cn|"
               r"人民(?:网)?微博|人民(?=[、和]新华)|人民网(?=[、和及与，]|等|[两三四五六](?:大|家|个)|$|微博|开|的|上|平台)"),
    ("xinhua", r"xinhua (?:micro|weibo)|xinhuanet|新华(?:网)?微博|"
               r"(?<=人民[、和])新华(?=[两三四五六]|等|微博)|新华网(?=[、和及与]|等|微博|"
               r"[两三四五六](?:大|家|个)|开|上|平台)"),
)  # fmt: skip
_OTHERS = (
    ("wechat", r"we\s?chat|weixin|微信|公众[号账帐平]|订阅号|服务号|视频号"),
    ("douyin", r"douyin|抖音"),
    ("tiktok", r"tiktok"),
    ("kuaishou", r"kuaishou|快手"),
    ("toutiao", r"toutiao|头条"),
    ("twitter", r"twitter|推特|\btweets?\b|\btweeted\b"),
    ("facebook", r"facebook|脸书|脸谱"),
    ("youtube", r"youtube|油管"),
    ("bilibili", r"bilibili|哔哩哔哩|B站"),
)  # fmt: skip
"""Platforms of accounts that are no microblogs, or are none that is observed here."""
PLATFORM_PARTS = (*(name for name, _ in (*_PLATFORMS, *_OTHERS)), "?", "unspecified")
"""What a platform_scope is joined of with +: ? is one that is not named, unspecified stands for
none."""
_MEDIUM = re.compile(
    r"(?P<micro>人民(?=微博|[、和]新华)|(?<=人民[、和])新华(?=[两三四五六等])|新华(?=微博)|micro-?\s?blog(?:s|ging|gers?)?|weibo|\bsina\b|\btencent\b(?!['’]s\s+we)|微博|官微(?!博)|围脖|新浪|腾讯(?!微信|的微信)|人民网)|"
    r"(?P<other>"
    + "|".join(pattern for _, pattern in _OTHERS)
    + r")|(?P<generic>新媒体|短视频|客户端|new[\s-]media|social[\s-]media|short[\s-]videos?)",
    re.IGNORECASE,
)
"""What a figure may be of: microblogs, another platform, or accounts of whatever kind."""
_TOGETHER = re.compile(
    r"\s*(?:账号|号|公众号|平台|等|上|accounts?|,)?\s*(?:[、和与及或/／]|,|\band\b|\bor\b|以及)*\s*"
    r"(?:and\s+|or\s+|on\s+|its\s+|their\s+|their\s+own\s+)?(?:官方|政务|公安|警务|政府|腾讯)*",
    re.IGNORECASE,
)
_OWN_MEDIUM = re.compile(
    r"(?!.*\b(?:in|on|by|to|from|at|with|for|and|that|which|who|since|after)\b)[\s\w'’-]{0,40}"
    r"|[^，。；、的在A-Za-z]{0,8}",
    re.IGNORECASE,
)
_ON = re.compile(
    r"(?:\s+(?!and\b|or\b|by\b)[\w-]+){0,3}?\s+(?P<where>(?:on|at|with|to)\s[^,;]*?)"
    r"(?=\s+(?:and|but|while)\s+(?:[\w.]+\s+){0,3}(?:on|at|with)\b|$|[,;])"
)
_ON_ZH = re.compile(
    r"(?:(?!新浪|腾讯|人民网|新华网).)*(?P<where>(?:新浪|腾讯|人民网|新华网)(?:微博)?)(?:上|平台)?"
    r"(?:有|约|为|达|共|近|超过|逾)*"
)
_ONES_OWN = re.compile(
    r"\b(?:his|her|my)\s+(?:own\s+)?(?:\w+\s+){0,3}?(?:micro-?\s?blog|account|followers)\b|"
    r"[我他她](?:本人|自己)?的?(?:个人|实名|认证|新浪|腾讯)*(?:微博|账号|帐号|粉丝)",
    re.IGNORECASE,
)
_DIVIDED = re.compile(r"\d\s+(?:out\s+)?of\s+(?:(?:the|its|their|some|about|all)\s+)*$")
"""11,000 of the 18,500: what the whole holds is told by its parts."""
_ITS = re.compile(r"\b(?:its|their)\s", re.IGNORECASE)


def actor_of(sentence: str, figure: Figure, noun: Noun, segment: Span, clause: Span) -> str | None:
    """organ, officer, or organ+officer where the two are not told apart; NULL for users."""
    if noun.metric == "users":
        return None
    own_clause = _ONES_OWN.search(sentence, clause[0], clause[1])
    if own_clause or (
        _ONES_OWN.search(sentence, 0, clause[0]) and not names_actor(sentence[slice(*clause)])
    ):
        return "officer"
    if _DIVIDED.search(sentence[: figure.start]) and noun.metric == "accounts":
        named = sentence.replace(sentence[figure.start : noun.end], "")
        if _ORGAN.search(named) and _OFFICER.search(named):
            return "organ+officer"
    ahead = (segment[0], figure.start)
    behind = (
        figure.end,
        _phrase_end(sentence, noun, segment) if noun.end > figure.end else segment[1],
    )
    is_behind_first = noun.end > figure.start
    for span in (behind, ahead) if is_behind_first else (ahead, behind):
        if whose := _whose(sentence[slice(*span)], first=span == behind):
            return whose
    if whose := _whose(sentence[slice(*clause)], first=None):
        return whose
    if handle_of(sentence[: clause[1]]):
        is_personal = _whose(without_handles(sentence[: clause[0]]), first=False) == "officer"
        return "officer" if is_personal else "organ"
    own = sentence[clause[0] : figure.start]
    if noun.metric == "accounts" and noun.start >= clause[0] and _POLICE.search(own):
        return "organ+officer"
    if _OWN_GOVERNMENT.search(own):
        return "organ+officer"
    # The subject of the sentence, where it stands in a clause before.
    subject = _whose(sentence[: clause[0]], first=False)
    if subject == "officer":
        return "officer"
    is_its = _ITS.search(sentence, segment[0], figure.start) is not None
    is_elsewhere = noun.metric != "accounts" or noun.end <= clause[0] or is_its
    is_elsewhere = is_elsewhere or not names_actor(sentence[slice(*clause)])
    return "organ" if subject == "organ" and is_elsewhere else "organ+officer"


_OWN_GOVERNMENT = re.compile(
    r"(?:政务|公安|警务)微博(?!平台|管理|工作)|\b(?:government|police)\s+micro-?\s?blogs\b",
    re.IGNORECASE,
)
_BY_PLATFORM = re.compile(
    r"公众[号账帐]|订阅号|服务号|(?:抖音|快手|头条|政务|视频)号|(?:政务|警务)(?:微信|新媒体|抖音)|government\s+\S+",
    re.IGNORECASE,
)
_OF_GOVERNMENT = re.compile(
    r"(?:政务|政府|公安)微博(?=[、和及与])|\bgovernment\s+micro-?\s?blogs\s+and\b", re.IGNORECASE
)
"""政务微博和微信公众号: together they are of bodies and officials, as 政务微博 alone."""


def _whose(part: str, *, first: bool | None) -> str | None:
    """Of whom words speak; where of both, of those named together, or of the first or the last
    (an officer of a bureau is an officer), or, for first None, of both. None for neither."""
    organs, officers = list(_ORGAN.finditer(part)), list(_OFFICER.finditer(part))
    if (
        organs
        and not officers
        and all(_BY_PLATFORM.fullmatch(organ[0]) for organ in organs)
        and (_OF_GOVERNMENT.search(part))
    ):
        return "organ+officer"
    if not (organs and officers):
        return "organ" if organs else "officer" if officers else None
    start = min(organs[0].start(), officers[0].start())
    if first is None or _JOINED.search(part[start:]):
        return "organ+officer"
    is_organ = (
        organs[0].start() < officers[0].start()
        if first
        else organs[-1].start() > officers[-1].start()
    )
    return "organ" if is_organ else "officer"


def _phrase_end(sentence: str, noun: Noun, segment: Span) -> int:
    """Where the phrase of a noun ends: with whose it is, where that follows at once."""
    whose = _WHOSE.match(sentence, noun.end, segment[1])
    return segment[1] if whose else noun.end


def studies(name: str) -> bool:
    """Whether a body is one that studies others: a university, an institute."""
    return _STUDIES.search(name) is not None


def names_sector(part: str) -> bool:
    """Whether words name a sector, and not only bodies or officials of whatever sector."""
    return any(pattern.search(part) for pattern in (_POLICE, _BRANCH, _WHOLE))


def sector_of(sentence: str, segment: Span, clause: Span, speaker: str | None) -> str | None:
    """@name for one account, police, all (of government), or None where nothing is said, or a
    branch for which there is no word: courts, a bureau of tourism. Who studied it is no branch."""
    if handle := handle_of(sentence[: clause[1]]):
        return f"@{handle}"
    parts = [sentence[start:end] for start, end in (segment, clause, (0, len(sentence)))]
    if speaker and not _ITS_OWN.search(sentence):
        # What is said of others is not of the branch of who says it.
        unsaid = [part.replace(speaker, "") for part in parts]
        if names_sector_or_state(unsaid[0]):
            parts = unsaid
    for part in (_OF_BRANCH.sub(lambda match: match[0][:-2], part) for part in parts):
        if _POLICE.search(part):
            return "police"
        studied = speaker if speaker and _STUDIES.search(speaker) else ""
        is_of_many = _WHOLE.search(part) or _AND_OTHERS.search(part)
        if _BRANCH.search(part.replace(studied, "")) and not is_of_many:
            return None
        if _STATE.search(part):
            return "all"
    return "all" if any(_OFFICIAL.search(part) for part in parts) else None


_ITS_OWN = re.compile(r"\b(?:its|their|our|it|they)\b|其|我[局厅市院]|该", re.IGNORECASE)
_ACCOUNT_NOUN = re.compile(
    r"micro-?\s?blog|accounts?\b|weibo\b|微博|官微(?!博)|账号|帐号|公众号", re.IGNORECASE
)


def is_of_bodies(platforms: str) -> bool:
    """Whether accounts on platforms are those of bodies where nothing else is said: on all but
    microblogs, and where officials have accounts of their own (Twitter)."""
    return set(platforms.split("+")) <= {"wechat", "douyin", "kuaishou", "toutiao", "bilibili"}


def names_any(sentence: str) -> bool:
    """Whether a sentence names a branch, the police, the government or officials at all."""
    return names_sector_or_state(sentence) or bool(_OFFICIAL.search(sentence))


def names_sector_or_state(sentence: str) -> bool:
    """Whether a sentence says of which branch its bodies are, or that they are the government's;
    that something is official says least."""
    return any(pattern.search(sentence) for pattern in (_POLICE, _BRANCH, _STATE))


def names_actor(words: str) -> bool:
    """Whether words say of whom something is: of bodies, of officers, or of the two."""
    return names_any(words) or bool(_ORGAN.search(words) or _OFFICER.search(words))


def named_actor(words: str) -> str | None:
    """Whose accounts sentences before speak of, by the bodies and officers named in them."""
    nouns = list(_ACCOUNT_NOUN.finditer(words))
    owner = words[: nouns[-1].end()] if nouns else words
    return _whose(owner, first=not nouns)


def platforms_named(words: str) -> str | None:
    """The platforms that words name, joined by +; NULL for none."""
    return "+".join(_platforms(words) or _others(words)) or None


def handle_of(sentence: str) -> str | None:
    """The one account that a sentence is about by name."""
    match = _HANDLE.search(sentence) or _handle_in_english(sentence)
    return next(name for name in match.groups() if name).lstrip("@") if match else None


def _handle_in_english(sentence: str) -> re.Match[str] | None:
    """An account by name in English: the ministry's account, Waijiao Xiaolingtong; a microblog
    called Ping'an Beijing. What is a platform, an outlet or a body is no name of an account."""
    for pattern in _HANDLES_ENGLISH:
        for match in pattern.finditer(sentence):
            name = next(group for group in match.groups() if group)
            # Whoever writes an account is not its name.
            if not (_NO_HANDLE.search(name) or is_english_name(name)):
                return match
    return None


def without_account_names(sentence: str) -> str:
    """The sentence, of the same length, with blanks for the names of accounts alone: the Weixin of
    one is no platform."""
    match = _HANDLE.search(sentence) or _handle_in_english(sentence)
    if match is None:
        return sentence
    group = str(match.lastgroup)
    return sentence[: match.start(group)] + "x" * len(match[group]) + sentence[match.end(group) :]


def without_handles(sentence: str) -> str:
    """The sentence, of the same length, with blanks for names of accounts."""
    named = _HANDLE.sub(lambda match: " " * len(match[0]), sentence)
    if match := _handle_in_english(named):
        named = named[: match.start()] + " " * len(match[0]) + named[match.end() :]
    return named


_BARE_MICRO = re.compile(r"\bmicro-?\s?blogs?\b|微博", re.IGNORECASE)
_WHATEVER = re.compile(r"新媒体|new[\s-]media|social[\s-]media", re.IGNORECASE)


def platforms_of(
    sentence: str, figure: Figure, segment: Span, clause: Span, speaker: str | None
) -> str:
    """Platforms that stand behind a figure up to the next one ("5 followers on Sina and 4 on
    Tencent") or just before it (新浪5万个、腾讯2万个), else those that its clause names,
    else what stands before it, else the speaker, joined by +; unspecified for none."""
    own = _ON.match(sentence, figure.end, segment[1]) or _ON_ZH.fullmatch(
        sentence, segment[0], figure.start
    )
    if own and (named := _platforms(own["where"]) + _others(own["where"])):
        is_unnamed = _BARE_MICRO.search(own["where"]) and not _platforms(own["where"])
        return "+".join([*named, "?"] if is_unnamed else named)
    media = media_of(sentence, figure, segment, clause)
    if one := _respectively(sentence, figure, media):
        return one
    if any(medium.lastgroup == "other" for medium in media):
        words = " ".join(medium[0] for medium in media)
        micro = [medium for medium in media if medium.lastgroup == "micro"]
        unnamed = ["?"] if micro and not _platforms(words) else []
        return "+".join([*_platforms(words), *_others(words), *unnamed])
    end = _end_of_list(sentence, clause[1])
    if media and all(_WHATEVER.fullmatch(medium[0]) for medium in media):
        return "unspecified"
    parts = (sentence[clause[0] : end], sentence[:end], speaker or "")
    for part in parts:
        named = _platforms(part)
        if not any(medium.lastgroup == "micro" for medium in media):
            named = named or _others(part)
        if named:
            return "+".join(named)
    return "unspecified"


_LIST_GOES_ON = re.compile(
    r"(?:\s*(?:,\s*and\b|,|、|，|\band\b)\s*(?:the\s+)?(?:Sina|Tencent|People['’]s\s+(?:Daily\s+Online|Weibo)|Xinhua(?:net)?|NetEase|"
    r"Sohu|We\s?Chat|Douyin|Kuaishou|Toutiao|Twitter|Facebook|YouTube|新浪|腾讯|人民网|新华网|微信|抖音|快手|今日头条)"
    r"(?:微博)?(?:\s+(?:Weibo|micro-?blogs?))?(?=\s*(?:,|、|，|and\b|和|等|at\b|by\b|in\b|as\b|[.。]?$)))+"
)


def _end_of_list(sentence: str, end: int) -> int:
    """Where a list of platforms ends whose commas end clauses: on Sina, Tencent and Xinhuanet."""
    match = _LIST_GOES_ON.match(sentence, end)
    return match.end() if match else end


_AND_MORE = re.compile(
    r"(?P<zh>(?:等(?P<number>[两二三四五六七八九多数几]|\d)(?:大|家|个)?|(?P<count>[两二三四五六七八九]|\d)(?:大|家|个))(?:门户|微博)?(?:网站|平台|门户|网))|"
    r"\band\s+(?:(?P<en>two|three|four|five|several|many|some)\s+)?other\s+(?:\w+\s+)?(?:platforms|portals|websites|sites|services)",
    re.IGNORECASE,
)
_NUMBERS_ZH = {word: number for number, word in enumerate("二三四五六七八九", 2)} | {"两": 2}


def with_unnamed(sentence: str, clause: Span, platforms: str) -> str:
    """The platforms, with ? where the clause counts more than it names (新浪、腾讯等四家)."""
    more = _AND_MORE.search(sentence, 0, clause[1])
    ahead = sentence[: clause[1]]
    names = {*platforms.split("+"), *_platforms(ahead), *_others(ahead)}
    if more is None or platforms == "unspecified" or "?" in names:
        return platforms
    number = more["number"] or more["count"] or ""
    count = int(number) if number.isdecimal() else _NUMBERS_ZH.get(number, len(names) + 1)
    return f"{platforms}+?" if count > len(names) else platforms


_RESPECTIVELY = re.compile(
    r"分别|\brespectively\b|各(?=有|约|达|为|近|超|逾|拥有|开通|新增|\d)", re.IGNORECASE
)
_TURNS = re.compile(
    r"分别[^，。；\d]{0,12}(?P<zh>(?:\d[\d.,]*[万亿千多余]*[个家名人条%％]*[和、及与，])*)[^，。；\d]{0,4}$"
)
_SECOND = re.compile(
    r"\d(?:%|\s+percent)?(?:\s+(?:million|thousand|billion))?\s+(?:\w+\s+)?and\s+(?:\w+\s+){0,2}$"
)


_LISTED_NAME = r"新浪|腾讯|人民网|新华网|人民(?=微博)|新华(?=微博)|微信|抖音|快手|头条"
_LISTED = re.compile(rf"((?:{_LISTED_NAME})(?:微博)?(?:[、和及与](?:{_LISTED_NAME})(?:微博)?)+)")


def _respectively(sentence: str, figure: Figure, media: Sequence[re.Match[str]]) -> str | None:
    """The platform of one of two figures that are said to be those of two platforms in turn."""
    if not _RESPECTIVELY.search(sentence):
        return None
    named = _each_named(sentence, media)
    ahead = sentence[: figure.start]
    if len(named) < 2 and (listed := _LISTED.findall(ahead)):
        named = [name for word in re.findall(_LISTED_NAME, listed[-1])
                 for name in _platforms(f"{word}微博") + _others(word)]  # fmt: skip
    turns = _TURNS.search(ahead)
    turn = (
        len(re.findall(r"[和、及与，]", turns["zh"])) if turns else int(bool(_SECOND.search(ahead)))
    )
    return named[turn] if len(named) > 1 and turn < len(named) else None


def _each_named(sentence: str, media: Sequence[re.Match[str]]) -> list[str]:
    """The platform of each of the media named in one breath: 微信公众号 is one, a bare 微博 is
    unspecified."""
    groups: list[list[re.Match[str]]] = []
    for medium in media:
        if groups and groups[-1][-1].end() == medium.start():
            groups[-1].append(medium)
        else:
            groups.append([medium])
    words = [sentence[group[0].start() : group[-1].end()] for group in groups]
    if len(words) == 1:
        return [name for medium in media for name in _platforms(medium[0]) + _others(medium[0])]
    return [next(iter(_platforms(word) + _others(word)), "unspecified") for word in words]


def media_of(sentence: str, figure: Figure, segment: Span, clause: Span) -> list[re.Match[str]]:
    """What the figure is of: the medium of its own noun phrase, else the last one before it, else
    the first one behind it in its segment; with those named in one breath (微博、微信账号)."""
    found = list(_MEDIUM.finditer(sentence))
    behind = [m for m in found if figure.number_end <= m.start() < segment[1]]
    ahead = [m for m in found if m.start() < figure.start]
    inside = [m for m in ahead if m.start() >= clause[0]]
    is_own = behind and _OWN_MEDIUM.fullmatch(sentence, figure.end, behind[0].start())
    if ahead and behind and _ANOTHER_OF_ITS.search(sentence[figure.end : behind[0].start()]):
        behind = []  # 8,700 followers and its Facebook page 41,500
    chosen = (
        behind[0] if is_own
        else inside[-1] if inside
        else behind[0] if behind
        else ahead[-1] if ahead
        else None
    )  # fmt: skip
    if chosen is None:
        return []
    place = found.index(chosen)
    first = last = place
    while first and _TOGETHER.fullmatch(sentence, found[first - 1].end(), found[first].start()):
        first -= 1
    while last + 1 < len(found) and _TOGETHER.fullmatch(
        sentence, found[last].end(), found[last + 1].start()
    ):
        last += 1
    return found[first : last + 1]


_ANOTHER_OF_ITS = re.compile(
    r"\b(?:and|while|but|with)\s+(?:its|their|the|on|for|that\s+of)\b[^,;]*$", re.IGNORECASE
)


def is_of_microblogs(media: Sequence[re.Match[str]]) -> bool:
    """Whether a figure is of microblogs, as far as its sentence says of what it is."""
    return any(medium.lastgroup == "micro" for medium in media)


def is_official(sentence: str) -> bool:
    """Whether a sentence speaks of officials or bodies of the state at all."""
    words = (_POLICE, _STATE, _BRANCH, _OFFICIAL, _ORGAN, _OFFICER)
    return any(pattern.search(sentence) for pattern in words) or handle_of(sentence) is not None


def _others(part: str) -> list[str]:
    return [name for name, pattern in _OTHERS if re.search(pattern, part, re.IGNORECASE)]


def _platforms(part: str) -> list[str]:
    return [
        name
        for name, pattern in _PLATFORMS
        if re.search(pattern if name == "sina" else f"(?i:{pattern})", _lowered(part, name))
    ]


def _lowered(part: str, platform: str) -> str:
    """Weibo with a capital is a platform's name, weibo without is a microblog."""
    if platform != "sina":
        return part
    return re.sub(r"(?i)\b(sina|tencent|qq|weibo\.com)\b", lambda m: m[0].lower(), part)


_ADOPTS = re.compile(
    r"\b(?:open|regist|set up|sett|launch|run|ran|operat|hold|held|own|creat|start|sign|have|"
    r"has|had|"
    r"use|using|writ|keep|kept|join|updat|maintain|keep|verif|certif)|开|注册|设|运营|建|认证|实名|拥有|有|入驻|使用|落户|进驻|登陆",
    re.IGNORECASE,
)
_ADOPTED = re.compile(
    r"(?:开|注册|设|运营|建|认证|实名|有|入驻|使用|加入)[^，。；]{0,10}(?:微博|账号|帐号)|"
    r"(?:微博|账号|帐号)[^，。；]{0,14}(?:认证|注册|开通|实名|开设|机构|机关|部门|达到?|共|有)"
)
_WITH_ONE = re.compile(
    r"\s+(?:of\s+(?:them|these|those)\s+)?(?:have|had|has|already|now|currently|also|\s)+(?:opened|set\s+up|launched|"
    r"registered|started|run|ran|got)?\s*(?:(?:an?|their|personal|official|verified|such|own)\s+)*"
    r"(?:one|theirs|ones|micro-?\s?blogs?|(?:weibo\s+)?accounts?)\b(?!\s+(?:with|followers))|"
    r"\s+(?:have|had|has)\s+(?:already\s+)?done\s+so\b|(?:已经?|均|都|曾|也)*(?:开通|开设|注册|拥有|使用|开了|实名认证)了?(?:个人|实名|自己的|官方|新浪|腾讯|政务|工作)*(?:微博|账号|帐号|公众号|订阅号|服务号|视频号|抖音号|头条号|快手号|官微(?!博)|官博|微信(?!群|支付))(?!粉丝)",
    re.IGNORECASE,
)
"""51 have one, 12人开通了个人微博: the figure itself is who has them."""


def counts_adopters(sentence: str, figure: Figure, noun: Noun | None) -> bool:
    """Whether a figure without a noun of its own says how many have microblogs."""
    if (noun is not None and noun.start < figure.end) or not names_adoption(sentence):
        return (
            noun is not None
            and noun.metric == "accounts"
            and bool(
                figure.classifier in ("人", "名", "位", "家")
                and names_adoption(sentence)
                and _WITH_ONE.match(sentence, figure.end)
            )
        )
    return _WITH_ONE.match(sentence, figure.end) is not None


_LEARNS = re.compile(
    r"[^,;.]{0,60}?\b(?:learn|attend|discuss|stud(?:y|ied)|train|taught|teach|visit|meet|met|gather|debat|talk|"
    r"read|follow|criti|watch|monitor|delet|take part|took part)",
    re.IGNORECASE,
)
"""What people do about microblogs without having one."""


_THERE = re.compile(
    r"(?:\s+and\s+(?:some\s+|about\s+|over\s+)?[\d,]+\s+[\w-]+)?\s+(?:(?:were|are|is|was|now|already|active|present|have\s+been)\s+)*(?:on|using|joined)\s+(?:(?:its|their|the)\s+(?:[\w-]+\s+){0,2}(?:service|platform|site|micro-?\s?blogs?)|Sina|Tencent|Weibo|We\s?Chat|Twitter|Facebook|"
    r"Douyin|TikTok|Kuaishou|Toutiao|YouTube|Bilibili)\b"
)
"""26 consulates were active on Facebook."""
_SO_MANY = re.compile(r"\d[万千]?[余多]?[个家所名位][^，。；\d]{0,10}$|\d\s+(?:[\w'’-]+\s+){0,3}$")
_RUN_SO_MANY = re.compile(
    r"(?:\s+(?!and\b|or\b)[\w'’-]+){0,4}?\s+(?:run|runs|ran|operate[sd]?|maintain(?:s|ed)?|own(?:s|ed)?|have|had|opened)\s+"
    r"(?:(?:a|total|of|some|about|over|nearly|more|than|together|altogether)\s+){0,4}\d[\d,]*\s+(?!percent|per\s+cent)"
    r"(?:[\w-]+\s+){0,2}(?:accounts|micro-?\s?blogs)\b|"
    r"[^，。；\d]{0,4}(?:共|一共|总共|已|累计)*(?:开通|开设|拥有|运营|注册)[^，。；\d]{0,14}\d+[余多]?个",
    re.IGNORECASE,
)
"""62 hospitals run 48 accounts: the 48 are counted."""
_PLACES_AS_BODIES = re.compile(
    r"(?:counties|prefectures|townships|municipalities|provinces)\b", re.IGNORECASE
)
_WITHIN = re.compile(
    r"\b(?:in|across|from|covering|among|throughout|for|by)\s+(?:(?:all|about|some|over|the|its|[\d,]+|[a-z-]+teen|\w+ty|two|three|four|five|six|"
    r"seven|eight|nine|ten|eleven|twelve)\s+){0,3}$",
    re.IGNORECASE,
)
"""In 12 provinces: where, not who has microblogs."""
_REGISTERED = re.compile(r"\s+(?:have|had|has)?\s*(?:already\s+)?(?:registered|signed\s+up)\b")


def adopters_of(sentence: str, noun: Noun, clause: Span) -> str:
    """Whose accounts are counted by those who have them: officers or organs, or both where they
    are named together."""
    joined = _LISTED_WITH.match(sentence, noun.end, clause[1])
    end = joined.end() if joined else noun.end + 40 if noun.metric == "organs" else noun.end
    around = sentence[clause[0] : end]
    organs, officers = list(_ORGAN.finditer(around)), list(_OFFICER.finditer(around))
    if organs and officers:
        start = min(organs[0].start(), officers[0].start())
        if _JOINED.search(around[start:]) and not _BETWEEN_THEM.search(around[start:]):
            return "organ+officer"
    return "officer" if noun.metric == "officers" else "organ"


_LISTED_WITH = re.compile(
    r"\s*(?:,|and\b|or\b)(?:(?!\b(?:have|had|has|are|were|run|use|opened|which|who|\d)\b)[^;.])*",
    re.IGNORECASE,
)
_BETWEEN_THEM = re.compile(r"\d")


def adopts(sentence: str, noun: Noun, clause: Span, about: str = "") -> bool:
    """Whether officers or organs are counted as those that have microblogs. about: the sentence
    with those that it refers to."""
    if not names_adoption(about or sentence):
        return False
    behind = sentence[noun.end : clause[1]]
    if _SO_MANY.search(sentence[: noun.start]) and _RUN_SO_MANY.match(sentence, noun.end):
        return False
    is_place = _PLACES_AS_BODIES.match(sentence, noun.start) is not None
    if is_place and _WITHIN.search(sentence[: noun.start]):
        return False
    if re.match(r"\s+to\s", behind) or _LEARNS.match(behind):
        return False
    if not _HAN.search(sentence):
        is_agent = re.search(
            r"\b(?:by|to|of)\s+(?:[\w'’ -]|,(?=\d))*$", sentence[clause[0] : noun.start]
        )
        has_them = _ADOPTS.search(behind) and _ADOPTION.search(behind)
        return bool(is_agent or has_them or _THERE.match(behind) or _REGISTERED.match(behind))
    around = sentence[clause[0] : clause[1]]
    return bool(_ADOPTS.search(around)) or bool(_ADOPTED.search(sentence[: noun.start]))


def names_adoption(sentence: str) -> bool:
    """Whether a sentence speaks of microblogs at all: officers and organs count only then."""
    return bool(_ADOPTION.search(sentence))
